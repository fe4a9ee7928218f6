# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/kernel/cmdline with comments, as each release of kernel-install reads it."""

from __future__ import annotations

import re

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import systemd_cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from hypothesis import given
from hypothesis import strategies as st

WANT = Want(("iommu=pt", "hugepagesz=2M", "hugepages=32"), ("quiet",))
ADDED = "iommu=pt hugepagesz=2M hugepages=32"
LINES = [
    "root=LABEL=root ro",
    "# root=LABEL=old",
    "quiet a",
    "  # quiet",
    "",
    "hugepages=4",
    'x="a b"',
    "\tb  c ",
    "-- single",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("root=x ro quiet\n", f"root=x ro {ADDED}\n"),
        ("# ours\nroot=x ro quiet\n", f"# ours\nroot=x ro {ADDED}\n"),
        ("root=x ro quiet\n# last", f"root=x ro {ADDED}\n# last\n"),
        (
            "# root\nroot=x  ro\n\n# noise\nquiet\n # end\nconsole=tty0",
            f"# root\nroot=x ro\n\n# noise\n # end\nconsole=tty0 {ADDED}\n",
        ),
        ("# nothing else\n", f"# nothing else\n{ADDED}\n"),
        ("", f"{ADDED}\n"),
        ('root=x dyndbg="file a\nb" ro\n', f'root=x dyndbg="file a b" ro {ADDED}\n'),
        ("root=x quiet\n-- single\n", f"root=x {ADDED} -- single\n"),
        ("root=x # no comment quiet", f"root=x # no comment {ADDED}\n"),
    ],
)
def test_comments_stay_lines_of_their_own(text: str, expected: str) -> None:
    assert systemd_cmdline.edit(text, WANT) == expected


def test_what_is_as_wanted_is_not_touched() -> None:
    text = f"# mine\nroot=x   ro\n{ADDED}"
    assert systemd_cmdline.edit(text, WANT) == text


@given(st.lists(st.sampled_from(LINES)))
def test_any_file_is_edited_to_what_is_wanted_and_no_comment_is_touched(lines: list[str]) -> None:
    text = "\n".join(lines)
    new = systemd_cmdline.edit(text, WANT)
    assert systemd_cmdline.parse(new) == WANT.edit(systemd_cmdline.parse(text))
    assert systemd_cmdline.edit(new, WANT) == new
    assert [each for each in new.split("\n") if "#" in each] == [each for each in lines if "#" in each]
    # As kernel-install of systemd 257 reads it: grep -Gv '^\s*#' FILE | tr -s "$IFS" ' '
    read = " ".join(each for each in new.split("\n") if not re.match(r"\s*#", each))
    assert cmdline.parse(read) == systemd_cmdline.parse(new)


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("""BOOT_OPTIONS="$(tr -s "$IFS" ' ' </etc/kernel/cmdline)\"""", True),
        ("""BOOT_OPTIONS="$(grep -Gv '^\\s*#' /etc/kernel/cmdline | tr -s "$IFS" ' ')\"""", False),
        ("""# grep -v '^#'""", True),
    ],
)
def test_the_plugin_says_whether_comments_are_parameters(host: FakeHost, line: str, taken: bool) -> None:
    host.tree.write(systemd_cmdline.PLUGINS[1], f"#!/bin/sh\n{line}\n")
    assert systemd_cmdline.reads_comments(host) is taken
    host.tree.write(systemd_cmdline.PLUGINS[0], "#!/bin/sh\ngrep -v '^#' /etc/kernel/cmdline\n")
    assert systemd_cmdline.reads_comments(host) is False, "the administrator's comes first"


def test_without_a_plugin_comments_are_comments(host: FakeHost) -> None:
    assert systemd_cmdline.reads_comments(host) is False
