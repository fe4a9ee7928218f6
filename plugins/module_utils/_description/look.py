# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One look at a host: every plan of its description from one reading, and nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import given, stages
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.stages import TITLES, Results
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS

# What the boot parameters say of a reboot, and what it is where nobody could look.
_REBOOT: dict[str, Any] = {
    "stack": None,
    "boot_id": "",
    "reboot_required": False,
    "reboot_tried": False,
    "reboot_hint": "",
    "missing": [],
    "conflicting": [],
}
_NOTE = " Nothing was changed."  # true of one module, and said once of the whole host
# The sentence in which a selector that matches nothing lists all devices (`_pci/mismatch.py`).
_LISTING = re.compile(r" This host has: .*\.$")


def read(host: Host, asked: Description) -> dict[str, Any]:
    """Return the result of host_plan: what each stage would do, all problems, and what a reboot is needed for."""
    iommu = stages.judge(host) if asked.restore is None else {}
    results = stages.preparing(host, asked, iommu) if asked.restore is None else _restoring(host, asked)
    problems = list(_problems(results))
    args = next(iter(results.get("kernel_args", [])), {})
    actions = [action for found in results.values() for each in found for action in each["actions"]]
    reboot = {key: args.get(key, default) for key, default in _REBOOT.items()}
    info = _info(host) if asked.gather_info else None
    cut_off = any(host.exists(place) for place in JOURNALS)
    return {
        "stages": results,
        "described": not asked.is_empty,
        "actions": actions,
        "problems": problems,
        "problem_lines": [_line(each) for each in problems],
        "ports": given.ports(results) if asked.restore is None else [],
        "cut_off": cut_off,
        "ready": not (cut_off or actions or problems or reboot["reboot_required"]),
        **reboot,
        "reboot_pending": _pending(reboot),
        **({"iommu": iommu} if iommu else {}),
        **({} if info is None else {"info": info, "drift": _drift(results, info)}),
    }


def _restoring(host: Host, asked: Description) -> Results:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._description import restoring

    return restoring.restoring(host, asked)


def _info(host: Host) -> dict[str, Any]:
    """Return what dpdk_info returns."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._info import have, overview, want

    everything = want.Want()
    return overview.describe(have.read(host, everything), everything)


def describe(seen: dict[str, Any], asked: Description) -> dict[str, Any]:
    """Return what was read: it is the result already."""
    return seen


def complaint(seen: Mapping[str, Any], asked: Description) -> HostError | None:
    """Return all problems as one error, unless the task only wants to know of them."""
    if not (asked.fail and seen["problems"]):
        return None
    found = seen["problem_lines"]
    parts = [f"({number}) {each}" for number, each in enumerate(found, 1)]
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return HostError(f"The host has {count}. Nothing was changed. {' '.join(parts)}")


def warnings(seen: Mapping[str, Any], asked: Description) -> list[str]:
    """Return what each stage warns of, each warning once."""
    found = [result for stage in seen["stages"].values() for result in stage]
    return list(dict.fromkeys(text for result in found for text in result.get("warnings", ())))


def _line(problem: Mapping[str, Any]) -> str:
    return " ".join([f"{problem['stage']}:", problem["problem"], *problem["remedy"]])


def _pending(reboot: Mapping[str, Any]) -> str:
    """Return how the running kernel differs from the boot parameters; nothing where a reboot would change nothing."""
    if not reboot["reboot_required"]:
        return ""
    lacks, has = " ".join(reboot["missing"]), " ".join(reboot["conflicting"])
    return "it runs " + " and ".join([*([f"without {lacks}"] if lacks else []), *([f"with {has}"] if has else [])])


def _problems(results: Results) -> Iterator[dict[str, Any]]:
    """Yield each problem of each stage, with the stage's name; what the host has is listed in the first that lists it."""
    listed: set[str] = set()
    said: set[str] = set()
    for stage, found in results.items():
        for result in found:
            for each in result.get("problems", []):
                text = each["problem"].replace(_NOTE, "")
                lists = _LISTING.search(text)
                if lists and lists[0] in listed:
                    text = text.replace(lists[0], "")
                listed |= {lists[0]} if lists else set()
                if each["problem"] not in said:  # what keeps a port from being bound keeps it from being given away
                    said.add(each["problem"])
                    yield {"stage": TITLES[stage], **each, "problem": text}


def _drift(results: Results, info: Mapping[str, Any]) -> list[str]:
    """Return how a host differs, a sentence each: stage by stage, then device by device."""
    found = [text for stage, each in results.items() for result in each for text in _stage_drift(TITLES[stage], result)]
    found += [f"{device['address']}: {text}" for device in info["devices"] for text in device["drift"]]
    return found + list(info["drift"])


def _stage_drift(title: str, result: Mapping[str, Any]) -> list[str]:
    lacking = [f"{title}: the running kernel lacks {token}." for token in result.get("missing", [])]
    unwanted = [f"{title}: the running kernel has {token}." for token in result.get("conflicting", [])]
    return lacking + unwanted + [f"{title}, to be done: {action}." for action in result["actions"]]
