# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host as DPDK sees it, as the module returns it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._info import drift, kinds, ready
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.buses import Bus
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage as _usage


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the picture of a host, with all its devices or only the named ones."""
    return {
        "devices": [_device(each, have) for each in have.shown],
        **{f"{bus.name}_devices": _ports(bus, have) for bus in buses.TABLE if bus.name != buses.PCI},
        "drift": drift.absent(have.addresses, have.bind_rules, have.sriov_rules),
        "kernel": asdict(have.kernel),
        "modules": {name: asdict(module) for name, module in have.modules.items()},
        "hugepages": [
            {"size_kb": pool.size_kb, "node": pool.node, "total": pool.total, "free": pool.free}
            for pool in have.hugepages
        ],
    }


def _device(device: Device, have: Have) -> dict[str, Any]:
    return {
        **_identity(device, have),
        **_driving(device, have),
        **_placing(device, have),
        **_using(device, have),
        **_keeping(device, have),
    }


def _identity(device: Device, have: Have) -> dict[str, Any]:
    vendor, name = have.names.get(device.ids, (None, None))
    return {
        "address": device.address,
        "kind": kinds.kind(device) or "other",
        "ids": device.ids,
        "vendor_name": vendor,
        "device_name": name,
    }


def _driving(device: Device, have: Have) -> dict[str, Any]:
    candidates = dict.fromkeys([*have.known_by.get(device.modalias, ()), *have.any_device[device.bus]])
    obstacle = ready.obstacle(device, have)
    return {
        "driver": device.driver,
        "driver_class": drivers.kind(device.driver),
        "driver_override": device.driver_override,
        "candidate_drivers": [name for name in candidates if name != device.driver and _may_have(device, name, have)],
        "dpdk_driver": drivers.is_for_dpdk(device.driver),
        "dpdk_pmds": [each.name for each in have.pmds.get(device.ids, ())],
        "dpdk_ready": obstacle is None,
        "dpdk_note": None if obstacle else ready.note(device, have),
        "not_ready_reason": obstacle.reason if obstacle else None,
        "not_ready_remedy": " ".join(obstacle.remedy) if obstacle else None,
    }


def _may_have(device: Device, driver: str, have: Have) -> bool:
    """Whether binding would not refuse a driver for DPDK because of what the device is."""
    if not drivers.is_for_dpdk(driver):
        return True
    if drivers.is_uio(driver):
        fits = device.answers and not device.is_bridge and drivers.has_interrupt(driver, device.intx)
        return fits and drivers.without_pmd(driver, have.pmds.get(device.ids, ())) is None
    refused = handover.refusal(have.vfio, device, driver)
    return refused is None or not refused.lasting


def _placing(device: Device, have: Have) -> dict[str, Any]:
    group = handover.group_of(have.vfio, device)
    blocking = handover.blockers(have.vfio, device, have.devices, {}) if group else []
    return {
        "numa_node": device.numa_node,
        "iommu_group": device.iommu_group,
        "iommu_group_members": list(group.members) if group else [],
        "iommu_group_blockers": [each.address for each in blocking],
        "pf": device.pf,
        "num_vfs": device.sriov.num_vfs if device.sriov else 0,
        "total_vfs": device.sriov.total_vfs if device.sriov else 0,
        "vfs": list(device.sriov.vfs) if device.sriov else [],
    }


def _using(device: Device, have: Have) -> dict[str, Any]:
    use = _usage.device_usage(have.network, device)
    held = ", ".join(map(str, have.holders.get(device.address, [])))
    return {
        "interfaces": [_interface(port) for port in device.interfaces],
        "active": bool(use.management or use.other),
        "used_by": held or use.other,
        "management": use.management,
    }


def _interface(port: Interface) -> dict[str, Any]:
    """Return an interface, with what only some have."""
    return {key: value for key, value in asdict(port).items() if value or key in ("name", "mac")}


def _keeping(device: Device, have: Have) -> dict[str, Any]:
    known = have.records.get(device.address, Record())
    bind, sriov = have.bind_rules.get(device.address), have.sriov_rules.get(device.address)
    return {
        "last_interface": known.interface,
        "last_mac": known.mac,
        "original_driver": known.binding.driver if known.binding else None,
        "persistent_driver": bind.driver if bind else None,
        "persistent_num_vfs": sriov.num_vfs if sriov else None,
        "drift": drift.of_device(device, known, bind, sriov) + _vf_drift(device, sriov, have),
    }


def _vf_drift(device: Device, rule: SriovRule | None, have: Have) -> list[str]:
    if rule is None or device.sriov is None:
        return []
    current = [have.devices[vf].driver if vf in have.devices else None for vf in device.sriov.vfs]
    interface = device.interfaces[0].name if device.interfaces else ""
    return drift.of_vfs(rule, current, have.vf_settings.get(interface, {}))


def _ports(bus: Bus, have: Have) -> list[dict[str, Any]]:
    return [_port(each, bus, have) for each in have.devices.values() if each.bus == bus.name]


def _port(port: Device, bus: Bus, have: Have) -> dict[str, Any]:
    """Return a device of another bus than PCI, which has neither IDs nor an IOMMU group nor VFs."""
    kept = _keeping(port, have)
    return {
        bus.key: port.address,
        "driver": port.driver,
        "driver_override": port.driver_override,
        "numa_node": port.numa_node,
        "dpdk_ready": ready.obstacle(port, have) is None,
        **_using(port, have),
        **{key: kept[key] for key in ("original_driver", "persistent_driver", "drift")},
    }
