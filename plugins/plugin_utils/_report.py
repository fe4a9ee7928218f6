# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entry of a host in the report of a fleet. Pure, on the controller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _planned, _readiness, _secrets, _shape
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._readiness import FAILED, Looked, Problem
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._shape import Fields

# What the report keeps of each device; what is empty is left out, for hosts may have hundreds of VFs.
_DEVICE = (
    *("address", "kind", "ids", "vendor_name", "device_name", "driver", "driver_class", "dpdk_driver", "dpdk_ready"),
    *("not_ready_reason", "interfaces", "last_interface", "last_mac", "original_driver", "persistent_driver"),
    *("persistent_num_vfs", "management", "used_by", "drift", "numa_node", "iommu_group", "pf", "total_vfs", "vfs"),
)
# What a look returns when it succeeded.
_SUCCESS = {"info": "devices", "iommu": "verdict"}
NOTHING = "Nothing was seen of this host in this run."
NOTHING_REMEDY = "It failed in an earlier play, or was left out: look above in the output of the run."
STEERING_REMEDY = (
    "Find out what returned them: a module that ran on this host, or a set_fact with cacheable. Set "
    "inject_facts_as_vars = false in ansible.cfg to be rid of all such."
)
_VMBUS = ("guid", "driver", "dpdk_ready", "interfaces", "management", "used_by", "numa_node")

# What the page and those who read the JSON count on.
_INTERFACE = Fields({"name": str}, {"mac": str})
_PROBLEM = Fields({"title": str, "cause": str}, {"subject": str, "details": [str], "remedy": str})
_TEXTS = (
    "ids",
    "vendor_name",
    "device_name",
    "driver",
    "driver_class",
    "not_ready_reason",
    "last_interface",
    "last_mac",
)
_USED: dict[str, Any] = {
    **dict.fromkeys((*_TEXTS, "management", "used_by", "pf", "original_driver", "persistent_driver"), str),
    **dict.fromkeys(("dpdk_driver", "dpdk_ready", "wanted"), bool),
    **dict.fromkeys(("numa_node", "iommu_group", "total_vfs", "persistent_num_vfs"), int),
    "interfaces": [_INTERFACE],
    "drift": [str],
    "vfs": [str],
}
ENTRY = Fields(
    {"name": str, "state": str},
    {
        "groups": [str],
        "seen": str,
        "problems": [_PROBLEM],
        "iommu": Fields({}, {"verdict": str, "effective": bool, "platform": str, "causes": [str]}),
        "kernel": Fields(
            {},
            {
                **dict.fromkeys(("release", "cmdline", "configured", "stack"), str),
                "missing": [str],
                "conflicting": [str],
                "reboot_required": bool,
            },
        ),
        "hugepages": [Fields({"size_kb": int, "total": int}, {"node": int, "free": int})],
        "devices": [Fields({"address": str}, _USED)],
        "vmbus_devices": [Fields({"guid": str}, _USED)],
        "drift": [str],
    },
)
# Where boot parameters are, and sentences about them.
_TELLING = ("problems", "iommu", "kernel", "drift")


