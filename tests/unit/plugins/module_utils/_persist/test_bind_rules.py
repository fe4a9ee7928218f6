# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from hypothesis import given
from hypothesis import strategies as st

ADDRESSES = st.from_regex(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]", fullmatch=True)
IDS = st.from_regex(r"[0-9a-f]{4}", fullmatch=True)
DRIVERS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}", fullmatch=True)
FUNCTIONS = st.builds(BindRule, ADDRESSES, IDS, IDS, DRIVERS)
CHANNELS = st.builds(BindRule, st.uuids().map(str), st.just(""), st.just(""), DRIVERS)
BIND_RULES = st.lists(st.one_of(FUNCTIONS, CHANNELS), max_size=4, unique_by=lambda rule: rule.address)


@given(BIND_RULES)
def test_bind_rules_are_read_back(rules: list[BindRule]) -> None:
    assert bind_rules.parse_bind(bind_rules.render_bind(rules)) == {rule.address: rule for rule in rules}


@given(BIND_RULES)
def test_the_order_of_rules_does_not_matter(rules: list[BindRule]) -> None:
    assert bind_rules.render_bind(rules) == bind_rules.render_bind(reversed(rules))


@pytest.mark.parametrize("text", [None, "", "# x\n", 'ACTION=="add", RUN+="x"\n'])
def test_what_is_not_ours_is_passed_over(text: str | None) -> None:
    assert bind_rules.parse_bind(text) == {}


@given(st.text())
def test_any_text_is_parsed(text: str) -> None:
    assert isinstance(bind_rules.parse_bind(text), dict)


def test_no_rule_is_no_file() -> None:
    assert bind_rules.render_bind([]) is None


def test_a_bind_rule() -> None:
    text = bind_rules.render_bind([BindRule("0000:01:00.0", "8086", "10c9", "vfio-pci")])
    assert text is not None
    override, take = [line for line in text.splitlines() if line.startswith("ACTION")]
    match = 'SUBSYSTEM=="pci", KERNEL=="0000:01:00.0", ATTR{vendor}=="0x8086", ATTR{device}=="0x10c9"'
    assert override == f'ACTION=="add", {match}, ATTR{{driver_override}}="vfio-pci"'
    assert take.startswith(f'ACTION=="add|bind", {match}, DRIVER!="vfio-pci", RUN{{builtin}}+="kmod load vfio_pci"')
    script = take.split("/bin/sh -c '")[1].rstrip("'\"")
    order = [script.index(part) for part in ("> driver_override", "> driver/unbind", "> /sys/bus/pci/drivers_probe")]
    assert order == sorted(order)
