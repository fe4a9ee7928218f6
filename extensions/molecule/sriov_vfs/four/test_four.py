# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Four VFs, each set up in its own way."""

from __future__ import annotations

import json

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://sriov-trixie"]

PCI = "/sys/bus/pci/devices"


@pytest.fixture(scope="module")
def reported(host: Host) -> list[dict]:
    return json.loads(host.check_output("ip -j -d link show dev enp1s0"))[0]["vfinfo_list"]


def test_number(host: Host) -> None:
    assert host.check_output(f"ls {PCI}/0000:01:00.0 | grep -c virtfn") == "4"
    assert host.file(f"{PCI}/0000:01:00.0/sriov_drivers_autoprobe").content_string.strip() == "0"


def test_addresses_are_distinct(reported: list[dict]) -> None:
    assert [vf["address"] for vf in reported] == [f"02:00:00:00:10:0{index}" for index in range(4)]


def test_vlans(reported: list[dict]) -> None:
    assert [vf["vlan_list"][0] for vf in reported] == [
        {"vlan": 100},
        {"vlan": 101, "qos": 1},
        {"vlan": 102, "qos": 2},
        {"vlan": 103, "qos": 3},
    ]


def test_trust_and_spoof_check(reported: list[dict]) -> None:
    assert [vf["trust"] for vf in reported] == [False, True, False, True]
    assert [vf["spoofchk"] for vf in reported] == [True, True, False, False]


def test_rate(reported: list[dict]) -> None:
    assert [vf["rate"]["max_tx"] for vf in reported] == [0, 0, 500, 0]


@pytest.mark.parametrize(("address", "driver"), [("0000:01:10.0", "vfio-pci"), ("0000:01:10.2", "igbvf")])
def test_driver(host: Host, address: str, driver: str) -> None:
    assert host.check_output(f"basename $(readlink {PCI}/{address}/driver)") == driver


def test_vf_driver_started_with_its_address(host: Host) -> None:
    assert host.check_output(f"cat {PCI}/0000:01:10.2/net/*/address") == "02:00:00:00:10:01"


def test_others_have_no_driver(host: Host) -> None:
    assert not host.file(f"{PCI}/0000:01:10.4/driver").exists
    assert not host.file(f"{PCI}/0000:01:10.6/driver").exists
