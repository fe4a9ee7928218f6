# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.modules import sriov_vfs
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls


@pytest.mark.parametrize(
    "args",
    [
        {"pfs": [{"device": "enp1s0", "num_vfs": 2}]},
        {"pfs": [{"device": "enp1s0", "num_vfs": 2, "drivers_autoprobe": False}], "persistent": False},
        {"pfs": [{"device": "enp1s0", "num_vfs": 7}, {"device": "enp2s0", "num_vfs": 1}]},
        {"pfs": [{"device": "enp1s0", "num_vfs": 0, "drivers_autoprobe": False}]},
    ],
)
def test_four_steps(host: FakeHost, args: dict[str, Any]) -> None:
    four_calls(sriov_vfs.main, host, args)


def test_growing_and_shrinking(host: FakeHost) -> None:
    four_calls(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0", "num_vfs": 2}]})
    more: dict[str, Any] = {"pfs": [{"device": "enp1s0", "num_vfs": 3}]}
    refused = call(sriov_vfs.main, host, more)
    assert "all of them would be removed with their settings" in refused["msg"]
    assert "Set allow_recreate" in refused["remedy"][0]
    four_calls(sriov_vfs.main, host, {**more, "allow_recreate": True})
    four_calls(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0", "num_vfs": 0}]})


def test_the_contract_of_a_success(host: FakeHost) -> None:
    done = call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 1, "drivers_autoprobe": False}]}, diff=True)
    assert done["before"]["pfs"] == [
        {"address": PF, "num_vfs": 0, "drivers_autoprobe": True, "vfs": [], "persistent_num_vfs": None}
    ]
    assert done["after"]["pfs"] == [
        {"address": PF, "num_vfs": 1, "drivers_autoprobe": False, "vfs": [VFS[0]], "persistent_num_vfs": 1}
    ]
    assert done["diff"][-1]["after_header"] == "state"


def test_a_vf_in_use_may_be_taken_by_force(host: FakeHost) -> None:
    call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 1}]})
    host.network.address("enp1s0v0", "198.51.100.1/24")
    none: dict[str, Any] = {"pfs": [{"device": PF, "num_vfs": 0}]}
    assert "is in use" in call(sriov_vfs.main, host, none)["msg"]
    assert call(sriov_vfs.main, host, {**none, "force": True})["changed"]


def test_the_contract_of_a_failure(host: FakeHost) -> None:
    host.pci.drivers["igb"].fewer_vfs = 1
    failed = call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 2}]})
    assert "its driver made 1" in failed["msg"]
    assert "Ask for 1 VFs" in failed["remedy"][0]
    assert f"Undone: Set the number of VFs of {PF} (enp1s0) to 2 (was 0)" in failed["undone"]
    assert host.attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs") == "0"


@pytest.mark.parametrize("pf", [{"device": PF}, {"num_vfs": 1}, {"device": PF, "num_vfs": "many"}, {"x": 1}])
def test_the_arguments_are_checked(host: FakeHost, pf: dict[str, Any]) -> None:
    assert call(sriov_vfs.main, host, {"pfs": [pf]})["failed"]
    assert host.writes == []
