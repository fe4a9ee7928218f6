# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How well one device is kept apart from the host and from others, and whether an application could open it."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.finding import Finding
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Region


@dataclass(frozen=True)
class Isolation:
    """The verdict on one device: it is protected where it is in a real IOMMU group (``group``).

    ``refusal`` is what vfio-pci would answer now; ``problems`` would keep an application from opening the device once it
    is bound, and so would the ``blockers`` in its group. None of them is there where VFIO has no part in the device; ``note``
    says then how it is handed out.
    """

    device: Device
    group: Group | None = None
    regions: tuple[Region, ...] = ()
    width: int | None = None
    refusal: Refusal | None = None
    problems: tuple[Finding, ...] = ()
    blockers: tuple[Device, ...] = ()
    note: str | None = None


def judge(have: Have, device: Device) -> Isolation:
    """Return the verdict on one device that the task names."""
    if not drivers.uses_vfio(device.bus):
        return Isolation(device, note=_without_vfio(device))
    vfio = have.facts.vfio(have.denylist)
    group = handover.group_of(vfio, device)
    regions = have.regions[group.number] if group else ()
    named = dict.fromkeys((each.address for each in have.named), handover.VFIO)
    found = handover.unsafe(vfio, device, regions)
    return Isolation(
        device=device,
        group=group,
        regions=regions,
        width=have.widths[device.address],
        refusal=refusal.predict(have.facts, device, have.denylist),
        problems=tuple(Finding(each.reason, each.remedy) for each in found),
        blockers=tuple(handover.blockers(vfio, device, have.devices, named)),
    )


def not_viable(judged: Isolation) -> Finding | None:
    """Return that other devices keep the group from being opened; a later task may bind those as well."""
    if judged.group is None or not judged.blockers:
        return None
    found = handover.not_viable(judged.group, judged.blockers)
    return Finding(found.reason, found.remedy)


def _without_vfio(device: Device) -> str:
    taken = drivers.names(device.bus)
    how = (
        f"{taken[0]} hands it to an application, with no IOMMU between" if taken else "it stays with its kernel driver"
    )
    place = buses.find(device.bus).place
    return f"It {place}, so it has no IOMMU group by nature, and VFIO has no part in it: {how}."
