# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reasons not to move a device: each check returns an error with its remedy, or None."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.owners import Owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.lockdown import Lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent

# What a device of a bus is, and what a driver of that bus is for.
_BUSES = {
    drivers.PCI: ("is a PCI device", "PCI devices"),
    drivers.VMBUS: ("is on the VMBus of Hyper-V", "the VMBus of Hyper-V"),
}


def kind(device: Device, driver: str, consent: Consent) -> HostError | None:
    """Refuse what must not change drivers by its nature: bridges, bifurcated ports, PFs with VFs."""
    if device.is_bridge:
        return HostError(
            f"{device.address} is a bridge (header type {device.header_type}); "
            "vfio-pci refuses those, and without its own driver hot-plug and error reporting are lost.",
            "Leave the bridge alone: it does not keep its IOMMU group from being used.",
        )
    if drivers.is_bifurcated(device.driver) and drivers.is_for_dpdk(driver) and not consent.bifurcated:
        return HostError(
            f"{device.label} is on {device.driver}, and DPDK's driver for it works on top of that one.",
            "Leave the port where it is and give it to DPDK as it is; "
            "set allow_bifurcated only for uses such as vDPA or handing a VF to a virtual machine.",
        )
    if device.driver != driver and device.sriov is not None and device.sriov.num_vfs:
        return HostError(
            f"{device.label} has {device.sriov.num_vfs} VFs; they would be lost, and vfio-pci refuses such a PF (-16, EBUSY).",
            "Set the number of VFs to 0 first, with dataplane.dpdk.sriov_vfs.",
        )
    return None


def bus(device: Device, driver: str) -> HostError | None:
    """Refuse a driver that is for devices of another bus."""
    known = drivers.find(driver)
    if known is None or known.bus == device.bus:
        return None
    return HostError(
        f"{device.label} {_BUSES[device.bus][0]}, and {driver} is for {_BUSES[known.bus][1]}.",
        f"Leave the driver out, or write {drivers.default(device.bus)}; or name another device.",
    )


def unprotected(device: Device, driver: str, groups: Mapping[int, Group], noiommu: bool) -> HostError | None:
    """Refuse vfio-pci where its probe must fail with -22: no IOMMU group, and no no-IOMMU mode."""
    if not drivers.is_vfio(driver) or noiommu or device.iommu_group in groups:
        return None
    return HostError(
        f"{device.label} is in no IOMMU group, so {driver} would refuse it with error -22 (EINVAL).",
        "Run dataplane.dpdk.iommu_check: it names the cause and the boot parameters for this platform.",
    )


def not_viable(
    device: Device,
    driver: str,
    groups: Mapping[int, Group],
    devices: Mapping[str, Device],
    planned: Mapping[str, str | None],
) -> HostError | None:
    """Tell which other members of a device's IOMMU group would keep an application from opening it."""
    group = groups.get(device.iommu_group) if device.iommu_group is not None else None
    if group is None or not drivers.is_vfio(driver):
        return None
    others = [each for each in _group.blockers(group, devices, planned) if each.address != device.address]
    if not others:
        return None
    named = ", ".join(f"{each.label} on {each.driver}" for each in others)
    remedy = f"Bind {', '.join(each.address for each in others)} to {driver} in the same task, or unbind it."
    if device.pf in [each.address for each in others]:  # which vfio-pci takes only while it has no VFs
        remedy = (
            f"Nothing keeps VFs apart from their PF here. Bind {device.pf} to {driver} before it has VFs, with enable_sriov, or "
            "move the card to a slot that isolates (ACS)."
        )
    return HostError(
        f"IOMMU group {group.number} of {device.label} also holds {named}; "
        "an application could not open the group (VFIO group is not viable).",
        remedy,
    )


def owned(device: Device, driver: str | None, owners: Owners, takeover: bool) -> HostError | None:
    """Refuse a device that another tool keeps on a different driver: both would bind it in turn."""
    saved = owners.driverctl.get(device.address)
    if saved and saved.driver != driver and not takeover:
        return HostError(
            f"driverctl keeps {device.label} on {saved.driver} ({saved.path}).",
            f"Run 'driverctl unset-override {device.address}', or set takeover to move it to this module.",
        )
    taken = owners.vfio_ids.get(device.ids)
    if taken and driver not in (None, taken.driver):
        return HostError(
            f"{taken.path} gives every {device.ids} to vfio-pci, {device.label} among them.",
            f"Take {device.ids} out of {taken.path}.",
        )
    return None


def uio(device: Device, driver: str, lockdown: Lockdown) -> HostError | None:
    """Refuse a UIO driver that would bind and then not work."""
    if not drivers.is_uio(driver):
        return None
    if lockdown.forbids_direct_access:
        return HostError(
            f"{driver} gives {device.label} to userspace directly, and {lockdown.story}: "
            "the bind would succeed and the application fail.",
            "Use vfio-pci.",
        )
    if driver == "uio_pci_generic" and (device.pf is not None or not device.intx):
        return HostError(
            f"{device.label} has no legacy interrupt (INTx), which uio_pci_generic needs.",
            "Use vfio-pci, or igb_uio where there is no IOMMU.",
        )
    return None


def uio_warnings(device: Device, driver: str, groups: Mapping[int, Group], platform: str | None) -> list[str]:
    """Say that the IOMMU will stop the DMA of a device on a UIO driver."""
    group = groups.get(device.iommu_group) if device.iommu_group is not None else None
    if not drivers.is_uio(driver) or group is None or not (group.type or "").startswith("DMA"):
        return []
    token = "iommu.passthrough=1" if platform == "arm" else "iommu=pt"
    return [
        f"The IOMMU translates for {device.address} (group {group.number}, {group.type}), and {driver} cannot set that up: "
        f"DMA will fail. Boot with {token}, or use vfio-pci."
    ]
