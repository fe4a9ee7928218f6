# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts answer that is no answer: each of them is one bad row, and the others are shown as they are."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _merged, _report, _watch
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._merged import ReportError
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._watch import Seen

NOW = "2026-01-31T12:00:00Z"
INFO: dict[str, Any] = {
    "devices": [{"address": "0000:01:00.0", "dpdk_driver": True, "dpdk_ready": True, "interfaces": []}],
    "hugepages": [{"size_kb": 2048, "node": 0, "total": 8, "free": 8}],
    "kernel": {"release": "6.12", "cmdline": "ro quiet"},
}
BAD: list[dict[str, Any]] = [
    {"hugepages": [None]},
    {"hugepages": 5},
    {"hugepages": [{"size_kb": 10**5000, "total": 1, "node": 0}]},
    {"devices": [None]},
    {"devices": {"address": "x"}},
    {"devices": [{"address": {}}]},
    {"devices": [{"address": "0000:01:00.0", "interfaces": [None]}]},
    {"devices": [{"address": "0000:01:00.0", "interfaces": [{"name": 5}]}]},
    {"devices": [{"address": "0000:01:00.0", "drift": 7}]},
    {"devices": [{"address": "0000:01:00.0", "iommu_group": "4"}]},
    {"drift": [[]]},
    {"kernel": "6.12"},
    {"kernel": {"release": {"a": [1]}}},
]


def nested(depth: int) -> Any:
    value: Any = []
    for _each in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("given", BAD)
def test_a_host_that_answers_nonsense_is_one_bad_row(given: dict[str, Any]) -> None:
    entry = _report.entry({"name": "a", "groups": ["g"], "seen": NOW, "info": {**INFO, **given}})
    assert (entry["name"], entry["groups"], entry["seen"], entry["state"]) == ("a", ["g"], NOW, "failed")
    assert [each["title"] for each in entry["problems"]] == ["Answer makes no sense"]
    assert entry["devices"] == []
    json.dumps(entry)


@pytest.mark.parametrize(
    "seen",
    [
        {"plan": {"stages": {"ports": [{"arguments": {}, "actions": 5}]}}},
        {"plan": {"stages": {"ports": [{"arguments": {}, "actions": [], "after": {"devices": [None]}}]}}},
        {"plan": {"stages": {}, "problems": [None], "info": INFO}},
        {"iommu": {"verdict": "off", "effective": False, "causes": {"a": 1}, "platform": []}},
        {"failures": [None]},
        {"info": {"devices": nested(3000)}},
    ],
)
def test_whatever_was_registered_of_a_host_is_an_entry(seen: dict[str, Any]) -> None:
    assert _report.entry({"name": "a", **seen})["state"] == "failed"


def test_facts_that_would_steer_are_a_problem() -> None:
    entry = _report.entry({"name": "a", "info": INFO, "steered": ["dpdk_report_dir", "dpdk_report_name"]})
    assert entry["state"] == "failed"
    assert "dpdk_report_dir, dpdk_report_name" in entry["problems"][0]["cause"]
    assert _report.entry({"name": "a", "info": INFO, "steered": []})["state"] == "ready"


# reports that are merged


def written(*hosts: Any, **given: Any) -> dict[str, Any]:
    return {**_merged.merge([]), "created": NOW, "hosts": list(hosts), **given}


def entry(name: str, seen: str = NOW, **given: Any) -> dict[str, Any]:
    return {"name": name, "seen": seen, "state": "ready", "problems": [], **given}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (json.dumps(nested(500)), "old.json is no report"),
        ("[" * 100000, "old.json is no JSON"),
        (written(entry({})), "no list of hosts"),  # type: ignore[arg-type]
        (written(entry("a", seen=5)), "does not say when a was seen"),  # type: ignore[arg-type]
        (written(entry("a", seen="tomorrow")), "does not say when a was seen"),
        (written(hosts={"a": 1}), "no list of hosts"),
    ],
)
def test_a_file_of_wrong_types_is_refused_by_its_name(given: Any, says: str) -> None:
    with pytest.raises(ReportError, match=says):
        _merged.merge([], {"old.json": given})


@pytest.mark.parametrize(
    "given",
    [{"problems": [None]}, {"devices": [{"address": "a", "interfaces": [None]}]}, {"state": 5}, {"x": nested(99)}],
)
def test_a_bad_host_in_a_file_is_one_bad_row(given: dict[str, Any]) -> None:
    merged = _merged.merge([], {"old.json": written(entry("a", **given), entry("b"))}, created=NOW)
    assert [each["state"] for each in merged["hosts"]] == ["failed", "ready"]
    assert merged["hosts"][0]["problems"][0]["title"] == "Damaged entry"
    assert "old.json" in merged["hosts"][0]["problems"][0]["cause"]


def test_a_time_in_the_future_does_not_win_every_later_merge() -> None:
    wrong = written(entry("a", "2099-01-01T00:00:00Z", state="failed"))
    later = {**entry("a", "2026-01-31T13:00:00Z")}
    merged = _merged.merge([later], {"old.json": wrong}, created="2026-01-31T13:00:01Z")
    assert merged["hosts"] == [later]


