# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run has seen of its hosts, and the lines that show it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _watch
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._watch import NOT_JUDGED, Row, Seen

BIND = "dataplane.dpdk.dpdk_bind"
ON = {"verdict": "active", "effective": True}
OFF = {"verdict": "off_by_cmdline", "effective": False, "causes": ["Off."], "remedies": ["On."]}


def bound(*actions: str) -> dict[str, Any]:
    return {"actions": list(actions), "after": {"devices": [{"address": "0000:01:00.0"}]}}


def judged(seen: Seen, failed: bool = False, iommu_wanted: bool = True) -> Row:
    return _watch.row("a", seen, failed, iommu_wanted)


def noted(*notes: tuple[str, dict[str, Any], bool]) -> Seen:
    seen = Seen()
    for action, result, check_mode in notes:
        seen.note(f"dataplane.dpdk.{action}", result, check_mode)
    return seen


def test_what_was_predicted_and_then_done_is_not_pending() -> None:
    predicted = ("dpdk_bind", bound("Bound X"), True)
    assert judged(noted(("iommu_check", ON, False), predicted)).state == "not_ready"
    row = judged(noted(("iommu_check", ON, False), predicted, ("dpdk_bind", bound("Bound X"), False)))
    assert (row.state, row.ports) == ("ready", 1)


def test_what_was_seen_last_counts() -> None:
    row = judged(noted(("iommu_check", OFF, False), ("iommu_check", ON, False), ("dpdk_bind", bound(), True)))
    assert row.state == "ready"


def test_a_pending_reboot_makes_a_host_not_ready() -> None:
    args = {"actions": [], "reboot_required": True, "missing": ["a=1"], "conflicting": []}
    seen = noted(("kernel_args", args, True), ("kernel_args", args, False), ("dpdk_bind", bound(), True))
    assert [each.title for each in judged(seen).problems] == ["Reboot needed"]


def test_without_a_look_at_the_ports_a_host_is_not_judged() -> None:
    assert judged(noted(("iommu_check", ON, False))).state == NOT_JUDGED
    assert judged(noted(("iommu_check", OFF, False))).state == "not_ready"


def test_an_iommu_that_is_not_wanted_is_no_problem() -> None:
    seen = noted(("iommu_check", OFF, False), ("dpdk_bind", bound(), False))
    assert judged(seen, iommu_wanted=False).state == "ready"


def test_a_failure_that_was_rescued_does_not_count() -> None:
    seen = noted(("dpdk_bind", bound(), False))
    seen.failure = {"msg": "broke"}
    assert judged(seen).state == "ready"
    assert judged(seen, failed=True).problems[0].cause == "broke"


def test_a_failure_hides_what_was_only_predicted() -> None:
    seen = noted(("dpdk_bind", bound("Bound X"), True))
    assert [each.title for each in judged(seen, failed=True).problems] == ["Failed"]


@pytest.mark.parametrize(("action", "result"), [("ansible.builtin.copy", bound()), (BIND, {"skipped": True})])
def test_other_modules_and_skipped_tasks_say_nothing(action: str, result: dict[str, Any]) -> None:
    seen = Seen()
    seen.note(action, result, check_mode=False)
    assert not seen.known


def rows() -> list[Row]:
    seen = noted(("dpdk_bind", bound(), False))
    broken = noted(("dpdk_bind", bound(), False))
    broken.failure = {"msg": "It broke.\nReally.", "remedy": ["Fix it."]}
    return [
        _watch.row("worker2", broken, True, True),
        _watch.row("worker1", seen, False, True),
        _watch.row("w3", noted(("iommu_check", OFF, False)), False, True),
        _watch.row("w4", noted(("iommu_check", ON, False)), False, True),
    ]


def test_the_most_severe_stand_last() -> None:
    assert [line for state, line in _watch.table(rows(), most=20)] == [
        "not judged  w4",
        "ready       worker1  1 port",
        "not ready   w3",
        "            IOMMU off by boot parameter: Off.",
        "              On.",
        "failed      worker2",
        "            Failed: It broke. Really.",
        "              Fix it.",
        "1 ready, 1 not ready, 1 failed, 1 not judged",
    ]


def test_on_many_hosts_those_that_are_ready_are_counted() -> None:
    lines = [line for state, line in _watch.table(rows(), most=3)]
    assert not any("worker1" in line or "w4" in line for line in lines)
    assert lines[-1].startswith("1 ready")


def test_of_many_problems_three_are_shown() -> None:
    seen = Seen()
    drift = [f"It drifted {number} times." for number in range(5)]
    seen.note("dataplane.dpdk.dpdk_info", {"devices": [], "drift": drift, "hugepages": [{"total": 1}]}, False)
    seen.bound = ["0000:01:00.0"]
    lines = [line.strip() for state, line in _watch.table([judged(seen)], most=20)]
    assert lines.count("and 3 more") == 1


def test_progress_and_waiting_are_one_line_each() -> None:
    assert _watch.progress("Bind\nthe ports", 120, 500, 3, 41.4) == "[Bind the ports] 120 of 500 hosts, 3 failed, 41 s"
    assert _watch.waiting("Reboot", ["a"], 60) == "Waiting 60 s for a: Reboot"
    assert _watch.waiting("Reboot", list("abcde"), 60) == "Waiting 60 s for a, b, c and 2 more: Reboot"


def test_a_host_cannot_steer_the_terminal() -> None:
    assert _watch.plain("a\x1b[31mred\x1b[0m\r\nb\u202e") == "a [31mred [0m b"
