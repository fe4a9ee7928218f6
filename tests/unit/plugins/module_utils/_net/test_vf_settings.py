# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_settings import NO_MAC, TABLE, Setting
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

# As iproute2 6.15 prints a VF of igb that somebody set up, and one of a driver that offers nothing.
ENTRY = {
    "vf": 0,
    "link_type": "ether",
    "address": "02:00:00:00:10:0A",
    "vlan_list": [{"vlan": 100, "qos": 3}],
    "rate": {"max_tx": 500, "min_tx": 10},
    "spoofchk": False,
    "link_state": "enable",
    "trust": True,
}
PARSED = {
    "mac": "02:00:00:00:10:0a",
    "vlan": 100,
    "qos": 3,
    "trust": True,
    "spoof_check": False,
    "min_tx_rate": 10,
    "max_tx_rate": 500,
    "link_state": "enable",
}
NEW = {
    "mac": NO_MAC,
    "vlan": 0,
    "qos": 0,
    "trust": False,
    "min_tx_rate": 0,
    "max_tx_rate": 0,
    "link_state": "auto",
}


def test_what_ip_prints_is_parsed() -> None:
    assert vf_settings.parse(ENTRY) == PARSED


def test_what_ip_leaves_out_is_idle_or_unknown() -> None:
    silent = {"mac": NO_MAC, "vlan": 0, "qos": 0, "min_tx_rate": 0, "max_tx_rate": 0}
    unknown = {"trust": None, "spoof_check": None, "link_state": None}
    assert vf_settings.parse({"vf": 0}) == {**silent, **unknown}
    assert vf_settings.parse({"vf": 0, "vlan_list": [], "rate": {}}) == {**silent, **unknown}
    assert vf_settings.parse({"vf": 0, "vlan_list": [{"vlan": 7}]})["qos"] == 0


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: str(setting.name))
def test_every_setting_goes_all_the_way(setting: Setting) -> None:
    value = PARSED[setting.name]
    assert vf_settings.parse(ENTRY)[setting.name] == value
    assert setting.name in vf_settings.options()
    assert vf_settings.checked({setting.name: value}, "0") == {setting.name: value}
    assert vf_settings.words({setting.name: value})[0] == setting.word
    assert vf_settings.difference({}, {setting.name: value}) == {setting.name: value}
    assert vf_settings.worth_keeping({setting.name: value}) == {setting.name: value}
    assert vf_settings.parts({setting.name: value}) == [{setting.name: value}]
    assert vf_settings.apart({setting.name: value}) == [{setting.name: value}]


def test_options() -> None:
    assert vf_settings.options() == {
        "mac": {"type": "str"},
        "vlan": {"type": "int"},
        "qos": {"type": "int"},
        "trust": {"type": "bool"},
        "spoof_check": {"type": "bool", "aliases": ["spoofchk"]},
        "min_tx_rate": {"type": "int"},
        "max_tx_rate": {"type": "int"},
        "link_state": {"type": "str", "choices": ["auto", "enable", "disable"]},
    }


def test_values_are_written_as_ip_prints_them() -> None:
    given = {"mac": "02-00-00-00-00-0A", "vlan": 0, "trust": False}
    assert vf_settings.checked(given, "0") == {"mac": "02:00:00:00:00:0a", "vlan": 0, "trust": False}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"mac": "41135040062"},
            'Put it in quotes, because YAML read it as a number: "52:54:00:00:01:02".',
        ),
        ({"mac": "nonsense"}, "'nonsense' is no MAC address for VF 0-3. Write six pairs"),
        ({"mac": "01:00:00:00:00:01"}, "the second digit of a single station's address is even"),
        ({"vlan": 4095}, "vlan of VF 0-3 cannot be 4095. Give a number from 0 to 4094."),
        ({"qos": -1}, "qos of VF 0-3 cannot be -1. Give a number from 0 to 7."),
        ({"max_tx_rate": 1 << 32}, "cannot be 4294967296. Give a number from 0 to 4294967295 Mbit/s."),
    ],
)
def test_values_that_no_driver_could_take(given: dict[str, Any], said: str) -> None:
    with pytest.raises(HostError) as caught:
        vf_settings.checked(given, "0-3")
    assert said in told(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"qos": 2, "vlan": 1}, ["vlan", "1", "qos", "2"]),
        ({"trust": True, "spoof_check": False}, ["trust", "on", "spoofchk", "off"]),
        ({"link_state": "auto"}, ["state", "auto"]),
        ({"min_tx_rate": 0}, ["min_tx_rate", "0"]),
        ({}, []),
    ],
)
def test_words(settings: dict[str, Any], words: list[str]) -> None:
    assert vf_settings.words(settings) == words


