# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host as DPDK sees it, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.usage import Network, Usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.driver import DPDK_DRIVERS
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector, find_present
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import record, udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.udev import BindRule

# The PCI base classes whose functions DPDK has drivers for.
KINDS = {"02": "net", "0b": "processor", "10": "crypto", "12": "accelerator"}
MODULES = ("vfio", "vfio_pci", "vfio_iommu_type1", "uio_pci_generic", "igb_uio")


@dataclass(frozen=True)
class _Seen:
    groups: dict[int, Group]
    network: Network
    holders: dict[str, list[Holder]]
    records: dict[str, Record]
    rules: dict[str, BindRule]


def look(host: Host, selectors: list[Selector]) -> dict[str, Any]:
    """Return the picture of a host, with all its devices or only the named ones."""
    devices = _device.scan(host)
    seen = _Seen(
        groups=_group.scan(host),
        network=_usage.read(host),
        holders=_holders.scan(host, devices.values()),
        records=record.parse(host.read(record.PATH)),
        rules=udev.parse_bind(host.read(udev.BIND_PATH)),
    )
    shown = [find_present(devices, seen.records, selector) for selector in selectors] or [
        each for each in devices.values() if each.class_code[:2] in KINDS
    ]
    return {
        "devices": [_describe(each, seen) for each in shown],
        "kernel": {
            "release": host.release(),
            "cmdline": host.attr("/proc/cmdline") or "",
            "boot_id": host.attr("/proc/sys/kernel/random/boot_id") or "",
        },
        "modules": {name: _module(host, name) for name in MODULES},
        "hugepages": [asdict(pool) for pool in hugepages.read(host)],
    }


def _describe(device: Device, seen: _Seen) -> dict[str, Any]:
    group = seen.groups.get(device.iommu_group) if device.iommu_group is not None else None
    known = seen.records.get(device.address, Record())
    rule = seen.rules.get(device.address)
    use = _use(device, seen)
    return {
        "address": device.address,
        "kind": KINDS.get(device.class_code[:2], "other"),
        "ids": device.ids,
        "driver": device.driver,
        "driver_override": device.driver_override,
        "dpdk_driver": device.driver in DPDK_DRIVERS,
        "interfaces": [asdict(port) for port in device.interfaces],
        "last_interface": known.interface,
        "last_mac": known.mac,
        "numa_node": device.numa_node,
        "iommu_group": device.iommu_group,
        "iommu_group_members": list(group.members) if group else [],
        "pf": device.pf,
        "num_vfs": device.sriov.num_vfs if device.sriov else 0,
        "total_vfs": device.sriov.total_vfs if device.sriov else 0,
        "vfs": list(device.sriov.vfs) if device.sriov else [],
        "used_by": use.other,
        "management": use.management,
        "persistent_driver": rule.driver if rule else None,
        "original_driver": known.binding.driver if known.binding else None,
    }


def _use(device: Device, seen: _Seen) -> Usage:
    uses = [_usage.usage(seen.network, port.name) for port in device.interfaces]
    held = ", ".join(map(str, seen.holders.get(device.address, [])))
    return Usage(
        management=next((each.management for each in uses if each.management), None),
        other=held or next((each.other for each in uses if each.other), None),
    )


def _module(host: Host, name: str) -> dict[str, Any]:
    path = f"/sys/module/{name}"
    values = {each: host.attr(f"{path}/parameters/{each}") for each in host.names(f"{path}/parameters")}
    return {"loaded": host.exists(path), "parameters": values}
