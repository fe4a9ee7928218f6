# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How well one device is kept apart from the host and from others, and whether an application could open it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.finding import Finding
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.have import Facts, Have, Region
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group

# Memory that the firmware wants mapped one to one for a device (RMRR); relaxable ones are for the boot alone.
_RMRR = "direct"


@dataclass(frozen=True)
class Isolation:
    """The verdict on one device: it is protected where it is in a real IOMMU group (``group``).

    ``refusal`` is what vfio-pci would answer now; ``problems`` would keep an application from opening the device once it
    is bound. Neither is there where VFIO has no part in the device; ``note`` says then how it is handed out.
    """

    device: Device
    group: Group | None = None
    regions: tuple[Region, ...] = ()
    width: int | None = None
    refusal: Refusal | None = None
    problems: tuple[Finding, ...] = ()
    note: str | None = None


def judge(have: Have, device: Device) -> Isolation:
    """Return the verdict on one device that the task names."""
    if not drivers.uses_vfio(device.bus):
        return Isolation(device, note=_without_vfio(device))
    group = have.facts.groups.get(device.iommu_group) if device.iommu_group is not None else None
    regions = have.regions[group.number] if group else ()
    return Isolation(
        device=device,
        group=group,
        regions=regions,
        width=have.widths[device.address],
        refusal=refusal.predict(have.facts, device, have.denylist),
        problems=_problems(have.facts, regions) if group else (),
    )


def _without_vfio(device: Device) -> str:
    taken = drivers.names(device.bus)
    how = (
        f"{taken[0]} hands it to an application, with no IOMMU between" if taken else "it stays with its kernel driver"
    )
    place = buses.find(device.bus).place
    return f"It {place}, so it has no IOMMU group by nature, and VFIO has no part in it: {how}."


def _problems(facts: Facts, regions: tuple[Region, ...]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    if any(each.type == _RMRR for each in regions):
        found.append(
            Finding(
                "The firmware reserves memory for it (RMRR), so the kernel refuses it to applications "
                "(Device is ineligible for IOMMU domain attach).",
                (
                    "Turn off what uses that memory in the firmware setup, often a management or shared memory feature of the "
                    "slot, or move the card to another slot.",
                ),
            )
        )
    if facts.remapping is False and not facts.unsafe_interrupts:
        found.append(
            Finding(
                "Interrupts are not remapped, so the kernel refuses it to applications.",
                ("Set allow_unsafe_interrupts of vfio_iommu_type1, if its user is trusted with the host.",),
            )
        )
    return tuple(found)
