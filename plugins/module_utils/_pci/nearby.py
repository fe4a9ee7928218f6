# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices that are named by their addresses, and what belongs to them: the rest of a large host need not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links as _links
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, GROUPS, Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector


def read(host: Host, selectors: Sequence[Selector], records: Mapping[str, Record]) -> dict[str, Device] | None:
    """Return the PCI functions that selectors name, their VFs, and all that share their IOMMU groups.

    None where it takes all devices to say which are meant: names and MAC addresses, or an address at which another port may
    be than the one that was recorded there. What is wrong with a selector, they say too.
    """
    addresses = [_address.parse(each.text) for each in selectors]
    named = [each for each in addresses if each is not None and buses.of(each).name == buses.PCI]
    present = set(host.names(DEVICES))
    if not named or len(named) < len(selectors) or not present.issuperset(named):
        return None
    found = _device.read(host, dict.fromkeys(named))
    vfs = [vf for each in found.values() if each.sriov for vf in each.sriov.vfs]
    found.update(_device.read(host, vfs))
    if any(_may_be_elsewhere(host, each, records) for each in found.values()):
        return None
    members = (name for group in groups(found.values()) for name in host.names(f"{GROUPS}/{group}/devices"))
    return {**found, **_device.read(host, [name for name in members if name in present and name not in found])}


def groups(devices: Iterable[Device]) -> set[int]:
    """Return the numbers of the IOMMU groups that devices are in."""
    return {each.iommu_group for each in devices if each.iommu_group is not None}


def _may_be_elsewhere(host: Host, device: Device, records: Mapping[str, Record]) -> bool:
    """Whether the port that was recorded at a device's address shows an interface that is not the device's."""
    macs = set(records[device.address].macs) if device.address in records else set()
    if not macs or macs.intersection(port.identity for port in device.interfaces):
        return False
    links = _links.by_name(host).values()
    return bool(macs.intersection(mac for link in links for mac in (*link.macs, link.permanent_mac)))
