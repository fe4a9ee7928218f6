# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seven VFs: the first four with all they had, also after a reboot and a reload of the PF's driver."""

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
    assert host.check_output(f"ls {PCI}/0000:01:00.0 | grep -c virtfn") == "7"


def test_settings(reported: list[dict]) -> None:
    assert [vf["address"] for vf in reported] == [f"02:00:00:00:10:0{index}" for index in range(7)]
    assert [vf["vlan_list"][0].get("vlan", 0) for vf in reported] == [100, 101, 102, 103, 0, 0, 0]
    assert [vf["trust"] for vf in reported] == [False, True, False, True, False, False, True]
    assert [vf["spoofchk"] for vf in reported] == [True, True, False, False, True, True, True]


@pytest.mark.parametrize(("address", "driver"), [("0000:01:10.0", "vfio-pci"), ("0000:01:10.2", "igbvf")])
def test_driver(host: Host, address: str, driver: str) -> None:
    assert host.check_output(f"basename $(readlink {PCI}/{address}/driver)") == driver


def test_vf_driver_started_with_its_address(host: Host) -> None:
    assert host.check_output(f"cat {PCI}/0000:01:10.2/net/*/address") == "02:00:00:00:10:01"


def test_others_have_no_driver(host: Host) -> None:
    assert host.check_output(f"ls -d {PCI}/0000:01:1*/driver | wc -l") == "2"


def test_no_unit_failed(host: Host) -> None:
    assert host.check_output("systemctl list-units --state=failed --plain --no-legend") == ""
