# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path

import pytest

testinfra_hosts = ["ssh://sriov-trixie"]
OUTPUT = Path(__file__).resolve().parents[4] / "tests" / "output" / "cut_off"
MODULES = ["dpdk_bind", "sriov_vfs", "vfio_module", "vf_token", "hugepages", "access", "kernel_args"]


@pytest.fixture
def together() -> dict:
    return json.loads((OUTPUT / "together.json").read_text())


@pytest.fixture
def lost() -> dict:
    return json.loads((OUTPUT / "lost.json").read_text())


def test_nobody_loses_what_others_do_at_the_same_time(together: dict) -> None:
    assert together["failed"] == []
    assert together["tasks"] == together["changed"] == [8, 8]
    seen = together["bound"]
    assert [seen[each] for each in ("vfs", "bound", "recorded", "rules")] == [8, 8, 8, 8]


def test_all_that_was_done_at_the_same_time_is_taken_back_at_the_same_time(together: dict) -> None:
    seen = together["restored"]
    assert [seen[each] for each in ("vfs", "driverless", "recorded", "rules", "lines")] == [8, 8, 0, 0, 0]


def test_who_waits_says_for_whom(together: dict) -> None:
    assert len(together["waited"]) > 8
    assert all("dpdk_bind (process " in each for each in together["waited"])


@pytest.mark.parametrize("name", MODULES)
def test_a_module_without_controller_ends_its_work_or_takes_it_back(lost: dict, name: str) -> None:
    assert [each["differences"] for each in lost[name]] == [{}, {}]
    assert any(each["at_work"].startswith(f"{name} (process ") for each in lost[name])
