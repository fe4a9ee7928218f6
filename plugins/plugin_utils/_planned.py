# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one look at a whole host (host_plan) says, spread over the results that single modules would have given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _failure

# The module of each stage. The verdict on the IOMMU comes with the look itself.
_MODULES = {
    "kernel_args": "kernel_args",
    "modules": "vfio_module",
    "module": "vfio_module",
    "pfs": "dpdk_bind",
    "vfs": "sriov_vfs",
    "ports": "dpdk_bind",
    "vfs_again": "sriov_vfs",
    "access": "access",
    "vf_token": "vf_token",
    "hugepages": "hugepages",
}
_SEVERAL = ("modules", "pfs", "vfs", "vfs_again")  # whose results do not stand under the module's name alone
_BROKEN = ("unreachable", "module_stderr", "module_stdout")


def spread(plan: Any, beside: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results in a plan, by the names that a report has for them; nothing where there is no plan.

    A look that failed is a failure ``beside`` those that are known, or refuses the description. Of the rest, what is known
    beside it stays.
    """
    if not isinstance(plan, Mapping) or not plan or plan.get("skipped"):
        return {}
    if not isinstance(plan.get("stages"), Mapping):
        if any(key in plan for key in _BROKEN):
            return {"failures": [*beside.get("failures", ()), plan]}
        return {"problems": [*beside.get("problems", ()), *_refusals(plan)]}
    described = plan.get("described", True)
    predicted = dict(_tasks(plan["stages"])) if described else {}
    found = {
        "predicted": predicted,
        "problems": list(plan.get("problems") or ()) if described else [],
        "ports": list(plan.get("ports") or ()),
        "args": next(iter(plan["stages"].get("kernel_args") or ()), None),
        **{name: plan[name] for name in ("info", "iommu") if isinstance(plan.get(name), Mapping)},
    }
    return {name: value for name, value in found.items() if name == "predicted" or not _known(beside.get(name))}


def _known(value: Any) -> bool:
    """Whether there is a result; a task that was skipped left none."""
    return bool(value) and not (isinstance(value, Mapping) and value.get("skipped"))


def _refusals(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return why a description is refused as a whole, before the host was looked at."""
    return [{"problem": each.problem, "remedy": list(each.remedies)} for each in _failure.reasons(plan)]


def restores(plan: Mapping[str, Any]) -> bool:
    """Whether a plan is one that gives the host back."""
    return any(each["arguments"].get("state") == "restored" for dummy, each in _tasks(plan.get("stages") or {}))


def _tasks(stages: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each task of the stages, with the name of its module, and a number where a stage may have several."""
    for stage, found in stages.items():
        for number, each in enumerate(found if isinstance(found, list) else ()):
            if stage in _MODULES and isinstance(each, Mapping) and isinstance(each.get("arguments"), Mapping):
                yield f"{_MODULES[stage]} {stage} {number}" if stage in _SEVERAL else _MODULES[stage], each
