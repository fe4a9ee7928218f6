# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's events in, lines on the display out."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.callback.readiness import CallbackModule

OFF = {"verdict": "off_by_cmdline", "effective": False, "causes": ["Off."], "remedies": ["On."]}
IOMMU = "dataplane.dpdk.iommu_check"


class Display:
    verbosity = 0

    def __init__(self) -> None:
        self.lines: list[str] = []

    def display(self, line: str, color: str | None = None) -> None:
        self.lines.append(line)

    def banner(self, line: str) -> None:
        self.lines.append(f"= {line}")


class Run:
    """A run of one play over hosts with variables."""

    def __init__(self, hosts: dict[str, dict[str, Any]], **options: int) -> None:
        self.hosts = hosts
        self.display = Display()
        self.callback = CallbackModule(display=self.display)
        given = {"many": 20, "progress_seconds": 0, "waiting_seconds": 0, **options}
        self.callback.get_option = given.__getitem__
        manager = SimpleNamespace(get_vars=self.variables, _inventory=SimpleNamespace(get_host=lambda name: name))
        self.play = SimpleNamespace(get_variable_manager=lambda: manager)
        self.callback.v2_playbook_on_start(None)
        self.callback.v2_playbook_on_play_start(self.play)
        self.task("a task")

    def variables(self, play: Any, host: str | None = None) -> dict[str, Any]:
        return {"ansible_play_batch": list(self.hosts), **(self.hosts[host] if host else {})}

    def task(self, name: str) -> None:
        self.callback.v2_playbook_on_task_start(SimpleNamespace(get_name=lambda: name), False)

    def start(self, host: str) -> None:
        self.callback.v2_runner_on_start(SimpleNamespace(get_name=lambda: host), None)

    def result(self, host: str, action: str, result: dict[str, Any], event: str = "ok", **keywords: Any) -> None:
        ended = SimpleNamespace(
            _host=SimpleNamespace(get_name=lambda: host),
            _task=SimpleNamespace(action=action.rpartition(".")[2], resolved_action=action),
            _task_fields={"check_mode": False},
            _result=result,
        )
        getattr(self.callback, f"v2_runner_on_{event}")(ended, **keywords)

    def end(self, *failed: str) -> list[str]:
        counted = {name: {"failures": int(name in failed), "unreachable": 0} for name in self.hosts}
        self.callback.v2_playbook_on_stats(SimpleNamespace(processed=counted, summarize=counted.__getitem__))
        return self.display.lines


def test_a_run_ends_with_the_table() -> None:
    run = Run({"a": {}, "b": {}})
    for host in ("a", "b"):
        run.result(host, IOMMU, OFF)
    problems = [{"problem": "No.", "remedy": ["Do X."]}, {"problem": "Not so.", "remedy": ["Do Y."]}]
    refused = {"msg": "No. Not so. Do X. Do Y.", "remedy": ["Do X.", "Do Y."], "problems": problems}
    run.result("b", "dataplane.dpdk.dpdk_bind", refused, "failed")
    assert run.end("b") == [
        "= DPDK READINESS",
        "not ready   a",
        "            IOMMU off by boot parameter: Off.",
        "              On.",
        "failed      b",
        "            Failed: No.",
        "              Do X.",
        "            Failed: Not so.",
        "              Do Y.",
        "            IOMMU off by boot parameter: Off.",
        "              On.",
        "0 ready, 1 not ready, 1 failed",
    ]


def test_a_run_without_our_modules_ends_as_ever() -> None:
    run = Run({"a": {}})
    run.result("a", "ansible.builtin.ping", {})
    run.result("a", "ansible.builtin.fail", {"msg": "no"}, "failed")
    assert run.end("a") == []


def test_a_task_that_was_skipped_says_nothing() -> None:
    run = Run({"a": {}})
    run.result("a", IOMMU, OFF)
    run.result("a", IOMMU, {"changed": False, "skip_reason": "Conditional result was False"}, "skipped")
    run.result(
        "a", "dataplane.dpdk.vfio_module", {"changed": False, "skipped_reason": "No items in the list"}, "skipped"
    )
    assert run.end()[1:3] == ["not ready   a", "            IOMMU off by boot parameter: Off."]


def test_an_unreachable_host_is_in_the_table_of_the_others() -> None:
    run = Run({"a": {}, "b": {}})
    run.result("a", IOMMU, OFF)
    run.result("b", IOMMU, {"msg": "timed out"}, "unreachable")
    assert "            Unreachable: timed out" in run.end("b")


def test_an_ignored_failure_says_what_it_says_and_is_none() -> None:
    run = Run({"a": {}})
    run.result("a", IOMMU, {**OFF, "msg": "no"}, "failed", ignore_errors=True)
    assert run.end()[1:] == [
        "not ready   a",
        "            IOMMU off by boot parameter: Off.",
        "              On.",
        "0 ready, 1 not ready, 0 failed",
    ]


@pytest.mark.parametrize("given", [False, "no"])
def test_the_inventory_says_whether_the_iommu_matters(given: Any) -> None:
    run = Run({"a": {"dpdk_host_iommu": given}})
    run.result("a", IOMMU, OFF)
    assert run.end()[-1] == "0 ready, 0 not ready, 0 failed, 1 not judged"


def test_on_many_hosts_progress_is_shown_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    run = Run({f"h{number}": {} for number in range(20)}, progress_seconds=10)
    run.task("Bind the ports")
    for number in range(12):
        now[0] += 4
        run.result(f"h{number}", IOMMU, OFF)
    assert run.display.lines == [
        "[Bind the ports] 3 of 20 hosts, 0 failed, 12 s",
        "[Bind the ports] 6 of 20 hosts, 0 failed, 24 s",
        "[Bind the ports] 9 of 20 hosts, 0 failed, 36 s",
        "[Bind the ports] 12 of 20 hosts, 0 failed, 48 s",
    ]


def test_on_few_hosts_no_progress_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    run = Run({"a": {}}, progress_seconds=10)
    now[0] += 60
    run.result("a", IOMMU, OFF)
    assert run.display.lines == []


def test_a_long_wait_is_shown_again_and_again_until_it_ends() -> None:
    run = Run({"a": {}, "b": {}}, waiting_seconds=1)
    run.task("Reboot")
    run.start("a")
    run.start("b")
    run.result("b", "ansible.builtin.reboot", {})
    until = time.monotonic() + 30
    while len(run.display.lines) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    run.end()
    assert [line.rpartition(" for ")[2] for line in run.display.lines[:2]] == ["a: Reboot", "a: Reboot"]
