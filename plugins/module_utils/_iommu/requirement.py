# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task requires of a host's IOMMU, and what to say where it is not so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, combined
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import finding
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.finding import Finding

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.isolation import Isolation
    from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.verdict import Verdict

EFFECTIVE, PASSTHROUGH, OFF_OR_PASSTHROUGH, NOIOMMU_OK = (
    "effective",
    "passthrough",
    "off_or_passthrough",
    "noiommu_ok",
)
_UNPROTECTED = Finding(
    "It is in no IOMMU group, so nothing protects the host's memory from it.",
    ("Move the card to a slot behind an IOMMU.",),
)


def wants_passthrough(require: str) -> bool:
    """Whether identity domains are asked for."""
    return require in (PASSTHROUGH, OFF_OR_PASSTHROUGH)


def is_met(require: str, verdict: Verdict) -> bool:
    """Whether a host is as required."""
    if require == EFFECTIVE:
        return verdict.effective
    if require == PASSTHROUGH:
        return verdict.name == "passthrough"
    if require == OFF_OR_PASSTHROUGH:
        return not verdict.effective or verdict.name == "passthrough"
    return verdict.effective or verdict.name == "noiommu"


def remedies(require: str, verdict: Verdict, present: Sequence[str]) -> list[str]:
    """Return what to do beyond having the IOMMU on; ``present`` are the boot parameters that this takes."""
    if is_met(require, verdict):
        return []
    if wants_passthrough(require) and verdict.effective:
        return [
            f"Add {present[-1]} to the kernel command line and reboot." if present else "Boot with iommu.passthrough=1."
        ]
    if require == NOIOMMU_OK:
        return ["Or turn no-IOMMU mode on with dataplane.dpdk.vfio_module (noiommu: where_needed)."]
    return []


def complaint(require: str, verdict: Verdict, present: Sequence[str], devices: Sequence[Isolation]) -> HostError | None:
    """Return why a host, or one of the devices, is not as required; None where all are."""
    if not is_met(require, verdict):
        return _of_host(require, verdict, remedies(require, verdict, present))
    if require == OFF_OR_PASSTHROUGH:
        return None
    troubles = [(each.device.address, found) for each in devices if (found := _troubles(each, require))]
    if not troubles:
        return None
    message = " ".join(f"{address}: {' '.join(each.text for each in found)}" for address, found in troubles)
    parts = [HostError(f"{address}: {each.text}", *each.remedy) for address, found in troubles for each in found]
    return HostError(message, *dict.fromkeys(remedy for part in parts for remedy in part.remedy), parts=parts)


def _of_host(require: str, verdict: Verdict, more: list[str]) -> HostError:
    """Return the complaint about a host: its first problem is the verdict itself, what else has a remedy is another."""
    first, *rest = verdict.findings
    why = " ".join(finding.texts([first, *(each for each in rest if not each.remedy)]))
    lead = HostError(
        f"The IOMMU is not as required ({require}): its verdict is {verdict.name}. {why}", *more, *first.remedy
    )
    return combined([lead, *(HostError(each.text, *each.remedy) for each in rest if each.remedy)])


def _troubles(device: Isolation, require: str) -> list[Finding]:
    """Return what is wrong with a device; that a PF has VFs is not, for it may be meant to keep them."""
    if device.note is not None:
        return []  # no IOMMU group is for it, so that it has none is not what is wrong
    refusal = device.refusal
    found: list[Finding] = []
    if refusal and refusal.cause != "pf_with_vfs":
        found.append(Finding(f"vfio-pci would refuse it (error {refusal.error}). {refusal.reason}", refusal.remedy))
    elif device.group is None and require != NOIOMMU_OK:
        found.append(_UNPROTECTED)
    return [*found, *device.problems]
