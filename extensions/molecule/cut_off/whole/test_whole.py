# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://sriov-trixie"]
MODULES = ["dpdk_bind", "sriov_vfs", "vfio_module", "vf_token", "hugepages", "access", "kernel_args"]


@pytest.fixture
def results(host: Host) -> dict:
    return json.loads(host.file("/root/harness/results.json").content_string)


@pytest.mark.parametrize("name", MODULES)
def test_a_killed_run_makes_no_difference(results: dict, name: str) -> None:
    assert results[name]["kills"] > 8
    assert results[name]["differences"] == []


def test_nobody_loses_what_others_do_at_the_same_time(results: dict) -> None:
    seen = results["together"]
    assert seen["failed"] == []
    assert [seen[each] for each in ("bound", "recorded", "rules", "restored")] == [8, 8, 8, 8]
    assert seen["left"] == ""


def test_who_waits_says_for_whom(results: dict) -> None:
    assert results["together"]["waited"]
    assert all("dpdk_bind (process " in each for each in results["together"]["waited"])
