# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drop-in file, and what the real sh makes of it."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub, drop_in
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.drop_in import DropIn
from hypothesis import example, given, settings
from hypothesis import strategies as st

# What a shell, a pattern or printf could take for more than text. A quote without its end is nothing that GRUB reads.
HOSTILE = ["*", "?", "[a-z]", "a*", "%s", "%%", "\\", "\\n", "$HOME", "$(false)", "`false`", "x='a b'", "#x", "!", "~"]
HOSTILE += ["-n", "-e", "a=b=c", '"a"', "x=\N{SNOWMAN}", ";", "&", "|", "<", "{a,b}", "quiet", "a", "aa", "a=1"]
TOKENS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text("ab*?[]%\\$`#!~;&|<>{}()=-", min_size=1, max_size=5),
).filter(lambda token: default_grub.parse(token) == (token,))
LISTS = st.lists(TOKENS, max_size=6)
_SCRIPT = """
GRUB_CMDLINE_LINUX=$1
GRUB_CMDLINE_LINUX_DEFAULT=$2
eval "$3"
printf '%s\\0%s' "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"
"""


def evaluate(linux: str, default: str, text: str | None) -> list[list[str]]:
    """Return the tokens of both variables after a drop-in was sourced behind them."""
    command = ["sh", "-euc", _SCRIPT, "sh", linux, default, text or ""]
    done = subprocess.run(command, check=True, capture_output=True, timeout=30)
    assert done.stderr == b""
    return [list(default_grub.parse(line)) for line in done.stdout.decode().split("\0")]


@given(LISTS, LISTS)
def test_render_and_parse_are_inverse(removed: list[str], added: list[str]) -> None:
    asked = DropIn(tuple(removed), tuple(added))
    assert drop_in.parse(drop_in.render(asked)) == asked


@pytest.mark.parametrize("text", [None, "", "# x\n", "dpdk_add a b\n", "dpdk_add 'a\n", "dpdk_add() {\n"])
def test_what_is_not_ours_is_passed_over(text: str | None) -> None:
    assert drop_in.parse(text) == DropIn()


@given(st.text())
def test_any_text_is_parsed(text: str) -> None:
    assert isinstance(drop_in.parse(text), DropIn)


def test_nothing_to_say_needs_no_file() -> None:
    assert drop_in.render(DropIn()) is None


def test_the_file_says_whose_it_is_and_how_to_undo_it() -> None:
    text = drop_in.render(DropIn(("quiet",), ("iommu=pt",)))
    assert text is not None
    assert text.startswith("# Boot parameters for DPDK, written by the Ansible module dataplane.dpdk.kernel_args.\n")
    assert "To undo: remove this file, then run update-grub." in text
    assert text.endswith("dpdk_remove quiet\ndpdk_add iommu=pt\n")


@given(linux=LISTS, default=LISTS, removed=LISTS, added=LISTS)
@example(linux=["a", "a"], default=["a"], removed=["a"], added=["a"])
@example(linux=["aa", "a"], default=["a*", "a", "aa"], removed=["a", "*"], added=["*"])
@settings(max_examples=80)
def test_the_shell_takes_away_and_adds_exactly_these(
    linux: list[str], default: list[str], removed: list[str], added: list[str]
) -> None:
    text = drop_in.render(DropIn(tuple(removed), tuple(added)))
    assert evaluate(" ".join(linux), " ".join(default), text) == [
        [token for token in linux if token not in removed],
        [*(token for token in default if token not in removed), *added],
    ]


@pytest.mark.parametrize("space", ["  ", "\t", "\n", " \t "])
def test_any_white_space_separates_tokens(space: str) -> None:
    text = drop_in.render(DropIn(("quiet",), ("iommu=pt",)))
    line = space.join(["", "a", "quiet", "b", ""])
    assert evaluate(line, line, text) == [["a", "b"], ["a", "b", "iommu=pt"]]


def test_a_token_with_spaces_is_taken_away() -> None:
    text = drop_in.render(DropIn(('dyndbg="file a.c +p"',), ('x="a b"',)))
    assert evaluate("", 'a dyndbg="file a.c +p" b', text) == [[], ["a", "b", 'x="a b"']]
