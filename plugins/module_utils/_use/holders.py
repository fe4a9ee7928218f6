# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that hold a device open through VFIO or UIO: an unbind would block until they let go."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, home


@dataclass(frozen=True)
class Holder:
    """A process and the device node that it has open."""

    pid: int
    command: str
    node: str

    def __str__(self) -> str:
        return f"{self.command} (pid {self.pid}, {self.node})"


def scan(host: Host, devices: Iterable[Device]) -> dict[str, list[Holder]]:
    """Return the holders of devices by address; devices that nobody holds are left out."""
    by_node = _by_node(host)
    if not by_node:
        return {}
    found = {
        each.address: [holder for node in _nodes(host, each) for holder in by_node.get(node, [])] for each in devices
    }
    return {address: holders for address, holders in found.items() if holders}


def _by_node(host: Host) -> dict[str, list[Holder]]:
    found: dict[str, list[Holder]] = {}
    for pid in filter(str.isdigit, host.names("/proc")):
        for handle in host.names(f"/proc/{pid}/fd"):
            node = host.target(f"/proc/{pid}/fd/{handle}")
            if node and node.startswith(("/dev/vfio/", "/dev/uio")) and node != "/dev/vfio/vfio":
                command = host.attr(f"/proc/{pid}/comm") or "a process"
                found.setdefault(node, []).append(Holder(int(pid), command, node))
    return found


def _nodes(host: Host, device: Device) -> list[str]:
    path = home(device.address)
    found = [f"/dev/vfio/devices/{name}" for name in host.names(f"{path}/vfio-dev")]
    found += [f"/dev/{name}" for name in host.names(f"{path}/uio")]
    if device.iommu_group is not None:
        found += [f"/dev/vfio/{device.iommu_group}", f"/dev/vfio/noiommu-{device.iommu_group}"]
    return found
