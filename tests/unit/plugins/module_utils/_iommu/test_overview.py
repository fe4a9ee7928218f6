# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have, overview
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

REGIONS = "/sys/kernel/iommu_groups/2/reserved_regions"
MSI = "0x00000000fee00000 0x00000000feefffff msi\n"
FAILED = "[ 9.1] vfio-pci {}: probe with driver vfio-pci failed with error -22"


def want(*devices: str, **more: Any) -> Want:
    return Want(**{"require": "effective", "devices": tuple(map(Selector, devices)), **more})


def described(host: FakeHost, *devices: str, **more: Any) -> dict[str, Any]:
    asked = want(*devices, **more)
    return overview.describe(have.read(host, asked), asked)


def judged(host: FakeHost, address: str = PF) -> dict[str, Any]:
    (device,) = described(host, address)["devices"]
    return dict(device)


def test_a_device(host: FakeHost) -> None:
    host.tree.write(REGIONS, MSI)
    host.tree.write(f"/sys/bus/pci/devices/{PF}/iommu/intel-iommu/cap", "d2008c222f0686\n")
    assert judged(host) == {
        "address": PF,
        "protected": True,
        "iommu_group": 2,
        "group_type": "DMA-FQ",
        "group_members": [PF],
        "group_blockers": [],
        "reserved_regions": [{"start": "0x00000000fee00000", "end": "0x00000000feefffff", "type": "msi"}],
        "address_width": 48,
        "refusal": None,
        "problems": [],
        "remedies": [],
        "note": None,
    }


def test_a_device_without_protection(bare_host: FakeHost) -> None:
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


def test_a_bridge(host: FakeHost) -> None:
    assert judged(host, BRIDGE)["refusal"]["cause"] == "bridge"


def test_remedies_of_the_requirement_come_first(host: FakeHost) -> None:
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    first, second, *more = described(host, require="passthrough")["remedies"]
    assert first == "Add iommu=pt to the kernel command line and reboot."
    assert "allow_unsafe_interrupts" in second
    assert more == []


# the log


def test_only_named_devices_are_explained_from_the_log_of_the_host(host: FakeHost) -> None:
    host.kernel_log += [FAILED.format(PF), FAILED.format(OTHER)]
    assert [each["address"] for each in described(host, OTHER)["explanations"]] == [OTHER]
    assert described(host)["explanations"] == []


def test_all_lines_of_another_log_are_explained(host: FakeHost) -> None:
    seen = described(host, OTHER, log=(FAILED.format(PF),))["explanations"]
    assert [(each["address"], each["error"], bool(each["remedies"])) for each in seen] == [(PF, -22, True)]


# complaints


def test_no_complaint_where_the_task_wants_none(bare_host: FakeHost) -> None:
    for fail in (True, False):
        asked = want(PF, fail=fail)
        assert bool(overview.complaint(have.read(bare_host, asked), asked)) is fail


def test_the_complaint_is_about_the_named_devices(host: FakeHost) -> None:
    host.tree.write(REGIONS, "0x0 0xffffff direct\n")
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    asked = want(PF, BRIDGE)
    complaint = overview.complaint(have.read(host, asked), asked)
    assert complaint
    found = [(each.message, each.remedy[0]) for each in complaint.parts]
    assert [(message.split()[0], remedy.split()[0]) for message, remedy in found] == [
        (f"{PF}:", "Turn"),
        (f"{PF}:", "Set"),
        (f"{BRIDGE}:", "Leave"),
        (f"{BRIDGE}:", "Set"),
    ]
