# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import drift
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, Sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule, VfRule

ADDRESS = "0000:01:00.0"
MAC = "52:54:00:00:01:00"
BIND = BindRule(ADDRESS, "8086", "10c9", "vfio-pci")
VFS = SriovRule(ADDRESS, "8086", "10c9", 2, True)
SRIOV = Sriov(7, 2, True, 128, 2, "10ca", ())
DEVICE = Device(
    address=ADDRESS,
    class_code="020000",
    vendor_id="8086",
    device_id="10c9",
    modalias="",
    driver="vfio-pci",
    driver_override="vfio-pci",
    numa_node=None,
    iommu_group=None,
    header_type=0,
    sriov=SRIOV,
)


def test_a_device_as_it_should_be() -> None:
    assert drift.of_device(DEVICE, Record(mac=MAC), BIND, VFS) == []
    assert drift.of_device(DEVICE, None, None, None) == []


@pytest.mark.parametrize(
    ("device", "said"),
    [
        (replace(DEVICE, driver="igb"), "The driver should be vfio-pci, but is igb."),
        (replace(DEVICE, driver=None), "The driver should be vfio-pci, but is none."),
        (replace(DEVICE, driver_override=None), "driver_override should be vfio-pci, but is not set."),
        (replace(DEVICE, driver_override="igb"), "driver_override should be vfio-pci, but is igb."),
        (replace(DEVICE, device_id="1521"), "The rule is for 8086:10c9, but the device is 8086:1521."),
        (
            replace(DEVICE, interfaces=(Interface("enp1s0", "52:54:00:00:99:00"),)),
            f"The MAC address was {MAC}, but is 52:54:00:00:99:00.",
        ),
    ],
)
def test_a_device_that_differs(device: Device, said: str) -> None:
    assert drift.of_device(device, Record(mac=MAC), BIND, None) == [said]


@pytest.mark.parametrize(
    ("sriov", "said"),
    [
        (replace(SRIOV, num_vfs=0), "The number of VFs should be 2, but is 0."),
        (replace(SRIOV, drivers_autoprobe=False), "drivers_autoprobe should be on, but is off."),
        (None, "The number of VFs should be 2, but the device offers no SR-IOV capability now."),
    ],
)
def test_vfs_that_differ(sriov: Sriov | None, said: str) -> None:
    assert drift.of_device(replace(DEVICE, sriov=sriov), None, None, VFS) == [said]


@pytest.mark.parametrize(
    ("drivers", "settings", "said"),
    [
        (["vfio-pci", None], {0: {"vlan": 5, "qos": 0, "trust": True}}, []),
        (
            ["vfio-pci"],
            {0: {"vlan": 9, "qos": 0, "trust": True}},
            ["VF 0 should have vlan 5 qos 0, but has vlan 9 qos 0."],
        ),
        (["vfio-pci"], {0: {"vlan": 5, "trust": None}}, ["VF 0 should have trust on, but has nothing of it."]),
        (["igbvf"], {0: {"vlan": 5, "trust": True}}, ["The driver of VF 0 should be vfio-pci, but is igbvf."]),
        ([None], {0: {"vlan": 5, "trust": True}}, ["The driver of VF 0 should be vfio-pci, but is none."]),
        ([], {}, []),
    ],
)
def test_single_vfs(drivers: list[str | None], settings: dict[int, dict[str, Any]], said: list[str]) -> None:
    rule = replace(VFS, vfs={0: VfRule({"vlan": 5, "trust": True}, "vfio-pci")})
    assert drift.of_vfs(rule, drivers, settings) == said


def test_a_device_that_should_have_no_driver() -> None:
    rule = replace(BIND, driver="none")
    assert drift.of_device(replace(DEVICE, driver=None, driver_override="none"), None, rule, None) == []
    assert drift.of_device(DEVICE, None, rule, None) == ["The driver should be none, but is vfio-pci."]


def test_rules_for_devices_that_are_not_there() -> None:
    assert drift.absent([ADDRESS], {ADDRESS: BIND}, {ADDRESS: VFS}) == []
    assert drift.absent([], {ADDRESS: BIND}, {ADDRESS: VFS}) == [
        f"No device is at {ADDRESS}, which should be on vfio-pci.",
        f"No device is at {ADDRESS}, which should have 2 VFs.",
    ]
