# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shlex

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub, grub_cfg
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from hypothesis import given
from hypothesis import strategies as st

NAME = "GRUB_CMDLINE_LINUX_DEFAULT"
# As TuneD 2.27 appends it.
TUNED = f'{NAME}="${{{NAME}:+${NAME} }}\\$tuned_params"\n'


@pytest.mark.parametrize(
    "line",
    [
        'GRUB_CMDLINE_LINUX="a dyndbg="file a.c +p""',
        f'{NAME}="quiet panic="10 reboot""',
        "GRUB_CMDLINE_LINUX=quiet splash",
        "  GRUB_CMDLINE_LINUX=$(cat /x) splash",
        'GRUB_TIMEOUT=1 GRUB_CMDLINE_LINUX="a" b',
    ],
)
def test_quotes_that_end_too_early_are_refused_before_a_shell_runs_the_words(host: FakeHost, line: str) -> None:
    host.tree.write(default_grub.PATH, f"GRUB_DEFAULT=0\n{line}\n")
    with pytest.raises(HostError) as caught:
        grub_cfg.evaluate(host, [default_grub.PATH])
    assert "Line 2 of /etc/default/grub does not set GRUB_" in caught.value.message
    assert "its quotes end too early" in caught.value.message
    assert "Put one pair of quotes around the whole value" in caught.value.remedy[0]
    assert host.commands == []


@pytest.mark.parametrize(
    "line",
    [
        f"{NAME}='a b' # comment",
        f'{NAME}="a \\"b c\\""',
        f'{NAME}="a"; GRUB_TIMEOUT=1',
        f'{NAME}="$(echo "a b")"',
        f'{NAME}="`echo a b`"',
        f'export {NAME}="a" GRUB_TIMEOUT="5 6"',
        f'{NAME}="a" GRUB_TIMEOUT="5 6"',
        f'{NAME}="a" && true',
        f'{NAME}="${{{NAME}:+${NAME} }}\\$tuned_params"',
        f'# {NAME}="a" b c',
        f'{NAME}="a \\\n  b"',
        "GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`",
        "GRUB_DISTRIBUTOR=`( . /etc/os-release; echo ${NAME:-Debian} ) 2>/dev/null || echo Debian`",
    ],
)
def test_what_a_shell_may_be_given_to_read(line: str) -> None:
    default_grub.require_sound(default_grub.PATH, f"{line}\n")


@given(st.text("GRUB_CMDLINE_LINUX=\"'\\$`() \n#;=ab{}", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for each in default_grub.assignments(f"GRUB_X={text}"):
        assert isinstance(each.command, str)
        assert each.value is None or "\n" not in each.value


def test_only_the_variables_of_a_file_that_prints_are_read(host: FakeHost) -> None:
    host.tree.write(default_grub.PATH, 'GRUB_CMDLINE_LINUX="a"\necho read\necho >&2 warning\n')
    assert grub_cfg.evaluate(host, [default_grub.PATH]) == grub_cfg.Variables(("a",))


def test_a_file_that_the_shell_cannot_parse_is_not_run_up_to_there(host: FakeHost) -> None:
    mark = host.path("/ran")
    host.tree.write(default_grub.PATH, f'touch {shlex.quote(mark)}\nX="\n')
    with pytest.raises(HostError, match="The shell cannot read /etc/default/grub"):
        grub_cfg.evaluate(host, [default_grub.PATH])
    assert not host.exists("/ran")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('X=1\nGRUB_CMDLINE_LINUX="a\nb"\n', "Line 2 of /etc/default/grub sets GRUB_CMDLINE_LINUX to a value"),
        (f"{NAME}='a\n'\n", f"Line 1 of /etc/default/grub sets {NAME} to a value"),
        ("GRUB_CMDLINE_LINUX=\"$(printf 'a\\nb')\"\n", "/etc/default/grub sets the boot parameters to a value"),
    ],
)
def test_a_line_end_within_quotes_is_refused(host: FakeHost, text: str, place: str) -> None:
    host.tree.write(default_grub.PATH, text)
    with pytest.raises(HostError) as caught:
        grub_cfg.evaluate(host, [default_grub.PATH])
    assert caught.value.message.startswith(f"{place} that goes on in another line.")
    assert "all behind it is lost" in caught.value.message
    assert "Write the value in one line" in caught.value.remedy[0]


def test_a_line_that_the_shell_joins_is_one(host: FakeHost) -> None:
    host.tree.write(default_grub.PATH, f'{NAME}="a \\\n  b"\n')
    assert grub_cfg.evaluate(host, [default_grub.PATH]).default == ("a", "b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{NAME}="quiet a"\n{TUNED}', f'{NAME}="a b"\n{TUNED}'),
        (f'{NAME}="quiet a"\n{NAME}="${NAME} more"\n', f'{NAME}="a b"\n{NAME}="${NAME} more"\n'),
        (f"{NAME}=quiet\n{NAME}+=' more'\n", f"{NAME}=\"b\"\n{NAME}+=' more'\n"),
        (f"X=1\n{TUNED}", f'X=1\n{NAME}="b"\n{TUNED}'),
        ("X=1", f'X=1\n{NAME}="b"\n'),
        (f"{NAME}='old'\nexport {NAME}='quiet' # mine\n", f"{NAME}='old'\nexport {NAME}=\"b\" # mine\n"),
    ],
)
def test_lines_that_only_extend_stay(text: str, expected: str) -> None:
    assert default_grub.edit(text, NAME, ["quiet"], ["b"]) == expected


def test_a_word_within_the_quotes_of_another_token_is_never_cut_out() -> None:
    line = f"{NAME}=\"quiet x='a quiet b' y=1\"\n"
    assert default_grub.edit(line, NAME, ["quiet"], []) == f"{NAME}=\"x='a quiet b' y=1\"\n"


def test_nothing_to_edit_changes_no_byte() -> None:
    text = f"{NAME}='a  b'\n{TUNED}"
    assert default_grub.edit(text, NAME, ["quiet"], []) == text
    assert default_grub.edit("X=1\n", NAME, ["quiet"], []) == "X=1\n"


@pytest.mark.parametrize(
    "line", [f"{NAME}=$(cat /x)", f'{NAME}="$OTHER"', f'if true; then {NAME}="a"; fi', f'{NAME}="a']
)
def test_what_cannot_be_edited_is_named(line: str) -> None:
    with pytest.raises(HostError, match="Line 2 of /etc/default/grub sets GRUB_CMDLINE_LINUX_DEFAULT in a way"):
        default_grub.edit(f'{NAME}="a"\n{line}\n', NAME, [], ["b"])
