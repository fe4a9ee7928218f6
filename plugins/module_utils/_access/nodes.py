# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files below /dev by which an application reaches a device, and who may open them."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import ownership
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb

IOMMU = "/dev/iommu"
# The modes that the kernel gives nodes by how their paths begin (iommufd: 0660; those of VFIO name none).
_OF_KERNEL = {
    IOMMU: "0660",
    **{each.nodes.place: each.nodes.mode for each in drivers.TABLE if each.nodes},
    "/dev/vfio": "0600",
}


@dataclass(frozen=True)
class Node:
    """A file below /dev; ``mode`` is octal, as in 0660."""

    path: str
    mode: str
    group: str


def read(host: Host, device: Device) -> list[Node]:
    """Return the nodes that a device has now; none while it is on a driver that DPDK cannot use without root.

    DPDK opens a port of the VMBus by the node that its directory in sysfs names (rte_vmbus_map_device). On PCI such a
    node alone opens nothing: DPDK maps the resource files below sysfs, which belong to root.
    """
    path = _device.home(device.address)
    places = [f"/dev/vfio/devices/{name}" for name in host.names(f"{path}/vfio-dev")]
    if device.iommu_group is not None and drivers.is_vfio(device.driver):
        places += [f"/dev/vfio/{device.iommu_group}", f"/dev/vfio/noiommu-{device.iommu_group}", IOMMU]
    nodes = drivers.nodes(device.driver, device.bus)
    if nodes is not None:
        places += [f"{nodes.place}{name}" for name in host.names(f"{path}/{nodes.subsystem}")]
    return [_read(host, place) for place in places if host.exists(place)]


def closed(node: Node) -> Node:
    """Return a node as the kernel makes it."""
    mode = max((each for each in _OF_KERNEL.items() if node.path.startswith(each[0])), key=lambda each: len(each[0]))[1]
    return Node(node.path, mode, "root")


def step(old: Node, new: Node) -> Step:
    """Return the step that gives a node to a group."""

    def undo(host: Host) -> None:
        if host.exists(old.path):  # it goes with the last device of its group
            _giver(old)(host)

    return Step(f"Gave {old.path} to the group {new.group} with mode {new.mode}", _giver(new), undo)


def _giver(to: Node) -> Verb:
    def give(host: Host) -> None:
        host.must("chgrp", to.group, to.path)
        host.must("chmod", to.mode, to.path)

    return give


def _read(host: Host, path: str) -> Node:
    found = ownership.read(host, path)
    return Node(path, found.mode, found.group)
