# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans from the file of a capture, on the controller: a file that is none, or a hostile one, is refused and does nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS
from ansible_collections.dataplane.dpdk.plugins.modules import capture, host_plan
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _rehearsal
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

DESCRIPTION: dict[str, Any] = {"ports": ["enp1s0"], "kernel_args": ["isolcpus=2-3"], "gather_info": True, "fail": False}
HOSTILE = "{{ lookup('pipe', 'id') }} <script>alert(1)</script> \x1b[31m"


def taken(tmp_path: Path) -> Any:
    """The document of a capture of a fake host, whose commands name the root of a real one."""
    host = hosts.machine(tmp_path / "host")
    document = call(capture.main, host, {"ports": ["enp1s0"], "kernel_args": ["isolcpus=2-3"]})["capture"]
    return json.loads(json.dumps(document).replace(f"{host.root}/", "/"))


def written(tmp_path: Path, data: bytes | dict[str, Any]) -> str:
    path = tmp_path / "capture.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return str(path)


@pytest.mark.parametrize("name", ["capture.json", "capture.json.gz"])
def test_the_plan_of_a_file_is_that_of_the_host(tmp_path: Path, name: str) -> None:
    data = json.dumps(taken(tmp_path)).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    seen = _rehearsal.plan(str(path), DESCRIPTION)
    plain = call(host_plan.main, hosts.machine(tmp_path / "other"), DESCRIPTION)
    assert not seen["changed"]
    assert seen["problems"] == []
    assert seen == {key: value for key, value in plain.items() if key not in ("invocation", "rc", "exception")}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is no JSON"),
        (b"\x7fELF", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (gzip.compress(b'{"format": "dataplane.dpdk capture", "version": 1}' * 9)[:60], "it is cut off"),
        (b"\x1f\x8bxx", "is no JSON"),
        (b'{"format": "another"}', "This is no capture"),
        (b'{"format": "dataplane.dpdk capture", "version": 2}', "has version 2, and only 1 can be read"),
        (b'{"format": "dataplane.dpdk capture", "version": 1}', "The capture is damaged"),
    ],
)
def test_what_is_no_capture_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    seen = _rehearsal.plan(written(tmp_path, data), DESCRIPTION)
    assert seen["failed"]
    assert says in seen["msg"]
    assert seen["remedy"]
    assert "actions" not in seen


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    seen = _rehearsal.plan(str(tmp_path / "none.json"), DESCRIPTION)
    assert "Cannot read the capture" in seen["msg"]
    assert "dataplane.dpdk.capture" in seen["remedy"][0]


def test_what_a_description_gets_wrong_is_refused(tmp_path: Path) -> None:
    seen = _rehearsal.plan(written(tmp_path, taken(tmp_path)), {"ports": ["enp1s0"], "nosuch": 1})
    assert seen["failed"]
    assert "nosuch" in seen["msg"]


def test_texts_of_a_hostile_capture_stay_texts(tmp_path: Path) -> None:
    document = taken(tmp_path)
    document["host"] = HOSTILE
    document["attr"]["/proc/cmdline"] = HOSTILE
    document["read"] = {}
    seen = _rehearsal.plan(written(tmp_path, document), DESCRIPTION)
    assert HOSTILE in json.dumps(seen, ensure_ascii=False).replace("\\u001b", "\x1b")
    assert seen["problems"]


def test_what_is_lacking_is_a_problem_also_where_a_reader_does_without_it(tmp_path: Path) -> None:
    document = taken(tmp_path)
    document["run"] = [each for each in document["run"] if each[0][0] != "dmesg"]
    document["attr"] = {path: text for path, text in document["attr"].items() if not path.endswith("/operstate")}
    seen = _rehearsal.plan(written(tmp_path, document), DESCRIPTION)
    lacks = [each for each in seen["problems"] if each["stage"] == "Capture"]
    assert [each["remedy"] for each in lacks] == [
        ["Take the capture again, with the description that is to be rehearsed."] for dummy in lacks
    ]
    assert all(
        line in seen["problem_lines"] for line in (f"Capture: {each['problem']} {each['remedy'][0]}" for each in lacks)
    )


def test_a_run_that_was_cut_off_on_the_host_is_a_warning(tmp_path: Path) -> None:
    host = hosts.machine(tmp_path / "host")
    host.tree.write(
        f"{JOURNALS[0]}/plan.json",
        json.dumps(
            {
                "who": "dpdk_bind (process 7)",
                "params": {"secret": "of the run"},
                **{key: [] for key in ("rooms", "answers", "code")},
            }
        ),
    )
    document = call(capture.main, host, {})["capture"]
    assert "of the run" not in json.dumps(document)
    seen = _rehearsal.plan(written(tmp_path, document), {"gather_info": True, "fail": False})
    assert any("dpdk_bind (process 7) was cut off" in each for each in seen["warnings"])
