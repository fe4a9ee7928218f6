# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, told
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.sampled_from(["quiet", "iommu", "intel_iommu", "isolcpus", "a-b", "a_b", *cmdline.HUGEPAGES])
VALUES = st.one_of(
    st.sampled_from(["on", "off", "pt", "1G", "2M", "4", "1-3,5", "a=b", '"x y"', 'x" "y', ""]),
    st.text('abc=-_,.:/"', max_size=6).filter(lambda text: text.count('"') % 2 == 0),
)
TOKENS = st.one_of(KEYS, st.builds("{}={}".format, KEYS, VALUES)).filter(lambda token: cmdline.parse(token) == (token,))
LINES = st.lists(TOKENS, max_size=8)
GOOD = TOKENS.filter(lambda token: not isinstance(attempt(lambda: cmdline.check(token)), HostError))
PRESENT = st.lists(GOOD, max_size=4, unique_by=cmdline.plain)
ABSENT = st.lists(GOOD, max_size=4)
HUGE = ("default_hugepagesz=1G", "hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ()),
        ("quiet", ("quiet",)),
        ("  a=1\tb \n", ("a=1", "b")),
        ('a="b c" d', ('a="b c"', "d")),
        ('"a=b c" d', ('"a=b c"', "d")),
        ('a="b  c"d e', ('a="b  c"d', "e")),
        ('a="b c', ('a="b c',)),
        ("a -- b", ("a", "--", "b")),
    ],
)
def test_a_line_is_split_as_the_kernel_does(line: str, expected: tuple[str, ...]) -> None:
    assert cmdline.parse(line) == expected


@given(LINES)
def test_render_and_parse_are_inverse(tokens: list[str]) -> None:
    assert cmdline.parse(cmdline.render(tokens)) == tuple(tokens)


@given(st.text())
def test_parsing_any_text_twice_is_parsing_it_once(text: str) -> None:
    tokens = cmdline.parse(text)
    assert cmdline.parse(cmdline.render(tokens)) == tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('a="b c"', '"a=b c"'),
        ("intel-iommu=on", "intel_iommu=on"),
        ("vfio-pci.ids=1-2", "vfio_pci.ids=1-2"),
    ],
)
def test_two_ways_to_write_one_parameter(one: str, other: str) -> None:
    assert cmdline.plain(one) == cmdline.plain(other)
    assert cmdline.key(one) == cmdline.key(other)


@pytest.mark.parametrize(("one", "other"), [("a=b-c", "a=b_c"), ("a", "a="), ("a=1", "a=2"), ("a", "b")])
def test_two_parameters(one: str, other: str) -> None:
    assert cmdline.plain(one) != cmdline.plain(other)


@pytest.mark.parametrize(
    "token",
    [
        "quiet",
        "intel_iommu=on",
        "isolcpus=managed_irq,domain,1-3",
        'dyndbg="file a.c +p"',
        "a=",
        "pci=realloc=on",
        "x.y=1",
    ],
)
def test_a_token_that_may_be_used(token: str) -> None:
    assert cmdline.check(token) == token


@pytest.mark.parametrize("token", ["", " ", "a b", "a=1 b=2", " a", "--", "-x", "=1", '"', 'a="b', '""', "a\tb"])
def test_a_token_that_is_none(token: str) -> None:
    with pytest.raises(HostError) as caught:
        cmdline.check(token)
    assert f"{token!r} is no boot parameter." in told(caught.value)
    assert "Write one parameter an element" in told(caught.value)


@pytest.mark.parametrize("token", ["a='b'", "a=$b", "a=`b`", "a=\\b", "a=\x07", "a='"])
def test_a_token_that_would_not_arrive(token: str) -> None:
    with pytest.raises(HostError) as caught:
        cmdline.check(token)
    assert f"{token!r} holds a character that GRUB or a shell would change" in told(caught.value)
    assert "Leave out quotes" in told(caught.value)


@pytest.mark.parametrize("token", ["a=b;c", "a=b|c", "a=b&c", "a=b<c", "a=b>c", "a={b}", "a=}", "#a"])
def test_a_token_that_would_end_the_command_in_grub_cfg(token: str) -> None:
    with pytest.raises(HostError) as caught:
        cmdline.check(token)
    assert caught.value.remedy


@given(st.text())
def test_any_text_is_a_token_or_an_error(text: str) -> None:
    checked = attempt(lambda: cmdline.check(text))
    if isinstance(checked, HostError):
        assert checked.remedy
    else:
        assert cmdline.parse(f"a {checked} b") == ("a", text, "b")


@pytest.mark.parametrize(
    ("token", "pattern", "expected"),
    [
        ("iommu=pt", "iommu", True),
        ("iommu", "iommu", True),
        ("iommu=pt", "iommu=pt", True),
        ("iommu=pt", "iommu=off", False),
        ("intel_iommu=on", "iommu", False),
        ("intel-iommu=on", "intel_iommu", True),
        ('"a=b c"', 'a="b c"', True),
    ],
)
def test_matches(token: str, pattern: str, expected: bool) -> None:
    assert cmdline.matches(token, pattern) is expected


