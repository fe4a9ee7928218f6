# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Can a DPDK application start on a device as it is, and if not, why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Region, Vfio


def obstacle(
    device: Device,
    vfio: Vfio,
    devices: Mapping[str, Device],
    regions: Iterable[Region],
    modules: Collection[str],
) -> str | None:
    """Return why an application cannot use a device now, or None where it can; ``modules`` are those loaded.

    ``regions`` are those of the IOMMU group of a device on VFIO.
    """
    sort = drivers.kind(device.driver)
    if not device.answers:
        return handover.no_answer().reason
    if sort == drivers.VFIO:
        return _unopened(device, vfio, devices, regions)
    if sort == drivers.UIO:
        return _translated(device, handover.group_of(vfio, device))
    if sort == drivers.BIFURCATED:
        return _without_verbs(device.driver or "", modules)
    if sort == drivers.VFIO_VARIANT:
        return f"{device.driver} is a VFIO driver, but DPDK knows only {', '.join(drivers.names())}."
    if sort == drivers.KERNEL:
        return f"It is on {device.driver}, which DPDK cannot work with."
    return "It has no driver."


def _unopened(device: Device, vfio: Vfio, devices: Mapping[str, Device], regions: Iterable[Region]) -> str | None:
    """The first that the kernel looks at when an application opens the group."""
    group = handover.group_of(vfio, device)
    if group is None:
        return "It is in no IOMMU group."
    others = handover.blockers(vfio, device, devices, {})
    found = [handover.not_viable(group, others)] if others else handover.unsafe(vfio, device, regions)
    return found[0].reason if found else None


def _translated(device: Device, group: Group | None) -> str | None:
    """UIO hands out physical addresses; an IOMMU that translates lets none of them through."""
    if group is None or not (group.type or "").startswith("DMA"):
        return None
    return (
        f"{device.driver} gives the device physical addresses, but the IOMMU translates "
        f"(group {group.number} has the type {group.type})."
    )


def _without_verbs(driver: str, modules: Collection[str]) -> str | None:
    missing = [each for each in drivers.needs(driver) if each not in modules]
    if not missing:
        return None
    return f"DPDK's driver for it works on top of {driver} and needs {' and '.join(missing)}, not loaded now."
