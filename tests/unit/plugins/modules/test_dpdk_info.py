# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
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


def test_named_devices_of_both_buses_in_the_order_of_their_names(tmp_path: Path) -> None:
    guest = hyperv_guest(tmp_path)
    guest.modules.load("vfio_pci")
    seen = call(dpdk_info.main, guest, {"devices": ["enp1s0", "eth1", PORT]})
    assert [each["address"] for each in seen["devices"]] == [PF, PORT, PORT]
    assert [each["kind"] for each in seen["devices"]] == ["net"] * 3
    assert [each["guid"] for each in seen["vmbus_devices"]] == [PORT]


def test_only_drivers_of_its_bus_could_take_a_device(tmp_path: Path) -> None:
    guest = hyperv_guest(tmp_path)
    for module in ("vfio_pci", "uio_hv_generic"):
        guest.modules.load(module)
    pci, port = call(dpdk_info.main, guest, {"devices": ["enp1s0", "eth1"]})["devices"]
    assert (pci["candidate_drivers"], port["candidate_drivers"]) == (["vfio-pci"], ["uio_hv_generic"])
    driver.move(guest, PORT, "uio_hv_generic")
    (port,) = call(dpdk_info.main, guest, {"devices": [PORT]})["devices"]
    assert (port["driver_class"], port["dpdk_ready"], port["candidate_drivers"]) == ("uio", True, ["hv_netvsc"])


def test_no_such_bus(host: FakeHost) -> None:
    assert call(dpdk_info.main, host, {})["vmbus_devices"] == []