def test_nothing_was_seen_later_than_its_file_was_made_nor_than_now() -> None:
    wrong = written(entry("a", "2099-01-01T00:00:00Z"))
    assert _merged.merge([], {"old.json": wrong}, created="2026-02-01T00:00:00Z")["hosts"][0]["seen"] == NOW
    wrong["created"] = "2099-01-01T00:00:01Z"
    assert _merged.merge([], {"old.json": wrong}, created=NOW)["hosts"][0]["seen"] == NOW


# secrets


SECRETS = [
    ("rd.iscsi.password=hunter2 ro", "rd.iscsi.password=******** ro"),
    ("rd.iscsi.in.password=hunter2", "rd.iscsi.in.password=********"),
    ('rd.iscsi.password="hunter 2" ro', "rd.iscsi.password=******** ro"),
    ('"rd.iscsi.password=hunter 2" ro', '"rd.iscsi.password=********" ro'),
    ("netroot=iscsi:me:hunter2@10.0.0.1::3260::iqn", "netroot=iscsi:me:********@10.0.0.1::3260::iqn"),
    ("inst.ks=https://me:hunter2@host/ks", "inst.ks=https://me:********@host/ks"),
    ("systemd.set_credential=passwd:hunter2", "systemd.set_credential=********"),
    ("inst.rootpw=hunter2", "inst.rootpw=********"),
    ("nvmf.dhchap_secret=hunter2", "nvmf.dhchap_secret=********"),
]
PLAIN = "root=UUID=1 ro intel_iommu=on iommu.passthrough=1 ip=10.0.0.1::10.0.0.2 rd.luks.uuid=x hugepagesz=2M"


@pytest.mark.parametrize(("line", "masked"), SECRETS)
def test_secrets_on_a_command_line_are_masked(line: str, masked: str) -> None:
    args = {"actions": [], "reboot_required": True, "missing": [line], "before": {"configured": line}}
    info = {**INFO, "kernel": {"cmdline": f"{line} quiet"}, "drift": [f"It lacks {line}."]}
    found = _report.entry({"name": "a", "info": info, "predicted": {"kernel_args": args}})
    assert "hunter" not in json.dumps(found)
    assert found["kernel"]["cmdline"] == f"{masked} quiet"
    assert found["kernel"]["configured"] == masked
    old = _merged.merge([], {"old.json": written(entry("a", kernel={"cmdline": line}))})
    assert old["hosts"][0]["kernel"]["cmdline"] == masked


def test_all_other_parameters_stay() -> None:
    found = _report.entry({"name": "a", "info": {**INFO, "kernel": {"cmdline": PLAIN}}})
    assert found["kernel"]["cmdline"] == PLAIN


# the terminal


@pytest.mark.parametrize("given", BAD)
def test_nonsense_of_one_host_takes_no_other_from_the_terminal(given: dict[str, Any]) -> None:
    bad, good = Seen(), Seen()
    bad.note("dataplane.dpdk.dpdk_info", {**copy.deepcopy(INFO), **given}, False)
    good.note("dataplane.dpdk.dpdk_info", INFO, False)
    rows = [_watch.row("bad", bad, False, True), _watch.row("good", good, False, True)]
    lines = [line for _state, line in _watch.table(rows, 20)]
    assert [line for line in lines if line.startswith("ready       good")]
    assert [line for line in lines if " bad" in line]


@pytest.mark.parametrize(
    ("action", "result"),
    [
        ("dpdk_bind", {"actions": [], "after": {"devices": [None]}}),
        ("dpdk_bind", {"actions": [], "after": 5}),
        ("host_plan", {"stages": {"ports": [{"arguments": {}, "actions": [], "after": {"devices": 7}}]}}),
        ("dpdk_info", {"devices": [], "hugepages": [None]}),
        ("iommu_check", {"verdict": [], "effective": 0, "causes": 5}),
    ],
)
def test_a_result_of_another_shape_stops_nobody(action: str, result: dict[str, Any]) -> None:
    seen = Seen()
    seen.note(f"dataplane.dpdk.{action}", result, False)
    good = Seen()
    good.note("dataplane.dpdk.dpdk_info", INFO, False)
    rows = [_watch.row("bad", seen, False, True), _watch.row("good", good, False, True)]
    lines = [line for _state, line in _watch.table(rows, 20)]
    assert any(line.startswith("ready       good") for line in lines)
    assert rows[0].state != "ready"
    assert seen.known


def test_no_control_character_reaches_the_terminal_and_no_secret() -> None:
    seen = Seen()
    stage = {"stage": "\x1b]0;owned\x07", "problem": "rd.iscsi.password=hunter2 \x9b31m", "remedy": ["\x1b[2J"]}
    seen.note("dataplane.dpdk.host_plan", {"stages": {}, "problems": [stage]}, False)
    lines = [line for _state, line in _watch.table([_watch.row("a", seen, False, True)], 20)]
    assert all(letter.isprintable() for line in lines for letter in line)
    assert "hunter2" not in "".join(lines)
