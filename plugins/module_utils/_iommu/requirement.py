# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task requires of a host's IOMMU, and what to say where it is not so."""

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

EFFECTIVE, PASSTHROUGH, OFF_OR_PASSTHROUGH, NOIOMMU_OK = (
    "effective",
    "passthrough",
    "off_or_passthrough",
    "noiommu_ok",
)
_BEHIND = "Move the card to a slot behind an IOMMU."


def wants_passthrough(require: str) -> bool:
    """Whether identity domains are asked for."""
    return require in (PASSTHROUGH, OFF_OR_PASSTHROUGH)


def is_met(require: str, verdict: str, effective: bool) -> bool:
    """Whether a host is as required."""
    if require == EFFECTIVE:
        return effective
    if require == PASSTHROUGH:
        return verdict == "passthrough"
    if require == OFF_OR_PASSTHROUGH:
        return not effective or verdict == "passthrough"
    return effective or verdict == "noiommu"


def remedies(require: str, verdict: str, effective: bool, present: list[str]) -> list[str]:
    """Return what to do beyond having the IOMMU on."""
    if is_met(require, verdict, effective):
        return []
    if wants_passthrough(require) and effective:
        return [
            f"Add {present[-1]} to the kernel command line and reboot." if present else "Boot with iommu.passthrough=1."
        ]
    if require == NOIOMMU_OK:
        return ["Or turn no-IOMMU mode on with dataplane.dpdk.vfio_module (noiommu: where_needed)."]
    return []


def complaint(seen: dict[str, Any], require: str) -> HostError | None:
    """Return why a host, as judged, is not as required; None where it is."""
    if not is_met(require, seen["verdict"], seen["effective"]):
        return HostError(
            f"The IOMMU is not as required ({require}): its verdict is {seen['verdict']}. {' '.join(seen['causes'])}",
            *seen["remedies"],
        )
    if require == OFF_OR_PASSTHROUGH:
        return None
    troubles = {each["address"]: _trouble(each, require) for each in seen["devices"]}
    bad = [each for each in seen["devices"] if troubles[each["address"]]]
    if not bad:
        return None
    told = " ".join(f"{each['address']}: {troubles[each['address']]}" for each in bad)
    remedies = dict.fromkeys(remedy for each in bad for remedy in each["remedies"] or [_BEHIND])
    return HostError(told, *remedies)


def _trouble(device: dict[str, Any], require: str) -> str:
    """Return what is wrong with a device; that a PF has VFs is not, for it may be meant to keep them."""
    refusal = device["refusal"]
    if refusal and refusal["cause"] == "pf_with_vfs":
        refusal = None
    told = [f"vfio-pci would refuse it (error {refusal['error']}). {refusal['reason']}"] if refusal else []
    if not refusal and not device["protected"] and require != NOIOMMU_OK:
        told.append("It is in no IOMMU group, so nothing protects the host's memory from it.")
    return " ".join([*told, *device["problems"]])
