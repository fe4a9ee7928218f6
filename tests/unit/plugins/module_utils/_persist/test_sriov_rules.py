# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule, VfRule
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt
from hypothesis import given
from hypothesis import strategies as st

ADDRESSES = st.from_regex(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]", fullmatch=True)
IDS = st.from_regex(r"[0-9a-f]{4}", fullmatch=True)
DRIVERS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}", fullmatch=True)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "mac": st.just("02:00:00:00:10:00"),
        "vlan": st.integers(0, 4094),
        "trust": st.booleans(),
        "max_tx_rate": st.integers(0, 100000),
    },
)
VFS = st.dictionaries(st.integers(0, 63), st.builds(VfRule, SETTINGS, st.none() | DRIVERS), max_size=3)
RULES = st.lists(
    st.builds(
        SriovRule,
        ADDRESSES,
        IDS,
        IDS,
        st.integers(0, 256),
        st.booleans(),
        st.booleans(),
        st.none() | st.just("switchdev"),
        st.booleans(),
        VFS,
    ),
    max_size=4,
    unique_by=lambda rule: rule.address,
)
PLAIN = SriovRule("0000:01:00.0", "8086", "10c9", 2, False)
BUSY = {
    0: VfRule({"mac": "02:00:00:00:10:00", "vlan": 5, "qos": 1, "trust": True, "max_tx_rate": 9}, "vfio-pci"),
    1: VfRule({"spoof_check": False, "link_state": "auto"}),
}


def lines(rule: SriovRule) -> list[str]:
    text = sriov_rules.render([rule])
    assert text is not None
    return [line for line in text.splitlines() if line.startswith("ACTION")]


@given(RULES)
def test_rules_are_read_back(rules: list[SriovRule]) -> None:
    assert sriov_rules.parse(sriov_rules.render(rules)) == {rule.address: rule for rule in rules}


@given(RULES)
def test_the_order_of_rules_does_not_matter(rules: list[SriovRule]) -> None:
    assert sriov_rules.render(rules) == sriov_rules.render(reversed(rules))


@pytest.mark.parametrize("text", [None, "", "# x\n", 'ACTION=="add"\n'])
def test_what_is_not_ours_is_passed_over(text: str | None) -> None:
    assert sriov_rules.parse(text) == {}


DAMAGED = [
    *('# {"address": 1}\n', "# {}\n", "# {broken}\n", "# {[]}\n"),
    *(
        (sriov_rules.render([PLAIN]) or "").replace(*each)
        for each in (
            ('"num_vfs": 2', '"num_vfs": "2"'),
            ('"address": "0000:01:00.0"', '"address": "../0000:01:00.0"'),
            ('"vfs": {}', '"vfs": {"0": {"driver": "../x", "settings": {}}}'),
            ('"vfs": {}', '"vfs": {"0": {"driver": null, "settings": {"mac": "a; b"}}}'),
            ('"vfs": {}', '"vfs": {"x": {"driver": null, "settings": {}}}'),
            ('"vfs": {}', '"vfs": []'),
        )
    ),
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_mark_is_refused_and_not_forgotten(text: str) -> None:
    with pytest.raises(HostError, match="does not hold what this collection writes there"):
        sriov_rules.parse(text)


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    found = attempt(lambda: sriov_rules.parse(f"# {{{text}}}\n"))
    assert found.remedy if isinstance(found, HostError) else isinstance(found, dict)


def test_no_rule_is_no_file() -> None:
    assert sriov_rules.render([]) is None


def test_a_plain_rule() -> None:
    (rule,) = lines(PLAIN)
    assert rule.startswith('ACTION=="add", SUBSYSTEM=="net", KERNELS=="0000:01:00.0", ATTRS{vendor}=="0x8086"')
    assert rule.index('ATTR{device/sriov_drivers_autoprobe}="0"') < rule.index('ATTR{device/sriov_numvfs}="2"')


def test_a_rule_for_a_pf_on_vfio_pci() -> None:
    (rule,) = lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, False, on_vfio=True))
    assert rule.startswith('ACTION=="add|bind", SUBSYSTEM=="pci", KERNEL=="0000:01:00.0", ATTR{vendor}=="0x8086"')
    assert 'DRIVER=="vfio-pci", ATTR{sriov_drivers_autoprobe}="0", ATTR{sriov_numvfs}="2"' in rule


def test_settings_and_drivers_follow_the_number() -> None:
    found = lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, False, vfs=BUSY))
    assert 'sriov_numvfs}="2"' in found[0]
    assert " vf 0 mac 02:00:00:00:10:00 vlan 5 qos 1 trust on'" in found[1]
    assert " vf 0 max_tx_rate 9'" in found[2], "a rate that is refused takes nothing else along"
    assert " vf 1 spoofchk off state auto'" in found[3]
    assert 'RUN{builtin}+="kmod load vfio_pci"' in found[4]
    assert "cd /sys/bus/pci/devices/0000:01:00.0/virtfn0 && " in found[5]
    assert len(found) == 6


def test_the_interface_is_found_when_udev_has_renamed_it() -> None:
    found = lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, False, vfs=BUSY))
    assert "$name" not in found[1]
    assert "grep -lx $env{IFINDEX} /sys/bus/pci/devices/0000:01:00.0/net/*/ifindex" in found[1]


def test_native_drivers_wait_for_the_settings() -> None:
    found = lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, True, vfs=BUSY))
    assert 'sriov_drivers_autoprobe}="0"' in found[0]
    assert "echo 1 > sriov_drivers_autoprobe" in found[-1]


@pytest.mark.parametrize(
    ("vfs", "waits"),
    [({}, False), ({0: VfRule({"trust": True})}, True), ({0: VfRule({"mac": "02:00:00:00:10:00"})}, True)],
)
def test_native_drivers_wait_only_for_what_comes(vfs: dict[int, VfRule], waits: bool) -> None:
    found = lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, True, vfs=vfs))
    assert ('sriov_drivers_autoprobe}="0"' in found[0]) == waits
    assert ("echo 1 > sriov_drivers_autoprobe" in found[-1]) == waits


def test_the_pf_is_up_before_native_drivers_ask_it() -> None:
    found = lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, True, up=True, vfs=BUSY))
    assert 'sriov_drivers_autoprobe}="0"' in found[0]
    assert found[1].endswith(" up'\"")
    assert "echo 1 > sriov_drivers_autoprobe" in found[-1]
    assert 'sriov_drivers_autoprobe}="0"' in lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, True, up=True))[0]


def test_the_eswitch_comes_first() -> None:
    found = lines(SriovRule("0000:01:00.0", "8086", "10c9", 2, True, eswitch_mode="switchdev"))
    assert "devlink dev eswitch set pci/0000:01:00.0 mode switchdev" in found[0]
    assert 'sriov_numvfs}="2"' in found[1]


@given(RULES)
def test_shell_variables_are_escaped_for_udev(rules: list[SriovRule]) -> None:
    for rule in rules:
        for line in lines(rule):
            bare = line.replace("$$", "").replace("$env{IFINDEX}", "")
            assert "$" not in bare
            assert len(line) < 16384, "udev reads no longer lines"
