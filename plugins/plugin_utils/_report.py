# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a fleet as data: one entry a host, entries of several reports merged. Pure, on the controller."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _planned, _readiness
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._readiness import Looked

SCHEMA = "dataplane.dpdk.report"
VERSION = 1

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
_VMBUS = ("guid", "driver", "dpdk_ready", "interfaces", "management", "used_by", "numa_node")


class ReportError(ValueError):
    """What was given is no report of ours; the text says what to do."""


def entry(seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry of one host from what its tasks registered; see the filter `readiness` for the keys."""
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


def merge(
    hosts: Iterable[Mapping[str, Any]],
    earlier: Mapping[str, Any] | None = None,
    *,
    expected: Iterable[str] = (),
    title: str = "",
    created: str = "",
) -> dict[str, Any]:
    """Return one report of the hosts just seen and those of earlier reports.

    A host that several name stands with what was seen of it last; of two equally old entries the later one given wins.
    A host that was expected and has no entry failed before anyone looked at it.
    """
    hosts = list(hosts)
    missing = [name for name in expected if name not in {each["name"] for each in hosts}]
    hosts += [entry({"name": name, "seen": created}) for name in missing]
    newest: dict[str, Mapping[str, Any]] = {}
    for each in [*(host for name, report in (earlier or {}).items() for host in checked(name, report)), *hosts]:
        known = newest.get(each["name"])
        if known is None or each.get("seen", "") >= known.get("seen", ""):
            newest[each["name"]] = each
    return {
        "schema": SCHEMA,
        "schema_version": VERSION,
        "title": title,
        "created": created,
        "hosts": [dict(newest[name]) for name in sorted(newest)],
    }


def checked(name: str, report: Any) -> list[Mapping[str, Any]]:
    """Return the hosts of a report, given as JSON or as what that holds; raise ReportError unless it is one of ours."""
    if isinstance(report, str):
        try:
            report = json.loads(report)
        except ValueError as error:
            raise ReportError(
                f"{name} is no JSON: {error}. Name the JSON files that dataplane.dpdk.report wrote."
            ) from error
    if not isinstance(report, Mapping) or report.get("schema") != SCHEMA:
        raise ReportError(f"{name} is no report. Name the JSON files that dataplane.dpdk.report wrote.")
    if report.get("schema_version") != VERSION:
        raise ReportError(
            f"{name} has the schema version {report.get('schema_version')!r}, but only {VERSION} is known here. "
            "Write all slices with one version of the collection."
        )
    hosts = report.get("hosts")
    if not isinstance(hosts, list) or not all(isinstance(each, Mapping) and each.get("name") for each in hosts):
        raise ReportError(f"{name} has no list of hosts with names, so the file is damaged. Write it again.")
    return hosts


def script_json(value: Any) -> str:
    """Return JSON that can stand between script tags: no text in it ends the element or begins a comment there."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=str)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


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
