# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IOMMU groups: the smallest set of devices that the IOMMU can keep apart from the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import GROUPS, Device

# The name of the groups that no-IOMMU mode makes up: they protect nothing.
NOIOMMU = "vfio-noiommu"
_TYPES = ("DMA", "DMA-FQ", "identity")
# Since this kernel, every bound driver claims the DMA of its group, unless it has driver_managed_dma (pci_dma_configure in
# drivers/pci/pci-driver.c): of PCI's these two (commit c7d469849747 for portdrv), and those of VFIO. lpc_ich, i801, shpchp
# and drivers of host bridges have it not.
_CLAIMED_SINCE = (5, 19)
_WITHOUT_DMA = ("pci-stub", "pcieport")
_RELEASE = re.compile(r"(\d+)\.(\d+)")
_LISTED = 4


@dataclass(frozen=True)
class Group:
    """One IOMMU group; ``type`` is DMA, DMA-FQ or identity, and None before kernel 5.11.

    ``claimed`` says whether the kernel lets the drivers of bridges claim its DMA too.
    """

    number: int
    name: str | None
    type: str | None
    members: tuple[str, ...]
    claimed: bool = True

    @property
    def protects(self) -> bool:
        """Whether an IOMMU is behind this group."""
        return self.name != NOIOMMU


def scan(host: Host) -> dict[int, Group]:
    """Return the IOMMU groups of the host by number."""
    return read(host, (int(number) for number in host.names(GROUPS) if number.isdigit()))


def read(host: Host, numbers: Iterable[int]) -> dict[int, Group]:
    """Return IOMMU groups by their numbers."""
    match = _RELEASE.match(host.release())
    claimed = match is None or (int(match[1]), int(match[2])) >= _CLAIMED_SINCE
    return {number: _read(host, number, claimed) for number in numbers}


def _read(host: Host, number: int, claimed: bool) -> Group:
    path = f"{GROUPS}/{number}"
    members, kind = tuple(host.names(f"{path}/devices")), host.attr(f"{path}/type")
    # Those of no-IOMMU mode have a name, and no type that an IOMMU gives (iommu_group_show_type in drivers/iommu/iommu.c).
    name = None if kind in _TYPES else host.attr(f"{path}/name")
    return Group(number, name, kind, members, claimed)


def blockers(group: Group, devices: Mapping[str, Device], planned: Mapping[str, str | None]) -> list[Device]:
    """Return the members that would keep userspace from opening the group, each on the driver that it will have.

    ``planned`` holds the drivers that devices are about to have. A member is fine with no driver, a VFIO driver, or one that
    leaves DMA alone. Before kernel 5.19 functions that are no endpoints never counted (vfio_dev_driver_allowed in
    drivers/vfio/vfio.c: header types other than 0, whatever the class); since then only the driver does. The kernel binds
    regardless: only the application that opens the group would notice.
    """
    members = [devices[address] for address in group.members if address in devices]
    later = [replace(each, driver=planned[each.address]) if each.address in planned else each for each in members]
    return [each for each in later if _blocks(each, group.claimed)]


def listed(blocking: Iterable[Device]) -> str:
    """Return a few of the devices that keep a group from being opened, with their drivers, and how many more there are."""
    found = [f"{each.label} on {each.driver}" for each in blocking]
    more = len(found) - _LISTED
    return ", ".join(found[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def claims_dma(driver: str | None) -> bool:
    """Whether a driver uses the DMA of its device's group itself."""
    return driver is not None and driver not in _WITHOUT_DMA and not drivers.is_vfio(driver)


def _blocks(device: Device, claimed: bool) -> bool:
    return claims_dma(device.driver) and (claimed or not device.is_bridge)
