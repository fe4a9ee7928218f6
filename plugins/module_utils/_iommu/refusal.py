# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why vfio-pci did not take a device: which of the things that one errno stands for.

What it would answer now is predicted where binding predicts it too (``handover``); this adds what a log says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.have import Facts
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.verdict import judge
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import EBUSY, EINVAL, Obstacle

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
    """Return why vfio-pci would refuse a device as it is; None where it takes it, has it, or nobody would ask it to.

    ``denylist`` is in force.
    """
    found = handover.refusal(facts.vfio(denylist), device)
    if found is None:
        return None
    return _without_iommu(facts, device) if found.cause == "no_iommu" else _of(device.address, found)


def _of(address: str, obstacle: Obstacle) -> Refusal:
    return Refusal(address, obstacle.error or EINVAL, obstacle.cause, obstacle.reason, obstacle.remedy)


def _without_iommu(facts: Facts, device: Device) -> Refusal:
    verdict = judge(facts)
    causes = (f"the IOMMU is on, but no group holds {device.address}",) if verdict.effective else verdict.causes
    remedy = ("Move the card to a slot behind an IOMMU.",) if verdict.effective else verdict.remedies
    return Refusal(device.address, EINVAL, "no_iommu", f"It is in no IOMMU group: {' '.join(causes)}", remedy)


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
        return _of(address, handover.pf_with_vfs())
    if _DENIED_SAID in said:
        return _of(address, handover.denied())
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
