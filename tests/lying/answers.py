# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of this test answer: one is honest, and each of the others lies in its own way."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_info, host_plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, machine
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

HONEST = "honest"
Answers = dict[str, Any]  # by the name of a module
CONTROL = "\x1b]0;owned\x07\x1b[31m\x9b1m\r\nred\u202e"


def honest(place: Path) -> dict[str, Answers]:
    """Return what an honest host answers, by playbook: as the modules answer on a fake host."""
    host = machine(place / "host")
    wanted = {"ports": [OTHER], "gather_info": True, "fail": False}
    plan = call(host_plan.main, host, wanted)
    rebooting = call(host_plan.main, host, {**wanted, "kernel_args": ["iommu.strict=1"]})
    restoring = call(host_plan.main, host, {"restore": ["ports", "vfs"], "fail": False})
    changing = {"changed": True, "actions": ["Did it"], "before": {}, "after": {}}
    others = {
        "dpdk_info": call(dpdk_info.main, host, {}),
        "smoke": '{"sender": "a", "receiver": "b", "sent": 9, "received": 9}',
        "*": changing,
    }
    others["dpdk_info"]["devices"] = [
        {**each, "dpdk_driver": True, "driver": "vfio-pci"} for each in others["dpdk_info"]["devices"][:2]
    ]
    return {
        "report": {"host_plan": plan, **others},
        "preflight": {"host_plan": plan, **others},
        "prepare": {"host_plan": plan, **others},
        "rebooting": {"host_plan": rebooting, **others},
        "restore": {"host_plan": restoring, **others},
        "smoke": {"host_plan": plan, **others},
        "show": others,
    }


def liars(truth: Answers, forbidden: Path) -> dict[str, Answers]:
    """Return what each liar answers in place of the truth. ``forbidden`` is where nothing may be written."""
    steering = {
        "dpdk_report_dir": str(forbidden),
        "dpdk_report_name": "stolen",
        "dpdk_report_title": "stolen",
        "dpdk_report_look": False,
        "dpdk_report_merge": [str(forbidden / "known")],
        "dpdk_report_predict": False,
        "dpdk_lab_dir": str(forbidden),
        "dpdk_host_reboot_ok": True,
        "dpdk_host_before_reboot": str(forbidden / "tasks.yml"),
        "dpdk_host_after_reboot": str(forbidden / "tasks.yml"),
    }
    forged = {"name": HONEST, "state": "failed", "seen": "2099-01-01T00:00:00Z", "problems": [], "groups": ["stolen"]}
    internal = {
        "dpdk_report_host": forged,
        "__dpdk_report_settings": {"dir": str(forbidden), "name": "stolen", "look": False, "merge": [], "title": "x"},
        "__dpdk_report_place": str(forbidden / "stolen"),
        "__dpdk_report_steering": [],
        "__dpdk_host_steering": [],
        "__dpdk_host_plan": {},
        "__dpdk_host_rebooted": True,
    }
    probe = f"{{{{ lookup('ansible.builtin.pipe', 'touch {forbidden}/template') }}}}"
    return {
        "steers": _all(truth, lambda answer: {**answer, "ansible_facts": steering}),
        "steers_inside": _all(truth, lambda answer: {**answer, "ansible_facts": {**internal, **steering}}),
        "forges": _all(truth, lambda answer: {**answer, "ansible_facts": {"dpdk_report_host": forged}}),
        "controls": _texts(truth, lambda text: text + CONTROL),
        "templates": _texts(truth, lambda text: probe),
        "marks_up": _texts(truth, lambda text: f"{text}</script><script>alert(1)</script>"),
        "empties": _all(truth, dict.fromkeys),
        "lists_nothing": _all(truth, _nothing_in_lists),
        "numbers": _all(truth, lambda answer: dict.fromkeys(answer, 7)),
        "nests": _all(truth, lambda answer: {key: _nested(30) for key in answer}),
        "silent": dict.fromkeys(truth, ""),
        "no_json": dict.fromkeys(truth, "Segmentation fault"),
        "fails": _all(truth, lambda answer: {"failed": True, "msg": 5, "problems": [None], "remedy": {"a": "b"}}),
        "skips": _all(truth, lambda answer: {**answer, "skipped": "yes", "unreachable": [1]}),
    }


def _nested(depth: int) -> list[Any]:
    return [_nested(depth - 1)] if depth else []


def _all(truth: Answers, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Answers:
    return {
        name: change(copy.deepcopy(answer)) if isinstance(answer, dict) else answer for name, answer in truth.items()
    }


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: each if key == "smoke" else _texts(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_texts(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


def _nothing_in_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nothing_in_lists(each) for key, each in value.items()}
    return [None] if isinstance(value, list) else value
