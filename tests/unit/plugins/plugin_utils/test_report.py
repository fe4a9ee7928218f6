# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as data: what is kept of a host, how slices merge, and JSON that stays in its script element."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _report

INFO = {
    "devices": [
        {
            "address": "0000:01:00.0",
            "driver": "vfio-pci",
            "dpdk_driver": True,
            "dpdk_ready": True,
            "pf": None,
            "vfs": [],
        },
        {"address": "0000:02:00.0", "driver": "igb", "dpdk_ready": False, "not_ready_reason": "It is on igb."},
    ],
    "hugepages": [{"size_kb": 2048, "node": 0, "total": 8, "free": 8}],
    "kernel": {"release": "6.12", "cmdline": "ro quiet", "boot_id": "x"},
}


def plan(**given: Any) -> dict[str, Any]:
    return {"changed": False, "actions": [], "after": {}, **given}


def host(name: str, seen: str = "2026-01-31T00:00:00Z", **given: Any) -> dict[str, Any]:
    return {"name": name, "seen": seen, "state": "ready", "problems": [], **given}


def test_an_entry_holds_what_the_page_shows() -> None:
    entry = _report.entry({"name": "a", "groups": ["g2", "g1"], "seen": "S", "info": INFO})
    assert (entry["name"], entry["groups"], entry["seen"], entry["state"]) == ("a", ["g1", "g2"], "S", "ready")
    assert entry["kernel"] == {"release": "6.12", "cmdline": "ro quiet", "configured": None}
    assert [each.get("wanted", False) for each in entry["devices"]] == [True, False]
    assert entry["devices"][1]["not_ready_reason"] == "It is on igb."
    assert "vfs" not in entry["devices"][0], "what is empty is left out"
    json.dumps(entry)


def test_described_ports_and_pending_changes_come_from_what_was_predicted() -> None:
    bind = plan(actions=["Bound 0000:02:00.0"], after={"devices": [{"address": "0000:02:00.0"}]})
    args = plan(reboot_required=True, missing=["a=1"], before={"configured": "quiet"}, after={"configured": "a=1"})
    entry = _report.entry({"name": "a", "info": INFO, "predicted": {"dpdk_bind": bind, "kernel_args": args, "x": {}}})
    assert [each["title"] for each in entry["problems"]] == [
        "Reboot needed",
        "Port not ready for DPDK",
        "Not as described",
    ]
    assert entry["problems"][2]["details"] == ["Bound 0000:02:00.0"]
    assert entry["devices"][1]["wanted"]
    assert entry["kernel"]["configured"] == "quiet"
    assert entry["kernel"]["missing"] == ["a=1"]


def test_an_entry_from_the_key_of_before_is_the_same() -> None:
    bind = plan(actions=["Bound 0000:02:00.0"], after={"devices": [{"address": "0000:02:00.0"}]})
    new = _report.entry({"name": "a", "info": INFO, "predicted": {"dpdk_bind": bind}})
    assert new["devices"][1]["wanted"]
    assert _report.entry({"name": "a", "info": INFO, "foretold": {"dpdk_bind": bind}}) == new
    both = {"foretold": {"dpdk_bind": plan()}, "predicted": {"dpdk_bind": bind}}
    assert _report.entry({"name": "a", "info": INFO, **both}) == new


def test_an_unreachable_host_is_named_once() -> None:
    gone = {"unreachable": True, "msg": "timed out"}
    entry = _report.entry({"name": "a", "info": gone, "iommu": {**gone, "msg": "timed out again"}})
    assert entry["state"] == "failed"
    assert [each["title"] for each in entry["problems"]] == ["Unreachable"]
    assert entry["devices"] == []


def test_tasks_that_were_skipped_say_nothing() -> None:
    skipped = {"skipped": True, "skip_reason": "Conditional result was False"}
    seen = {
        "name": "a",
        "info": {"failed": True, "msg": "M"},
        "iommu": skipped,
        "args": {},
        "predicted": {"x": skipped},
    }
    assert [each["cause"] for each in _report.entry(seen)["problems"]] == ["M"]


def test_a_task_with_a_loop_is_read_turn_by_turn() -> None:
    refused = {"msg": "P. R.", "remedy": ["R."], "problems": [{"problem": "P.", "remedy": ["R."]}], "actions": []}
    seen = {
        "name": "a",
        "info": INFO,
        "predicted": {"vfio_module": {"results": [plan(actions=["A"]), plan(), refused]}},
    }
    problems = _report.entry(seen)["problems"]
    assert [(each["cause"], each["details"]) for each in problems] == [
        ("P.", []),
        ("1 change is still to be made.", ["A"]),
    ]
    assert _report.entry({"name": "a", "info": INFO, "predicted": {"vfio_module": {"results": []}}})["state"] == "ready"


def test_a_host_that_nobody_looked_at_failed() -> None:
    entry = _report.entry({"name": "a"})
    assert (entry["state"], entry["problems"][0]["cause"]) == ("failed", "Nothing was seen of this host in this run.")


def test_what_the_role_lists_replaces_what_its_modules_said() -> None:
    listed = [{"stage": "ports", "problem": "P.", "remedies": ["R."]}]
    refused = {"failed": False, "failed_when_result": False, "msg": "P. R.", "remedy": ["R."], "actions": []}
    entry = _report.entry({"name": "a", "info": INFO, "predicted": {"dpdk_bind": refused}, "problems": listed})
    assert [each["title"] for each in entry["problems"]] == ["Refused: ports"]
    assert _report.entry({"name": "a", "info": INFO, "predicted": {"dpdk_bind": refused}})["state"] == "failed"
