# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have, isolation
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.isolation import Isolation
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT

REGIONS = "/sys/kernel/iommu_groups/2/reserved_regions"
MSI = "0x00000000fee00000 0x00000000feefffff msi\n"


def judged(host: FakeHost, address: str = PF) -> Isolation:
    seen = have.read(host, Want("effective", (Selector(address),)))
    return isolation.judge(seen, seen.named[0])


def test_a_device_is_protected_by_its_group(host: FakeHost) -> None:
    seen = judged(host)
    assert seen.group
    assert (seen.device.address, seen.group.number, seen.group.members) == (PF, 2, (PF,))
    assert (seen.refusal, seen.problems) == (None, ())


def test_a_group_of_no_iommu_mode_protects_nothing(bare_host: FakeHost) -> None:
    bare_host.pci.join_group(bare_host.pci.functions[PF], 0, "vfio-noiommu")
    seen = judged(bare_host)
    assert (seen.group, seen.device.iommu_group) == (None, 0)
    assert seen.refusal
    assert seen.refusal.cause == "no_iommu"
    assert seen.refusal.remedy


@pytest.mark.parametrize(("kind", "bad"), [("direct", True), ("direct-relaxable", False), ("msi", False)])
def test_memory_that_the_firmware_reserves(host: FakeHost, kind: str, bad: bool) -> None:
    host.tree.write(REGIONS, f"0x0 0xffffff {kind}\n{MSI}")
    seen = judged(host).problems
    assert ["RMRR" in each.text for each in seen] == ([True] if bad else [])
    assert all(each.remedy for each in seen)


@pytest.mark.parametrize("allowed", [True, False])
def test_interrupts_that_are_not_remapped(host: FakeHost, allowed: bool) -> None:
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    if allowed:
        host.tree.write(vfio.UNSAFE_INTERRUPTS, "Y\n")
    seen = judged(host).problems
    assert ["allow_unsafe_interrupts" in " ".join(each.remedy) for each in seen] == ([] if allowed else [True])


def test_a_neighbour_that_keeps_the_group_from_being_opened(host: FakeHost) -> None:
    host.add(Function("0000:01:00.1", group=2), "igb")
    seen = judged(host)
    assert [each.address for each in seen.blockers] == ["0000:01:00.1"]
    found = isolation.not_viable(seen)
    assert found
    assert found.text == "IOMMU group 2 is not viable: it also holds 0000:01:00.1 on igb."
    assert found.remedy
    both = have.read(host, Want("effective", (Selector(PF), Selector("0000:01:00.1"))))
    assert [isolation.not_viable(isolation.judge(both, each)) for each in both.named] == [None, None], "both go"


def test_each_problem_has_its_own_remedy(host: FakeHost) -> None:
    host.tree.write(REGIONS, "0x0 0xffffff direct\n")
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    memory, interrupts = judged(host).problems
    assert ("RMRR" in memory.text, "another slot" in memory.remedy[0]) == (True, True)
    assert ("Interrupts" in interrupts.text, "allow_unsafe" in interrupts.remedy[0]) == (True, True)


def test_a_bridge_is_said_to_be_one(host: FakeHost) -> None:
    refusal = judged(host, BRIDGE).refusal
    assert refusal
    assert refusal.cause == "bridge"


@pytest.mark.parametrize("iommu", [True, False])
def test_a_port_that_no_iommu_is_for(tmp_path: Path, iommu: bool) -> None:
    seen = judged(hyperv_guest(tmp_path / "guest", iommu), PORT)
    assert (seen.group, seen.refusal, seen.problems) == (None, None, ())
    assert seen.note == (
        "It is on the VMBus of Hyper-V, so it has no IOMMU group by nature, and VFIO has no part in it: uio_hv_generic hands "
        "it to an application, with no IOMMU between."
    )


def test_a_pci_device_needs_no_note(host: FakeHost, bare_host: FakeHost) -> None:
    assert (judged(host).note, judged(bare_host).note) == (None, None)
