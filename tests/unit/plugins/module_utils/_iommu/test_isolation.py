# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import isolation
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import verdict as iommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

REGIONS = "/sys/kernel/iommu_groups/2/reserved_regions"
MSI = "0x00000000fee00000 0x00000000feefffff msi\n"


def judged(host: FakeHost, address: str = PF) -> dict[str, Any]:
    return isolation.judge(host, iommu.read(host), device.scan(host)[address], True)


def test_a_device_is_protected_by_its_group(host: FakeHost) -> None:
    host.tree.write(REGIONS, MSI)
    host.tree.write(f"/sys/bus/pci/devices/{PF}/iommu/intel-iommu/cap", "d2008c222f0686\n")
    assert judged(host) == {
        "address": PF,
        "protected": True,
        "iommu_group": 2,
        "group_type": "DMA-FQ",
        "group_members": [PF],
        "reserved_regions": [{"start": "0x00000000fee00000", "end": "0x00000000feefffff", "type": "msi"}],
        "address_width": 48,
        "refusal": None,
        "problems": [],
        "remedies": [],
    }


@pytest.mark.parametrize("cap", ["", "not a number"])
def test_a_width_that_nobody_tells(host: FakeHost, cap: str) -> None:
    host.tree.write(f"/sys/bus/pci/devices/{PF}/iommu/intel-iommu/cap", cap)
    assert judged(host)["address_width"] is None


def test_a_group_of_no_iommu_mode_protects_nothing(bare_host: FakeHost) -> None:
    bare_host.pci.join_group(bare_host.pci.functions[PF], 0, "vfio-noiommu")
    seen = judged(bare_host)
    assert (seen["protected"], seen["iommu_group"], seen["group_members"]) == (False, 0, [])
    assert seen["refusal"]["cause"] == "no_iommu"
    assert seen["remedies"]


@pytest.mark.parametrize(("kind", "bad"), [("direct", True), ("direct-relaxable", False), ("msi", False)])
def test_memory_that_the_firmware_reserves(host: FakeHost, kind: str, bad: bool) -> None:
    host.tree.write(REGIONS, f"0x0 0xffffff {kind}\n{MSI}")
    seen = judged(host)
    assert ("RMRR" in " ".join(seen["problems"])) is bad
    assert bool(seen["remedies"]) is bad


@pytest.mark.parametrize("allowed", [True, False])
def test_interrupts_that_are_not_remapped(host: FakeHost, allowed: bool) -> None:
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    if allowed:
        host.tree.write(vfio.UNSAFE_INTERRUPTS, "Y\n")
    seen = judged(host)
    assert bool(seen["problems"]) is not allowed
    assert ("allow_unsafe_interrupts" in " ".join(seen["remedies"])) is not allowed


def test_a_bridge_is_said_to_be_one(host: FakeHost) -> None:
    assert judged(host, BRIDGE)["refusal"]["cause"] == "bridge"