def entry(seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry of one host from what its tasks registered; see the filter `readiness` for the keys.

    A host that answered something else than modules return failed, and nothing that it says is shown but that.
    """
    try:
        made = _with_steering(_entry(seen), seen.get("steered"))
        wrong = _shape.fault(ENTRY, made, "")
    except _shape.NONSENSE as error:
        wrong = _shape.in_short(error)
    if wrong:
        made = damaged(seen, _shape.SENSELESS, _shape.says(wrong), _shape.SENSELESS_REMEDY)
    return masked(made)


def _with_steering(made: dict[str, Any], names: Any) -> dict[str, Any]:
    """Return the entry, as failed where facts of the host have names of our variables."""
    if not names:
        return made
    cause = (
        f"It has facts with names of this collection's variables: {', '.join(names)}. Facts come before the inventory, "
        "so the host would decide what the controller does."
    )
    problem = Problem("Facts that would steer", cause, STEERING_REMEDY)
    return {**made, "state": FAILED, "problems": [problem.plain(), *made["problems"]]}


def masked(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry without the passwords that boot parameters, and sentences about them, may hold."""
    return {key: _secrets.masked_all(each) if key in _TELLING else each for key, each in made.items()}


def damaged(seen: Mapping[str, Any], title: str, cause: str, remedy: str) -> dict[str, Any]:
    """Return the entry of a host of which nothing can be shown."""
    groups = seen.get("groups")
    return {
        "name": str(seen.get("name", "")),
        "groups": sorted(map(str, groups)) if isinstance(groups, (list, tuple)) else [],
        "seen": str(seen.get("seen", "")),
        "state": FAILED,
        "problems": [Problem(title, cause, remedy).plain()],
        "iommu": {},
        "kernel": {"configured": None},
        "hugepages": [],
        "devices": [],
        "vmbus_devices": [],
        "drift": [],
    }


def _entry(seen: Mapping[str, Any]) -> dict[str, Any]:
    looked = looked_at(seen)
    state, problems = _readiness.judge(looked)
    info, args = looked.info or {}, looked.args or {}
    described = {each["address"] for each in _readiness.intended(info, looked.ports)}
    return {
        "name": str(seen.get("name", "")),
        "groups": sorted(map(str, seen.get("groups") or ())),
        "seen": str(seen.get("seen", "")),
        "state": state,
        "problems": [each.plain() for each in problems],
        "iommu": _kept(looked.iommu or {}, ("verdict", "effective", "platform", "causes", "kernel_args")),
        "kernel": {
            **_kept(info.get("kernel") or {}, ("release", "cmdline")),
            # As it is on the host: what check mode predicts is in after.
            "configured": (args.get("before") or {}).get("configured"),
            **_kept(args, ("missing", "conflicting", "reboot_required", "stack")),
        },
        "hugepages": list(info.get("hugepages") or ()),
        "devices": [
            {**_kept(each, _DEVICE), **({"wanted": True} if each["address"] in described else {})}
            for each in info.get("devices") or ()
        ],
        "vmbus_devices": [_kept(each, _VMBUS) for each in info.get("vmbus_devices") or ()],
        "drift": list(info.get("drift") or ()),
    }


def looked_at(seen: Mapping[str, Any]) -> Looked:
    """Return what is known of a host; a result without what a success returns is a failure."""
    seen = {**seen, **_planned.spread(seen.get("plan"), seen)}
    looks = {name: result for name in _SUCCESS if (result := _ran(seen.get(name))) is not None}
    good = {name: result for name, result in looks.items() if _SUCCESS[name] in result}
    # `foretold` is the older name of `predicted`.
    predicted = _turns({**(seen.get("foretold") or {}), **(seen.get("predicted") or {})})
    plans = {name: each for name, each in predicted.items() if not refused(each)}
    failures = [*seen.get("failures", ()), *(result for name, result in looks.items() if name not in good)]
    if not looks and "failures" not in seen:
        failures.append({"msg": NOTHING, "remedy": NOTHING_REMEDY})
    return Looked(
        failures=_one_of_each_kind(failures),
        # The list that the role made of them says the same.
        refusals=seen.get("problems") or [each for name, each in predicted.items() if name not in plans],
        info=good.get("info"),
        iommu=good.get("iommu"),
        args=plans.get("kernel_args") or seen.get("args"),
        pending=[action for each in plans.values() for action in each["actions"]],
        ports=seen.get("ports") or _bound(plans.get("dpdk_bind", {})),
        hugepages=seen.get("hugepages") or (),
        iommu_wanted=bool(seen.get("iommu_wanted", True)),
    )


def _bound(plan: Mapping[str, Any]) -> list[str]:
    return [each["address"] for each in (plan.get("after") or {}).get("devices", ())]


def refused(result: Mapping[str, Any]) -> bool:
    """Whether a changing module failed, which the task may have allowed: it returns a remedy then, or not even its actions."""
    return bool(result.get("failed")) or "remedy" in result or "actions" not in result


def problem_fault(problems: Iterable[Mapping[str, Any]]) -> str | None:
    """Return what is wrong with problems that should be shown, or None."""
    return _shape.fault([_PROBLEM], list(problems), "problems")


def _ran(result: Any) -> Mapping[str, Any] | None:
    """Return a task's result, or None where the task did not run."""
    return result if isinstance(result, Mapping) and result and not result.get("skipped") else None


def _turns(results: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the results of the tasks that ran, by module; those of a task with a loop each for itself."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, result in results.items():
        items = result.get("results") if isinstance(result, Mapping) else None
        turns = {name: result} if items is None else {f"{name} {number}": each for number, each in enumerate(items)}
        found.update((key, ran) for key, each in turns.items() if (ran := _ran(each)) is not None)
    return found


def _kept(source: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: source[name] for name in names if source.get(name) not in (None, [], {}, "")}


def _one_of_each_kind(failures: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A host that is not reached answers every task in the same way; once is enough."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in failures:
        found.setdefault("unreachable" if each.get("unreachable") else str(each.get("msg")), each)
    return list(found.values())
