# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices that addresses name are read as among all devices, with what says something of them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver, nearby, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import parse
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_info
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call


@pytest.fixture
def host(host: FakeHost) -> FakeHost:
    """A host with VFs, and two ports in one IOMMU group."""
    host.write_attr(f"{device.DEVICES}/{PF}/sriov_numvfs", "2")
    host.pci.leave_group(host.pci.functions[OTHER])
    host.pci.join_group(host.pci.functions[OTHER], 2, None)
    host.modules.load("vfio_pci")
    driver.move(host, VFS[0], "vfio-pci")
    return host


def read(host: FakeHost, *selectors: Any, records: dict[str, Record] | None = None) -> set[str] | None:
    found = nearby.read(host, [parse(each) for each in selectors], records or {})
    assert found is None or found == {each: device.scan(host)[each] for each in found}
    return None if found is None else set(found)


def test_a_device_comes_with_its_vfs_and_the_others_of_its_group(host: FakeHost) -> None:
    assert read(host, MANAGEMENT) == {MANAGEMENT}
    assert read(host, PF) == read(host, {"device": PF, "vf": 1}) == {PF, OTHER, *VFS[:2]}
    assert read(host, OTHER, MANAGEMENT) == {PF, OTHER, MANAGEMENT}


@pytest.mark.parametrize("selector", ["enp1s0", "52:54:00:00:01:00", "8086:10c9", "0000:09:00.0"])
def test_what_takes_all_devices_to_say(host: FakeHost, selector: str) -> None:
    assert read(host, selector) is None
    assert read(host, PF, selector) is None
    assert read(host) is None


def test_a_port_that_may_be_elsewhere(host: FakeHost) -> None:
    driver.unbind(host, OTHER)
    assert read(host, OTHER, records={OTHER: Record("enp2s0", "52:54:00:00:77:00")}) is not None, (
        "it shows itself nowhere"
    )
    assert read(host, OTHER, records={OTHER: Record("enp1s0", "52:54:00:00:01:00")}) is None
    assert read(host, PF, records={PF: Record("enp1s0", "52:54:00:00:01:00")}) is not None


@pytest.mark.parametrize(
    "selector", [PF, OTHER, BRIDGE, MANAGEMENT, VFS[0], {"device": PF, "vf": 1}, {"device": PF, "vf": 9}]
)
@pytest.mark.parametrize("recorded", [{}, {OTHER: Record("enp1s0", "52:54:00:00:01:00")}])
def test_the_picture_is_that_from_all_devices(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch, selector: Any, recorded: dict[str, Record]
) -> None:
    host.tree.write(record.PATH, record.render(recorded))
    host.tree.write("/etc/udev/rules.d/65-dataplane-dpdk-bind.rules", "")
    near = call(dpdk_info.main, host, {"devices": [selector]})
    monkeypatch.setattr(nearby, "read", lambda *dummy: None)
    assert near == call(dpdk_info.main, host, {"devices": [selector]})
