# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How well one device is kept apart from the host and from others, and whether an application could open it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import refusal as explain
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.verdict import Facts
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import GROUPS

# MGAW, bits 16 to 21 of VT-d's capability register, holds the width less one.
_MGAW_SHIFT, _MGAW_MASK = 16, 0x3F
# Memory that the firmware wants mapped one to one for a device (RMRR); relaxable ones are for the boot alone.
_RMRR = "direct"


@dataclass(frozen=True)
class Region:
    """Addresses of an IOMMU group that an application cannot map: from ``start`` to ``end``, and why."""

    start: str
    end: str
    type: str


def judge(host: Host, facts: Facts, device: Device, denylist: bool) -> dict[str, Any]:
    """Return the verdict on one device: it is protected where it is in a real IOMMU group."""
    group = facts.groups.get(device.iommu_group) if device.iommu_group is not None else None
    regions = _regions(host, group.number) if group else []
    refusal = explain.foretell(facts, device, denylist)
    problems = list(_problems(facts, regions)) if group else []
    return {
        "address": device.address,
        "protected": group is not None,
        "iommu_group": device.iommu_group,
        "group_type": group.type if group else None,
        "group_members": list(group.members) if group else [],
        "reserved_regions": [asdict(each) for each in regions],
        "address_width": _width(host, device),
        "refusal": _told(refusal) if refusal else None,
        "problems": [problem for problem, _remedy in problems],
        "remedies": [*(refusal.remedy if refusal else ()), *(remedy for _problem, remedy in problems)],
    }


def explained(refusal: explain.Refusal) -> dict[str, Any]:
    """Return a refusal as a module returns it."""
    return {"address": refusal.address, **_told(refusal), "remedies": list(refusal.remedy)}


def _told(refusal: explain.Refusal) -> dict[str, Any]:
    return {"error": refusal.error, "cause": refusal.cause, "reason": refusal.reason}


def _problems(facts: Facts, regions: list[Region]) -> list[tuple[str, str]]:
    """Return what keeps an application from opening a device that binds, each with its remedy."""
    found: list[tuple[str, str]] = []
    if any(each.type == _RMRR for each in regions):
        found.append(
            (
                "The firmware reserves memory for it (RMRR), so the kernel refuses it to applications "
                "(Device is ineligible for IOMMU domain attach).",
                "Turn off what uses that memory in the firmware setup, often a management or shared memory feature of the slot, "
                "or move the card to another slot.",
            )
        )
    if facts.remapping is False and not facts.unsafe_interrupts:
        found.append(
            (
                "Interrupts are not remapped, so the kernel refuses it to applications.",
                "Set allow_unsafe_interrupts of vfio_iommu_type1, if its user is trusted with the host.",
            )
        )
    return found


def _regions(host: Host, group: int) -> list[Region]:
    lines = (host.attr(f"{GROUPS}/{group}/reserved_regions") or "").splitlines()
    return [Region(*words) for words in (line.split() for line in lines) if len(words) == 3]


def _width(host: Host, device: Device) -> int | None:
    """Return how many bits of an address the device's IOMMU translates; only VT-d tells."""
    text = host.attr(f"{DEVICES}/{device.address}/iommu/intel-iommu/cap")
    try:
        return ((int(text or "", 16) >> _MGAW_SHIFT) & _MGAW_MASK) + 1
    except ValueError:
        return None