@pytest.mark.parametrize(
    ("line", "present", "absent", "expected"),
    [
        ("quiet", ["iommu=pt"], [], "quiet iommu=pt"),
        ("quiet iommu=pt", ["iommu=pt"], [], "quiet iommu=pt"),
        ("quiet intel_iommu=off", ["intel_iommu=on"], ["intel_iommu=off"], "quiet intel_iommu=on"),
        ("iommu=pt quiet iommu=off", ["iommu=on"], ["iommu"], "quiet iommu=on"),
        ("iommu=pt quiet", ["iommu=pt"], ["iommu"], "iommu=pt quiet"),
        ("a b a", [], ["a"], "b"),
        ("quiet -- iommu=off", ["iommu=pt"], ["iommu=off"], "quiet iommu=pt -- iommu=off"),
        ('"a=b c"', ['a="b c"'], [], '"a=b c"'),
        ("console=tty0 console=ttyS0", ["quiet"], [], "console=tty0 console=ttyS0 quiet"),
    ],
)
def test_edit(line: str, present: list[str], absent: list[str], expected: str) -> None:
    assert cmdline.render(cmdline.edit(cmdline.parse(line), present, absent)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("quiet", ("quiet", *HUGE)),
        (" ".join(["quiet", *HUGE]), ("quiet", *HUGE)),
        (" ".join([*HUGE, "quiet"]), (*HUGE, "quiet")),
        ("hugepages=4 quiet", ("quiet", *HUGE)),
        ("hugepagesz=2M hugepages=512 hugepagesz=1G hugepages=4 quiet", ("quiet", *HUGE)),
        (" ".join([*HUGE, "hugepages=1"]), HUGE),
    ],
)
def test_hugepages_are_one_ordered_unit(line: str, expected: tuple[str, ...]) -> None:
    assert cmdline.edit(cmdline.parse(line), HUGE, []) == expected


def test_hugepages_stay_when_nobody_asks() -> None:
    assert cmdline.edit(HUGE, ["quiet"], []) == (*HUGE, "quiet")
    assert cmdline.edit(HUGE, [], ["hugepages"]) == HUGE[:2] + HUGE[3:4]


@given(LINES, PRESENT, ABSENT)
def test_an_edit_does_what_it_says_and_only_that(line: list[str], present: list[str], absent: list[str]) -> None:
    edited = cmdline.edit(line, present, absent)
    assert cmdline.lacking(edited, present) == []
    assert cmdline.unwanted(edited, present, absent) == []
    wanted = {cmdline.plain(token) for token in present}
    named = [token for token in line if any(cmdline.matches(token, pattern) for pattern in absent)]
    pages = [token for token in line if cmdline.key(token) in cmdline.HUGEPAGES]
    foreign = [token for token in line if token not in named and token not in pages]
    kept = [token for token in edited if token in foreign and cmdline.plain(token) not in wanted]
    assert kept == [token for token in foreign if cmdline.plain(token) not in wanted], "order and number stay"


@given(LINES, PRESENT, ABSENT)
def test_editing_twice_changes_nothing(line: list[str], present: list[str], absent: list[str]) -> None:
    once = cmdline.edit(line, present, absent)
    assert cmdline.edit(once, present, absent) == once


@given(LINES, LINES, PRESENT, ABSENT)
def test_what_belongs_to_init_stays(line: list[str], rest: list[str], present: list[str], absent: list[str]) -> None:
    edited = cmdline.edit([*line, cmdline.END, *rest], present, absent)
    assert edited[edited.index(cmdline.END) + 1 :] == tuple(rest)


CONSOLES = ("console=tty0", "console=ttyS0,115200")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("quiet", ("quiet", *CONSOLES)),
        ("console=ttyS1 quiet", ("quiet", *CONSOLES)),
        ("console=ttyS0,115200 console=tty0", CONSOLES),
        ("console=tty0 quiet console=ttyS0,115200", ("console=tty0", "quiet", "console=ttyS0,115200")),
        ("console=tty0 console=ttyS0,115200 console=tty0 -- console=x", (*CONSOLES, "--", "console=x")),
    ],
)
def test_all_values_of_a_key_are_one_unit_where_that_is_asked(line: str, expected: tuple[str, ...]) -> None:
    assert cmdline.edit(cmdline.parse(line), CONSOLES, [], ["console"]) == expected


def test_other_values_of_a_key_stay_unless_that_is_asked() -> None:
    assert cmdline.edit(("console=ttyS1",), CONSOLES, []) == ("console=ttyS1", *CONSOLES)


@given(LINES, PRESENT, ABSENT, st.lists(KEYS, max_size=2))
def test_units_hold_after_one_edit_and_nothing_foreign_is_lost(
    line: list[str], present: list[str], absent: list[str], replace: list[str]
) -> None:
    keys = [cmdline.key(token) for token in present]
    replace = [each for each in replace if cmdline.key(each) in keys]
    edited = cmdline.edit(line, present, absent, replace)
    assert cmdline.edit(edited, present, absent, replace) == edited
    units = {cmdline.key(each) for each in replace}
    for unit in units - set(cmdline.HUGEPAGES):
        values = [cmdline.plain(token) for token in edited if cmdline.key(token) == unit]
        assert values == [cmdline.plain(token) for token in present if cmdline.key(token) == unit]
    named = units | set(cmdline.HUGEPAGES)
    foreign = [
        token
        for token in line
        if cmdline.key(token) not in named and not any(cmdline.matches(token, each) for each in absent)
    ]
    rest = list(edited)
    for token in foreign:
        rest = rest[rest.index(token) + 1 :]
