# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why vfio-pci did not take a device: which of the things that one errno stands for.

The order is that of the checks in the kernel (vfio_pci_probe, vfio_pci_core_register_device, vfio_device_set_group).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.have import Facts
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.verdict import judge
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

EINVAL, EBUSY = -22, -16
# Intel QAT C3xxx, C62x and DH895xCC with their VFs; DSA and IAX of Sapphire Rapids (vfio_pci_dev_in_denylist).
_DENIED = tuple(f"8086:{each}" for each in ("19e2", "19e3", "37c8", "37c9", "0435", "0443", "0b25", "0cfe"))
_DENIED_SAID = "exists in vfio-pci device denylist"
_PF_SAID = "Cannot bind to PF with SR-IOV enabled"
_ADDRESS = r"[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]"
# "vfio-pci ADDRESS: probe with driver vfio-pci failed with error -22", and before kernel 6.11 "vfio-pci: probe of ADDRESS
# failed with error -22".
_FAILED = re.compile(rf"vfio-pci.*?(?P<address>{_ADDRESS}).*failed with error (?P<error>-\d+)")


@dataclass(frozen=True)
class Refusal:
    """One refused probe: the kernel's error, its cause in a word and in sentences, and what to do about it."""

    address: str
    error: int
    cause: str
    reason: str
    remedy: tuple[str, ...]


def predict(facts: Facts, device: Device, denylist: bool = True) -> Refusal | None:
    """Return why vfio-pci would refuse a device as it is; None where it takes it, or nobody would ask it to.

    ``denylist`` is in force.
    """
    if not drivers.uses_vfio(device.bus):
        return None
    if device.ids in _DENIED and denylist:
        return _denylist(device.address)
    if device.is_bridge:
        return _bridge(device)
    if device.sriov is not None and device.sriov.num_vfs and not drivers.is_for_dpdk(device.driver):
        return _pf_with_vfs(device.address)
    if device.iommu_group not in facts.groups and not facts.noiommu:
        verdict = judge(facts)
        causes = (f"the IOMMU is on, but no group holds {device.address}",) if verdict.effective else verdict.causes
        remedy = ("Move the card to a slot behind an IOMMU.",) if verdict.effective else verdict.remedies
        return Refusal(device.address, EINVAL, "no_iommu", f"It is in no IOMMU group: {' '.join(causes)}", remedy)
    return None


def failures(log: Sequence[str]) -> dict[str, int]:
    """Return the last error of each device that vfio-pci refused, from lines of a kernel log."""
    found = (_FAILED.search(line) for line in log)
    return {match["address"]: int(match["error"]) for match in found if match}


def from_log(log: Sequence[str], facts: Facts, devices: Mapping[str, Device], denylist: bool = True) -> list[Refusal]:
    """Explain every refused probe of a log: by what it says, by the device if it is here, else by exclusion."""
    return [
        _explain(address, error, log, facts, devices.get(address), denylist) for address, error in failures(log).items()
    ]


def _explain(
    address: str, error: int, log: Sequence[str], facts: Facts, device: Device | None, denylist: bool
) -> Refusal:
    said = " ".join(line for line in log if address in line)
    if error == EBUSY or _PF_SAID in said:
        return _pf_with_vfs(address)
    if _DENIED_SAID in said:
        return _denylist(address)
    if error != EINVAL:
        return Refusal(
            address, error, "unknown", f"The kernel answered {error}: {said}", ("Look into the kernel log.",)
        )
    seen = predict(facts, device, denylist) if device else None
    if seen:
        return seen
    return _by_exclusion(address, facts, device)


def _by_exclusion(address: str, facts: Facts, device: Device | None) -> Refusal:
    if device is None:
        return Refusal(
            address,
            EINVAL,
            "unknown",
            "The log says no more, and the device is not on this host. It has no IOMMU group, is a bridge, or sits behind an "
            "IOMMU without cache coherency.",
            ("Run dataplane.dpdk.iommu_check on the host that the log is from.",),
        )
    if drivers.is_for_dpdk(device.driver):
        return Refusal(address, EINVAL, "past", f"It is bound to {device.driver} now; the failure is past.", ())
    return Refusal(
        address,
        EINVAL,
        "not_coherent",
        f"It is in IOMMU group {device.iommu_group}, no bridge and not denied. If it fails again, its IOMMU does not keep the "
        "caches coherent (IOMMU_CAP_CACHE_COHERENCY), as on some Arm machines; if not, the IOMMU came on since.",
        ("Bind it again.", "If it fails again, ask the vendor for firmware that declares the device's DMA coherent."),
    )


def _denylist(address: str) -> Refusal:
    return Refusal(
        address,
        EINVAL,
        "denylist",
        "vfio-pci denies this device, because of faults by which whoever has it can harm the host.",
        (
            "Use it with its kernel driver, or, where its user is trusted with the host, set disable_denylist of vfio-pci with "
            "dataplane.dpdk.vfio_module.",
        ),
    )


def _bridge(device: Device) -> Refusal:
    return Refusal(
        device.address,
        EINVAL,
        "bridge",
        f"It is a bridge (header type {device.header_type}), and vfio-pci takes endpoints alone.",
        ("Leave it with its driver: a bridge does not keep its IOMMU group from being used.",),
    )


def _pf_with_vfs(address: str) -> Refusal:
    return Refusal(
        address,
        EBUSY,
        "pf_with_vfs",
        "It is a PF with VFs, which vfio-pci does not take.",
        ("Set its number of VFs to 0 first, with dataplane.dpdk.sriov_vfs.",),
    )
