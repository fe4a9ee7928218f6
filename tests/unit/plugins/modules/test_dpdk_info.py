# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_info
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT


@pytest.mark.parametrize("check", [True, False])
def test_the_whole_host(host: FakeHost, check: bool) -> None:
    seen = call(dpdk_info.main, host, {}, check)
    assert seen["changed"] is False
    assert [each["address"] for each in seen["devices"]] == [MANAGEMENT, PF, OTHER]
    assert seen["kernel"]["release"] == RELEASE
    assert host.writes == []


@pytest.mark.parametrize(
    ("devices", "expected"),
    [(["enp1s0"], [PF]), ([OTHER, PF], [OTHER, PF]), ([{"device": "enp1s0", "vf": 1}], [VFS[1]])],
)
def test_only_some_devices(host: FakeHost, devices: list[Any], expected: list[str]) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    seen = call(dpdk_info.main, host, {"devices": devices})
    assert [each["address"] for each in seen["devices"]] == expected


@pytest.mark.parametrize(
    ("devices", "cause"),
    [
        (["enp9s0"], "No device matches 'enp9s0'."),
        ([5], "5 names no device."),
        (["8086:10c9"], "matches 2 devices"),
    ],
)
def test_a_device_that_is_not_there(host: FakeHost, devices: list[Any], cause: str) -> None:
    refused = call(dpdk_info.main, host, {"devices": devices})
    assert refused["failed"]
    assert cause in refused["msg"]
    assert refused["remedy"]


def test_a_named_device_is_shown_with_those_of_its_bus(tmp_path: Path) -> None:
    guest = hyperv_guest(tmp_path)
    seen = call(dpdk_info.main, guest, {"devices": ["eth1"]})
    assert ([each["guid"] for each in seen["vmbus_devices"]], seen["devices"]) == ([PORT], [])
    seen = call(dpdk_info.main, guest, {"devices": ["enp1s0"]})
    assert (seen["vmbus_devices"], [each["address"] for each in seen["devices"]]) == ([], [PF])
    seen = call(dpdk_info.main, guest, {"devices": ["enp1s0", PORT]})
    assert (len(seen["vmbus_devices"]), len(seen["devices"])) == (1, 1)


def test_no_such_bus(host: FakeHost) -> None:
    assert call(dpdk_info.main, host, {})["vmbus_devices"] == []
