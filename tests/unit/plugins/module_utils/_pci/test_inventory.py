# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A port of another bus than PCI, given to each module that takes devices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, inventory, vmbus
from ansible_collections.dataplane.dpdk.plugins.modules import access, dpdk_bind, dpdk_info, iommu_check
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT

NAMES = ("eth1", PORT, PORT.upper(), "00:15:5d:00:00:01")
Addresses = Callable[[dict[str, Any]], list[str]]
# Each module with what it takes besides, and where its result names the devices.
MODULES = [
    pytest.param(access.main, {"group": "nfv"}, lambda seen: seen["after"]["devices"], id="access"),
    pytest.param(
        dpdk_bind.main, {}, lambda seen: [each["address"] for each in seen["after"]["devices"]], id="dpdk_bind"
    ),
    pytest.param(dpdk_info.main, {}, lambda seen: [each["address"] for each in seen["devices"]], id="dpdk_info"),
    pytest.param(iommu_check.main, {}, lambda seen: [each["address"] for each in seen["devices"]], id="iommu_check"),
]


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return hyperv_guest(tmp_path)


def test_both_buses(host: FakeHost) -> None:
    found = inventory.scan(host)
    assert found == {**device.scan(host), **vmbus.scan(host)}
    assert {PF, PORT} < set(found)


@pytest.mark.parametrize("named", NAMES)
@pytest.mark.parametrize(("main", "args", "addresses"), MODULES)
def test_every_module_finds_it(
    host: FakeHost,
    main: Callable[[], None],
    args: dict[str, Any],
    addresses: Addresses,
    named: str,
) -> None:
    seen = call(main, host, {**args, "devices": [named]}, check=True)
    assert not seen.get("failed"), seen["msg"]
    assert addresses(seen) == [PORT]


@pytest.mark.parametrize(("main", "args", "addresses"), MODULES)
def test_it_is_found_by_its_interface_that_is_gone(
    host: FakeHost,
    main: Callable[[], None],
    args: dict[str, Any],
    addresses: Addresses,
) -> None:
    assert not call(dpdk_bind.main, host, {"devices": ["eth1"]}).get("failed")
    assert addresses(call(main, host, {**args, "devices": ["eth1"]}, check=True)) == [PORT]


@pytest.mark.parametrize(("main", "args", "addresses"), MODULES)
def test_a_device_that_is_not_there_lists_both_buses(
    host: FakeHost, main: Callable[[], None], args: dict[str, Any], addresses: Addresses
) -> None:
    refused = call(main, host, {**args, "devices": ["eth9"]})
    assert "No device matches 'eth9'. This host has: " in refused["msg"]
    assert f"{PF} (enp1s0) 8086:10c9 driver igb; " in refused["msg"]
    assert f"; {PORT} (eth1) driver hv_netvsc." in refused["msg"]
    assert refused["remedy"] == ["Name one of them by its address, interface or MAC address."]