@pytest.mark.parametrize(
    ("have", "want", "expected"),
    [
        ({"vlan": 1, "qos": 2}, {"vlan": 1}, {}),
        ({"vlan": 1, "qos": 2}, {"vlan": 3}, {"vlan": 3, "qos": 2}),
        ({"vlan": 1, "qos": 2}, {"vlan": 1, "qos": 0}, {"vlan": 1, "qos": 0}),
        ({"trust": None}, {"trust": False}, {"trust": False}),
        ({"max_tx_rate": 5, "min_tx_rate": 1}, {"max_tx_rate": 6}, {"max_tx_rate": 6}),
        ({}, {}, {}),
        ({}, {"vlan": 5}, {"vlan": 5}),
    ],
)
def test_difference(have: dict[str, Any], want: dict[str, Any], expected: dict[str, Any]) -> None:
    assert vf_settings.difference(have, want) == expected


def test_what_is_reported_of_a_difference() -> None:
    assert vf_settings.reported({"vlan": 9, "qos": 0, "trust": None}, {"vlan": 5, "qos": 0}) == "vlan 9 qos 0"
    assert vf_settings.reported({"trust": None}, {"trust": True}) == "nothing of it"


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        (NEW, {}),
        ({**NEW, "spoof_check": True}, {"spoof_check": True}),
        ({**NEW, "spoof_check": None, "trust": None, "link_state": None}, {}),
        ({**NEW, "vlan": 5}, {"vlan": 5, "qos": 0}),
        ({**NEW, "qos": 5}, {"vlan": 0, "qos": 5}),
        ({**NEW, "max_tx_rate": 5}, {"max_tx_rate": 5}),
        (PARSED, PARSED),
        ({}, {}),
    ],
)
def test_what_not_every_new_vf_has_is_worth_keeping(settings: dict[str, Any], kept: dict[str, Any]) -> None:
    assert vf_settings.worth_keeping(settings) == kept


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (NEW, False),
        ({}, False),
        ({"trust": None, "link_state": None}, False),
        ({**NEW, "spoof_check": False}, False),
        ({**NEW, "mac": "02:00:00:00:10:00"}, True),
        ({**NEW, "vlan": 5}, True),
    ],
)
def test_what_a_new_vf_would_not_have(settings: dict[str, Any], expected: bool) -> None:
    assert vf_settings.differs_from_new(settings) == expected


@pytest.mark.parametrize(
    ("given", "pf_set_up_later", "expected"),
    [
        ([], False, False),
        ([({}, None)], False, False),
        ([({}, None), ({"mac": "02:00:00:00:10:00"}, None)], False, True),
        ([({"trust": False}, None)], False, True),
        ([({}, "vfio-pci")], False, True),
        ([], True, True),
    ],
)
def test_native_drivers_wait(
    given: list[tuple[dict[str, Any], str | None]], pf_set_up_later: bool, expected: bool
) -> None:
    assert vf_settings.native_drivers_wait(True, given, pf_set_up_later) == expected
    assert not vf_settings.native_drivers_wait(False, given, pf_set_up_later), "none may have the VFs at all"


def test_the_smallest_parts() -> None:
    assert vf_settings.parts({"link_state": "auto", "max_tx_rate": 2, "qos": 3, "vlan": 1, "min_tx_rate": 1}) == [
        {"vlan": 1, "qos": 3},
        {"min_tx_rate": 1, "max_tx_rate": 2},
        {"link_state": "auto"},
    ]


def test_what_needs_a_link_is_set_apart_and_last() -> None:
    assert vf_settings.apart({"max_tx_rate": 2, "link_state": "auto", "vlan": 1}) == [
        {"vlan": 1, "link_state": "auto"},
        {"max_tx_rate": 2},
    ]
    assert vf_settings.apart({"trust": True}) == [{"trust": True}]


def test_rules_of_another_version_may_know_other_settings() -> None:
    rule = {"trust": True, "unknown": 1}
    assert vf_settings.words(rule) == ["trust", "on"]
    assert vf_settings.apart(rule) == [{"trust": True}]
    assert vf_settings.difference({"trust": True}, rule) == {}
