# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver, vmbus
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_bind, dpdk_info
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT, STORAGE, Channel


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return hyperv_guest(tmp_path)


def port(host: FakeHost) -> dict[str, Any]:
    (found,) = call(dpdk_info.main, host, {})["vmbus_devices"]
    return dict(found)


def test_ports_only(host: FakeHost) -> None:
    host.add(Channel(STORAGE, STORAGE))
    (found,) = vmbus.scan(host).values()
    assert (found.address, found.driver, found.driver_override, found.numa_node) == (PORT, "hv_netvsc", None, 0)
    assert (found.interfaces, found.ids) == ((Interface("eth1", "00:15:5d:00:00:01"),), "")


def test_no_guest_of_hyper_v(tmp_path: Path) -> None:
    assert vmbus.scan(FakeHost(tmp_path / "other")) == {}


@pytest.mark.parametrize("named", ["eth1", PORT, PORT.upper(), "00:15:5d:00:00:01"])
def test_bound_and_given_back(host: FakeHost, named: str) -> None:
    done = four_calls(dpdk_bind.main, host, {"devices": [named]})
    assert f"Bound {PORT} (eth1) to uio_hv_generic (was hv_netvsc)" in done["actions"]
    seen = port(host)
    assert (seen["driver"], seen["driver_override"], seen["dpdk_ready"]) == ("uio_hv_generic", "uio_hv_generic", True)
    assert (seen["original_driver"], seen["persistent_driver"], seen["drift"]) == ("hv_netvsc", "uio_hv_generic", [])
    driver.move(host, PORT, "hv_netvsc")
    assert port(host)["drift"] == ["The driver should be uio_hv_generic, but is hv_netvsc."]
    four_calls(dpdk_bind.main, host, {"devices": [named], "state": "restored"})
    seen = port(host)
    assert (seen["driver"], seen["driver_override"], seen["persistent_driver"]) == ("hv_netvsc", None, None)
    assert [each["name"] for each in seen["interfaces"]] == ["eth1"]


def test_both_buses_in_one_task(host: FakeHost) -> None:
    done = four_calls(dpdk_bind.main, host, {"devices": ["eth1", PF]})
    assert [each["driver"] for each in done["after"]["devices"]] == ["uio_hv_generic", "vfio-pci"]
    rules = bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))
    assert {address: rule.driver for address, rule in rules.items()} == {PORT: "uio_hv_generic", PF: "vfio-pci"}


def test_the_rule_is_for_the_bus(host: FakeHost) -> None:
    four_calls(dpdk_bind.main, host, {"devices": ["eth1"]})
    text = host.read(bind_rules.BIND_PATH) or ""
    rules = [line for line in text.splitlines() if line.startswith("ACTION")]
    assert len(rules) == 2
    for rule in rules:
        assert f'SUBSYSTEM=="vmbus", KERNEL=="{PORT}", ATTR{{class_id}}=="{vmbus.NETWORK}"' in rule
    assert "/sys/bus/vmbus/drivers_probe" in rules[1]
    assert "pci" not in "".join(rules)


def test_the_kernels_own_driver(host: FakeHost) -> None:
    call(dpdk_bind.main, host, {"devices": ["eth1"], "persistent": False})
    done = four_calls(dpdk_bind.main, host, {"devices": ["eth1"], "driver": "kernel"})
    assert done["after"]["devices"][0]["driver"] == "hv_netvsc"


@pytest.mark.parametrize(
    ("device", "wanted", "said"),
    [
        ("eth1", "vfio-pci", "is on the VMBus of Hyper-V, and vfio-pci is for PCI devices"),
        ("enp1s0", "uio_hv_generic", "is a PCI device, and uio_hv_generic is for the VMBus"),
    ],
)
def test_a_driver_of_the_other_bus(host: FakeHost, device: str, wanted: str, said: str) -> None:
    refused = call(dpdk_bind.main, host, {"devices": [device], "driver": wanted})
    assert said in refused["msg"]
    assert (refused["actions"], host.writes) == ([], [])


def test_a_port_that_carries_the_management_path(host: FakeHost) -> None:
    host.network.address("eth1", "198.51.100.7/24")
    refused = call(dpdk_bind.main, host, {"devices": ["eth1"]})
    assert "eth1 holds 198.51.100.7/24" in refused["msg"]
    assert port(host)["used_by"] == "eth1 holds 198.51.100.7/24"


def test_a_port_that_fails_comes_back(host: FakeHost) -> None:
    host.refuse("uio_hv_generic/bind", 19)
    failed = call(dpdk_bind.main, host, {"devices": ["eth1"]})
    assert "uio_hv_generic did not take" in failed["msg"]
    assert (port(host)["driver"], port(host)["driver_override"]) == ("hv_netvsc", None)


def test_the_pci_devices_are_listed_apart(host: FakeHost) -> None:
    shown = call(dpdk_info.main, host, {})["devices"]
    assert MANAGEMENT in [each["address"] for each in shown]
    assert PORT not in [each["address"] for each in shown]
