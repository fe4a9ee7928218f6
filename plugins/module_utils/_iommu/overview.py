# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on a host and on the devices of a task, as the module returns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import args as iommu_args
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import finding, requirement
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import verdict as _verdict
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.verdict import Verdict
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.want import Want

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.isolation import Isolation
    from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.refusal import Refusal


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the verdict on the host and on the named devices."""
    verdict, args = _judge(have, want)
    remedies = [*requirement.remedies(want.require, verdict, args["present"]), *verdict.remedies]
    refused = complaint(have, want)
    return {
        "verdict": verdict.name,
        "effective": verdict.effective,
        "met": requirement.is_met(want.require, verdict),
        "platform": have.facts.platform,
        "interrupt_remapping": have.facts.remapping,
        "causes": list(verdict.causes),
        "remedy": list(refused.remedy) if refused else remedies,
        "remedies": remedies,
        "kernel_args": args,
        "devices": [_device(each) for each in _isolations(have)],
        "explanations": [
            {"address": each.address, **_reason(each), "remedies": list(each.remedy)} for each in _explained(have, want)
        ],
    }


def complaint(have: Have, want: Want) -> HostError | None:
    """Return why the task fails; None where all is as required, or the task lets it be otherwise."""
    if not want.fail:
        return None
    verdict, args = _judge(have, want)
    return requirement.complaint(want.require, verdict, args["present"], _isolations(have))


def _judge(have: Have, want: Want) -> tuple[Verdict, dict[str, list[str]]]:
    """Return the verdict on the host, and the boot parameters for it."""
    passthrough = requirement.wants_passthrough(want.require)
    return _verdict.judge(have.facts, passthrough), iommu_args.needed(
        have.facts.tokens, have.facts.platform, passthrough, have.facts.x86
    )


def _isolations(have: Have) -> Sequence[Isolation]:
    if not have.named:
        return []
    from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import isolation

    return [isolation.judge(have, each) for each in have.named]


def _explained(have: Have, want: Want) -> list[Refusal]:
    """Explain each refusal of the log that the task gives, or those of its devices in the log of the host."""
    log = have.log if want.log is None else want.log
    if not log:
        return []
    from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import refusal

    named = [each.address for each in have.named]
    found = refusal.from_log(log, have.facts, have.devices, have.denylist)
    return [each for each in found if want.log is not None or each.address in named]


def _device(judged: Isolation) -> dict[str, Any]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import isolation

    refused, group = judged.refusal, judged.group
    shared = isolation.not_viable(judged)
    problems = [*judged.problems, *([shared] if shared else [])]
    return {
        "address": judged.device.address,
        "protected": group is not None,
        "iommu_group": judged.device.iommu_group,
        "group_type": group.type if group else None,
        "group_members": list(group.members) if group else [],
        "group_blockers": [each.address for each in judged.blockers],
        "reserved_regions": [asdict(each) for each in judged.regions],
        "address_width": judged.width,
        "refusal": _reason(refused) if refused else None,
        "problems": finding.texts(problems),
        "remedies": [*(refused.remedy if refused else ()), *finding.remedies(problems)],
        "note": judged.note,
    }


def _reason(refused: Refusal) -> dict[str, Any]:
    return {"error": refused.error, "cause": refused.cause, "reason": refused.reason}
