# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host as DPDK sees it, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import drift, kinds, names, ready
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages, modalias
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_admin
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, inventory, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.driver import DRIVERS
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector, find_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules as _sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network

MODULES = ("vfio", "vfio_pci", "vfio_iommu_type1", "uio_pci_generic", "igb_uio")


@dataclass(frozen=True)
class _Seen:
    devices: dict[str, Device]
    groups: dict[int, Group]
    network: Network
    holders: dict[str, list[Holder]]
    modules: frozenset[str]
    dpdk_drivers: tuple[str, ...]
    records: dict[str, Record]
    bind_rules: dict[str, BindRule]
    sriov_rules: dict[str, SriovRule]
    vf_settings: dict[str, dict[int, dict[str, Any]]]


def look(host: Host, selectors: list[Selector]) -> dict[str, Any]:
    """Return the picture of a host, with all its devices or only the named ones."""
    seen = _see(host)
    shown = [each for selector in selectors for each in find_all(seen.devices, seen.records, selector)] or [
        each for each in seen.devices.values() if each.bus == "pci" and kinds.kind(each)
    ]
    named = names.read(host, (each.ids for each in shown))
    modules = modalias.read(host, {each.modalias for each in shown})
    drivers = {name: _driver.of_module(host, name) for found in modules.values() for name in found}
    return {
        "devices": [
            {
                **_identity(each, named),
                **_driving(each, seen, [name for module in modules.get(each.modalias, []) for name in drivers[module]]),
                **_placing(each, seen),
                **_using(each, seen),
                **_keeping(each, seen),
            }
            for each in shown
        ],
        "vmbus_devices": [_vmbus(each, seen) for each in seen.devices.values() if each.bus == "vmbus"],
        "drift": drift.absent(seen.devices, seen.bind_rules, seen.sriov_rules),
        "kernel": {
            "release": host.release(),
            "cmdline": host.attr("/proc/cmdline") or "",
            "boot_id": host.attr("/proc/sys/kernel/random/boot_id") or "",
        },
        "modules": {name: _module(host, name) for name in MODULES},
        "hugepages": [asdict(pool) for pool in hugepages.read(host)],
    }


def _see(host: Host) -> _Seen:
    devices = inventory.scan(host)
    sriov_rules = _sriov_rules.parse(host.read(_sriov_rules.PATH))
    return _Seen(
        devices=devices,
        groups=_group.scan(host),
        network=_usage.read(host),
        holders=_holders.scan(host, devices.values()),
        modules=frozenset(host.names("/sys/module")),
        dpdk_drivers=tuple(name for name in drivers.names() if host.exists(f"{DRIVERS}/{name}")),
        records=record.parse(host.read(record.PATH)),
        bind_rules=bind_rules.parse_bind(host.read(bind_rules.BIND_PATH)),
        sriov_rules=sriov_rules,
        vf_settings=vf_admin.read(host) if any(rule.vfs for rule in sriov_rules.values()) else {},
    )


def _identity(device: Device, named: dict[str, tuple[str, str]]) -> dict[str, Any]:
    vendor, name = named.get(device.ids, (None, None))
    return {
        "address": device.address,
        "kind": kinds.kind(device) or "other",
        "ids": device.ids,
        "vendor_name": vendor,
        "device_name": name,
    }


def _driving(device: Device, seen: _Seen, known_by: list[str]) -> dict[str, Any]:
    candidates = dict.fromkeys([*known_by, *seen.dpdk_drivers])
    obstacle = ready.obstacle(device, seen.groups, seen.devices, seen.modules)
    return {
        "driver": device.driver,
        "driver_class": drivers.kind(device.driver),
        "driver_override": device.driver_override,
        "candidate_drivers": [name for name in candidates if name != device.driver],
        "dpdk_driver": drivers.is_for_dpdk(device.driver),
        "dpdk_ready": obstacle is None,
        "not_ready_reason": obstacle,
    }


def _placing(device: Device, seen: _Seen) -> dict[str, Any]:
    group = seen.groups.get(device.iommu_group) if device.iommu_group is not None else None
    return {
        "numa_node": device.numa_node,
        "iommu_group": device.iommu_group,
        "iommu_group_members": list(group.members) if group else [],
        "pf": device.pf,
        "num_vfs": device.sriov.num_vfs if device.sriov else 0,
        "total_vfs": device.sriov.total_vfs if device.sriov else 0,
        "vfs": list(device.sriov.vfs) if device.sriov else [],
    }


def _using(device: Device, seen: _Seen) -> dict[str, Any]:
    use = _usage.device_usage(seen.network, device)
    held = ", ".join(map(str, seen.holders.get(device.address, [])))
    return {
        "interfaces": [asdict(port) for port in device.interfaces],
        "active": bool(use.management or use.other),
        "used_by": held or use.other,
        "management": use.management,
    }


def _keeping(device: Device, seen: _Seen) -> dict[str, Any]:
    known = seen.records.get(device.address, Record())
    bind, sriov = seen.bind_rules.get(device.address), seen.sriov_rules.get(device.address)
    return {
        "last_interface": known.interface,
        "last_mac": known.mac,
        "original_driver": known.binding.driver if known.binding else None,
        "persistent_driver": bind.driver if bind else None,
        "persistent_num_vfs": sriov.num_vfs if sriov else None,
        "drift": drift.of_device(device, known, bind, sriov) + _vf_drift(device, sriov, seen),
    }


def _vf_drift(device: Device, rule: SriovRule | None, seen: _Seen) -> list[str]:
    if rule is None or device.sriov is None:
        return []
    drivers = [seen.devices[vf].driver if vf in seen.devices else None for vf in device.sriov.vfs]
    interface = device.interfaces[0].name if device.interfaces else ""
    return drift.of_vfs(rule, drivers, seen.vf_settings.get(interface, {}))


def _vmbus(port: Device, seen: _Seen) -> dict[str, Any]:
    kept = _keeping(port, seen)
    return {
        "guid": port.address,
        "driver": port.driver,
        "driver_override": port.driver_override,
        "numa_node": port.numa_node,
        "dpdk_ready": drivers.is_for_dpdk(port.driver),
        **_using(port, seen),
        **{key: kept[key] for key in ("original_driver", "persistent_driver", "drift")},
    }


def _module(host: Host, name: str) -> dict[str, Any]:
    path = f"/sys/module/{name}"
    values = {each: host.attr(f"{path}/parameters/{each}") for each in host.names(f"{path}/parameters")}
    return {"loaded": host.exists(path), "parameters": values}
