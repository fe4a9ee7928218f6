# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Can a DPDK application start on a device as it is, and if not, why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group


def obstacle(
    device: Device, groups: Mapping[int, Group], devices: Mapping[str, Device], modules: Collection[str]
) -> str | None:
    """Return why an application cannot use a device now, or None where it can; ``modules`` are those loaded."""
    group = groups.get(device.iommu_group) if device.iommu_group is not None else None
    sort = drivers.kind(device.driver)
    if sort == drivers.VFIO:
        return _not_viable(group, devices)
    if sort == drivers.UIO:
        return _translated(device, group)
    if sort == drivers.BIFURCATED:
        return _without_verbs(device.driver or "", modules)
    if sort == drivers.VFIO_VARIANT:
        return f"{device.driver} is a VFIO driver, but DPDK knows only {', '.join(drivers.names())}."
    if sort == drivers.KERNEL:
        return f"It is on {device.driver}, which DPDK cannot work with."
    return "It has no driver."


def _not_viable(group: Group | None, devices: Mapping[str, Device]) -> str | None:
    if group is None:
        return "It is in no IOMMU group."
    others = _group.blockers(group, devices, {})
    named = ", ".join(f"{each.label} on {each.driver}" for each in others)
    return f"IOMMU group {group.number} is not viable: it also holds {named}." if others else None


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
