# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one look at a whole host says to the report and to the callback."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _planned, _report, _watch
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._watch import RESTORED, Row, Seen

PLAN = "dataplane.dpdk.host_plan"
ARGS = {"arguments": {"state": "present"}, "actions": [], "before": {"configured": "quiet"}, "reboot_required": False}
LOADS = {"arguments": {"name": "vfio-pci"}, "actions": ["Loaded vfio_pci"]}


def bound(*addresses: str, **given: Any) -> dict[str, Any]:
    after = {"devices": [{"address": each} for each in addresses]}
    return {"arguments": {"state": "present"}, "actions": [], "after": after, **given}


def plan(described: bool = True, **given: Any) -> dict[str, Any]:
    return {"stages": {"kernel_args": [ARGS]}, "described": described, "problems": [], "ports": [], **given}


def judged(*notes: tuple[str, dict[str, Any], bool, bool], failed: bool = False) -> Row:
    seen = Seen()
    for action, result, check_mode, restoring in notes:
        seen.note(action, result, check_mode, restoring)
    if failed:
        seen.failure = {"msg": "h has 1 problem, which is listed above. Nothing was changed."}
    return _watch.row("h", seen, failed, True)


def line(row: Row) -> str:
    return next(_watch.table([row], most=20))[1]


def test_all_ports_of_a_description_are_counted() -> None:
    look = plan(
        stages={"kernel_args": [ARGS], "pfs": [bound("a")], "ports": [bound("b")]}, ports=["a", "b", "vf0", "vf1"]
    )
    row = judged((PLAN, look, False, False), ("dataplane.dpdk.dpdk_bind", bound("b"), False, False))
    assert line(row) == "ready       h  4 ports"


def test_stages_with_the_same_module_do_not_hide_one_another() -> None:
    stages = {"modules": [LOADS], "module": [LOADS], "pfs": [bound("a", actions=["Bound a"])], "ports": [bound("b")]}
    found = _planned.spread(plan(stages=stages), {})["predicted"]
    assert sorted(found) == ["dpdk_bind", "dpdk_bind pfs 0", "vfio_module", "vfio_module modules 0"]
    assert sorted({name.split()[0] for name in found}) == ["dpdk_bind", "vfio_module"]


def test_a_host_without_description_is_not_asked_for_more() -> None:
    stages = {"kernel_args": [{**ARGS, "failed": True, "remedy": []}], "module": [LOADS]}
    problems = [{"stage": "Boot parameters", "problem": "No boot stack.", "remedy": []}]
    look = plan(described=False, stages=stages, problems=problems, info={"devices": [], "hugepages": [{"total": 1}]})
    titles = [each.title for each in judged((PLAN, look, False, False)).problems]
    assert titles == ["No port for DPDK"]


def test_a_host_that_was_given_back_says_what_only_a_reboot_changes() -> None:
    back = {"arguments": {"state": "restored"}, "actions": ["Removed X"]}
    args = {
        **back,
        "reboot_required": True,
        "missing": ["intel_iommu=off"],
        "conflicting": ["intel_iommu=on", "iommu=pt"],
    }
    look = plan(described=False, stages={"ports": [back], "kernel_args": [args]})
    done = ("dataplane.dpdk.kernel_args", args, False, True)
    row = judged((PLAN, look, False, False), ("dataplane.dpdk.dpdk_bind", bound(), False, True), done)
    assert row.state == RESTORED
    assert line(row) == (
        "restored    h  a reboot would still take away intel_iommu=on iommu=pt and bring back intel_iommu=off"
    )
    assert "0 ready, 0 not ready, 0 failed, 1 restored" in [text for dummy, text in _watch.table([row], most=20)]


def test_what_check_mode_would_give_back_is_not_given_back() -> None:
    look = plan(stages={"ports": [{"arguments": {"state": "restored"}, "actions": ["Bound"]}]})
    assert judged((PLAN, look, True, False)).state != RESTORED


@pytest.mark.parametrize("check_mode", [False, True])
def test_tasks_with_a_loop_that_give_back_are_none_that_are_pending(check_mode: bool) -> None:
    """The options of such a task are only known for each turn, which the result as a whole does not say."""
    look = plan(stages={"vfs": [{"arguments": {"state": "restored"}, "actions": ["Set"]}]})
    turns = {"results": [{"actions": ["Set"], "after": {"pfs": []}}], "changed": True}
    row = judged((PLAN, look, check_mode, False), ("dataplane.dpdk.sriov_vfs", turns, check_mode, False))
    assert (row.state, row.problems) == ((RESTORED, ()) if not check_mode else ("not_judged", ()))


def test_a_host_that_is_prepared_again_is_judged() -> None:
    back = plan(stages={"ports": [{"arguments": {"state": "restored"}, "actions": []}]})
    row = judged((PLAN, back, False, False), (PLAN, plan(ports=["a"], stages={"ports": [bound("a")]}), False, False))
    assert line(row) == "ready       h  1 port"


def test_a_host_that_is_not_given_back_says_why() -> None:
    back = {"arguments": {"state": "restored"}, "actions": [], "failed": True, "remedy": []}
    problems = [{"stage": "Ports", "problem": "a is held open by testpmd.", "remedy": ["Stop it."]}]
    row = judged((PLAN, plan(stages={"ports": [back]}, problems=problems), False, False), failed=True)
    assert [(each.title, each.cause) for each in row.problems] == [("Refused: Ports", "a is held open by testpmd.")]


def test_a_description_that_is_refused_as_a_whole() -> None:
    plain = plan(described=False, info={"devices": [], "hugepages": []}, iommu={"verdict": "active", "effective": True})
    refused = {
        "failed": True,
        "msg": "size is missing.",
        "problems": [{"problem": "size is missing.", "remedy": ["Give it."]}],
    }
    seen = {"name": "h", "plan": refused, "info": plain["info"], "iommu": plain["iommu"], "args": ARGS}
    entry = _report.entry(seen)
    assert entry["state"] == "failed"
    assert entry["problems"][0]["title"] == "Description refused"
    assert entry["problems"][0]["remedy"] == "Give it."
    assert entry["iommu"]["verdict"] == "active"
    assert entry["kernel"]["configured"] == "quiet"


def test_a_look_without_a_refused_description_does_not_take_the_refusal_back() -> None:
    refused = {"failed": True, "msg": "N.", "problems": [{"problem": "N is no variable.", "remedy": ["Write M."]}]}
    row = judged((PLAN, refused, False, False), (PLAN, plan(described=False, info={"devices": []}), False, False))
    assert row.state == "failed"
    assert row.problems[0].title == "Description refused"


def test_what_ansible_itself_refuses_of_a_description() -> None:
    [problem] = _planned.spread({"failed": True, "msg": "missing required arguments: size"}, {})["problems"]
    assert problem["problem"] == "missing required arguments: size"


def test_a_look_that_broke_is_a_failure_and_no_refusal() -> None:
    broken = {"failed": True, "msg": "MODULE FAILURE", "module_stderr": "Traceback", "rc": 1}
    assert _planned.spread(broken, {}) == {"failures": [broken]}
    assert _planned.spread({"unreachable": True, "msg": "no"}, {})["failures"]
