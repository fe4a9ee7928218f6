# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IOMMU groups: the smallest set of devices that the IOMMU can keep apart from the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

GROUPS = "/sys/kernel/iommu_groups"
# The name of the groups that no-IOMMU mode makes up: they protect nothing.
NOIOMMU = "vfio-noiommu"
# Drivers that leave DMA to others (driver_managed_dma in the kernel since 5.19).
_HARMLESS = ("pci-stub", "pcieport")


@dataclass(frozen=True)
class Group:
    """One IOMMU group; ``type`` is DMA, DMA-FQ or identity, and None before kernel 5.11."""

    number: int
    name: str | None
    type: str | None
    members: tuple[str, ...]

    @property
    def protects(self) -> bool:
        """Whether an IOMMU is behind this group."""
        return self.name != NOIOMMU


def scan(host: Host) -> dict[int, Group]:
    """Return the IOMMU groups of the host by number."""
    return {int(number): _read(host, number) for number in host.names(GROUPS) if number.isdigit()}


def _read(host: Host, number: str) -> Group:
    path = f"{GROUPS}/{number}"
    members = tuple(host.names(f"{path}/devices"))
    return Group(int(number), host.attr(f"{path}/name"), host.attr(f"{path}/type"), members)


def blockers(group: Group, devices: Mapping[str, Device], planned: Mapping[str, str | None]) -> list[Device]:
    """Return the members that would keep userspace from opening the group.

    ``planned`` holds the drivers that devices are about to have. A member is fine with no driver,
    a VFIO driver, or one that leaves DMA alone; bridges never count (vfio_dev_driver_allowed
    before kernel 5.19, driver_managed_dma since). The kernel binds regardless: only the
    application that opens the group would notice.
    """
    members = [devices[address] for address in group.members if address in devices]
    return [each for each in members if not each.is_bridge and _blocks(planned.get(each.address, each.driver))]


def _blocks(driver: str | None) -> bool:
    return driver is not None and driver not in _HARMLESS and not drivers.is_vfio(driver)
