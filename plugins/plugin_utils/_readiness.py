# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is a host ready for a DPDK application, and if not, why not and what to do: from what modules returned of it.

Pure, on the controller. The filter `readiness` and the callback of the same name both judge by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _failure
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._failure import texts

READY, NOT_READY, FAILED = "ready", "not_ready", "failed"

PREPARE = "Run dataplane.dpdk.prepare."
FAILED_REMEDY = "The message says what to do; then run this again."
UNREACHABLE_REMEDY = (
    "Look whether the host is up and reached by the name, user and key of the inventory, then run this again."
)
_VERDICTS = {
    "off_by_cmdline": "IOMMU off by boot parameter",
    "supported_but_not_enabled": "IOMMU not enabled",
    "firmware_absent": "IOMMU off in the firmware",
    "vm_no_viommu": "Virtual machine without an IOMMU",
    "kernel_unsupported": "Kernel without IOMMU support",
    "noiommu": "VFIO in no-IOMMU mode",
}


@dataclass(frozen=True)
class Problem:
    """Why a host is not ready: a title that is the same on all hosts, the cause on this one, and what to do."""

    title: str
    cause: str
    remedy: str
    subject: str = ""
    details: Sequence[str] = ()

    def plain(self) -> dict[str, Any]:
        """Return it as the report holds it."""
        return {
            "title": self.title,
            "subject": self.subject,
            "cause": self.cause,
            "details": list(self.details),
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class Looked:
    """What is known of a host; what nobody looked at is None and is not judged."""

    failures: Sequence[Mapping[str, Any]] = ()
    refusals: Sequence[Mapping[str, Any]] = ()  # what the role dpdk_host says against the description of the host
    info: Mapping[str, Any] | None = None
    iommu: Mapping[str, Any] | None = None
    args: Mapping[str, Any] | None = None
    pending: Sequence[str] = ()
    ports: Sequence[str] = ()
    hugepages: Sequence[Mapping[str, Any]] = ()
    iommu_wanted: bool = True


def judge(looked: Looked) -> tuple[str, list[Problem]]:
    """Return the state of a host and its problems, the most severe first."""
    grave = [problem for each in looked.failures for problem in failed(each)]
    grave += [problem for each in looked.refusals for problem in refused(each)]
    named = " ".join(each.cause for each in grave)
    found = [
        *_boot(looked.args),
        *_iommu(looked),
        *_devices(looked),
        *_hugepages(looked),
        *_drift(looked.info),
        *_pending(looked.pending),
    ]
    problems = grave + [each for each in found if each.cause not in named]
    return FAILED if grave else NOT_READY if problems else READY, problems


def failed(result: Mapping[str, Any]) -> list[Problem]:
    """Return the problems that the result of a failed task names."""
    reasons = _failure.reasons(result)
    if result.get("unreachable"):
        return [Problem("Unreachable", each.problem, UNREACHABLE_REMEDY) for each in reasons]
    return [Problem("Failed", each.problem, " ".join(each.remedies) or FAILED_REMEDY) for each in reasons]


def refused(result: Mapping[str, Any]) -> list[Problem]:
    """Return the problems that a failed module names, or one that the role dpdk_host listed."""
    if "problem" not in result:
        return [replace(each, title="Description refused") for each in failed(result)]
    title = f"Refused: {result['stage']}" if result.get("stage") else "Description refused"
    return [
        Problem(
            title, str(result["problem"]), " ".join(texts(result.get("remedy") or result.get("remedies"))) or PREPARE
        )
    ]


def intended(info: Mapping[str, Any], ports: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the devices that DPDK should have: described, kept by a rule, or on a driver for DPDK now."""
    return [
        each
        for each in info.get("devices", ())
        if each["address"] in ports
        or each.get("dpdk_driver")
        or each.get("persistent_driver") not in (None, "none", each.get("original_driver"))
    ]


def _boot(args: Mapping[str, Any] | None) -> Iterator[Problem]:
    if not args or not args.get("reboot_required"):
        return
    missing, conflicting = texts(args.get("missing")), texts(args.get("conflicting"))
    cause = "The running kernel was booted " + " and ".join(
        [
            *([f"without {' '.join(missing)}"] if missing else []),
            *([f"with {' '.join(conflicting)}"] if conflicting else []),
        ]
    )
    if args.get("reboot_tried"):
        remedy = "It was rebooted for them once already: look which entry the boot loader starts."
    else:
        remedy = f"{PREPARE[:-1]} with dpdk_host_reboot_ok=true, or reboot it once its boot parameters are set."
    yield Problem("Reboot needed", f"{cause}.", remedy)


def _iommu(looked: Looked) -> Iterator[Problem]:
    iommu = looked.iommu
    if iommu is None or not looked.iommu_wanted or iommu.get("effective", True):
        return
    verdict = str(iommu.get("verdict"))
    yield Problem(
        _VERDICTS.get(verdict, "IOMMU not effective"),
        " ".join(texts(iommu.get("causes"))),
        " ".join(texts(iommu.get("remedies"))),
    )


def _devices(looked: Looked) -> Iterator[Problem]:
    info = looked.info
    if info is None:
        return
    wanted = intended(info, looked.ports)
    for each in wanted:
        if not each.get("dpdk_ready"):
            reason = each.get("not_ready_reason") or "It is not ready for DPDK."
            yield Problem("Port not ready for DPDK", reason, _device_remedy(each), each["address"])
    usable = [each for each in (*info.get("devices", ()), *info.get("vmbus_devices", ())) if each.get("dpdk_ready")]
    if not wanted and not usable:
        yield Problem(
            "No port for DPDK",
            "No device is on a driver that DPDK can work with, and no rule would bring one there.",
            f"Describe the ports in dpdk_host_ports. {PREPARE}",
        )


def _device_remedy(device: Mapping[str, Any]) -> str:
    if device.get("not_ready_remedy"):
        return str(device["not_ready_remedy"])
    sort = device.get("driver_class")  # what an older look at the host returned says less
    if sort == "vfio" and device.get("iommu_group") is not None:
        return "Bind the other devices of the group as well (dpdk_bind with group_policy: bind_all), or leave them unbound."
    if sort == "vfio":
        return "Run dataplane.dpdk.iommu_check; it names the cause."
    if sort == "uio":
        return "Bind it to vfio-pci, or boot with iommu=pt."
    if sort == "bifurcated":
        return "Load the modules that are named, or bind the port once with dpdk_bind, which loads them."
    return PREPARE


def _hugepages(looked: Looked) -> Iterator[Problem]:
    if looked.info is None:
        return
    pools = looked.info.get("hugepages", ())
    if not looked.hugepages and not any(pool["total"] for pool in pools):
        yield Problem("No hugepages", "The kernel holds no hugepages.", f"Describe dpdk_host_hugepages. {PREPARE}")
        return
    for wanted in looked.hugepages:
        size, node = _size_kb(str(wanted.get("size"))), wanted.get("node")
        there = sum(pool["total"] for pool in pools if pool["size_kb"] == size and node in (None, pool["node"]))
        if there < int(wanted.get("count", 0)):
            place = "" if node is None else f" on NUMA node {node}"
            yield Problem(
                "Too few hugepages",
                f"{there} of {wanted['count']} hugepages of {wanted['size']} are there{place}.",
                f"{PREPARE} Where memory is fragmented, only a reboot brings the rest.",
            )


def _size_kb(size: str) -> int | None:
    try:
        return sizes.parse(size)
    except HostError:
        return None


def _drift(info: Mapping[str, Any] | None) -> Iterator[Problem]:
    if info is None:
        return
    remedy = f"{PREPARE} Where the change was meant, describe it so."
    for sentence in info.get("drift", ()):
        yield Problem("Drift", sentence, remedy)
    for device in info.get("devices", ()):
        for sentence in device.get("drift", ()):
            yield Problem("Drift", sentence, remedy, device["address"])


def _pending(actions: Sequence[str]) -> Iterator[Problem]:
    if actions:
        count = "1 change is" if len(actions) == 1 else f"{len(actions)} changes are"
        yield Problem("Not as described", f"{count} still to be made.", PREPARE, details=actions)
