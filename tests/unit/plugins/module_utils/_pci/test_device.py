# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, told
from hypothesis import given, settings
from hypothesis import strategies as st

ATTRIBUTES = (
    "class",
    "vendor",
    "device",
    "modalias",
    "numa_node",
    "driver_override",
    "config",
    "sriov_totalvfs",
    "sriov_numvfs",
    "sriov_offset",
    "sriov_stride",
    "sriov_vf_device",
    "sriov_drivers_autoprobe",
)


def test_a_port(host: FakeHost) -> None:
    port = device.scan(host)[PF]
    assert (port.address, port.class_code, port.ids) == (PF, "020000", "8086:10c9")
    assert (port.driver, port.driver_override) == ("igb", None)
    assert (port.numa_node, port.iommu_group, port.pf) == (None, 2, None)
    assert port.interfaces == (Interface("enp1s0", "52:54:00:00:01:00"),)
    assert port.label == f"{PF} (enp1s0)"
    assert not port.is_bridge


@pytest.mark.parametrize(
    ("header_type", "class_code", "bridge", "answers"),
    [
        (0, "020000", False, True),
        (0x80, "020000", False, True),
        (0, "060100", False, True),
        (0, "068000", False, True),
        (1, "060400", True, True),
        (0x81, "060400", True, True),
        (0x81, "020000", True, True),
        (0, "060000", False, True),
        (2, "060700", True, True),
        (0xFF, "020000", False, False),
    ],
)
def test_what_the_header_says(host: FakeHost, header_type: int, class_code: str, bridge: bool, answers: bool) -> None:
    host.add(Function("0000:09:00.0", class_code=class_code, header_type=header_type))
    seen = device.scan(host)["0000:09:00.0"]
    assert (seen.is_bridge, seen.answers) == (bridge, answers)


def test_all_functions_are_found(host: FakeHost) -> None:
    assert list(device.scan(host)) == [BRIDGE, MANAGEMENT, PF, OTHER]


def test_a_host_without_pci_has_none(host: FakeHost) -> None:
    host.tree.remove("/sys/bus/pci")
    assert device.scan(host) == {}


def test_the_interface_of_a_virtio_port_lies_one_level_deeper(host: FakeHost) -> None:
    assert device.scan(host)[MANAGEMENT].interfaces == (Interface("enp0s2", "52:54:00:00:00:02"),)


def test_a_port_without_driver(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    port = device.scan(host)[PF]
    assert (port.driver, port.interfaces, port.label) == (None, (), PF)


@pytest.mark.parametrize(("number", "expected"), [(-1, None), (0, 0), (3, 3)])
def test_the_numa_node(host: FakeHost, number: int, expected: int | None) -> None:
    host.add(Function("0000:09:00.0", numa_node=number))
    assert device.scan(host)["0000:09:00.0"].numa_node == expected


def test_vfs_and_their_pf(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", "3")
    devices = device.scan(host)
    sriov = device.require_sriov(devices[PF])
    assert (sriov.total_vfs, sriov.num_vfs, sriov.drivers_autoprobe) == (7, 3, True)
    assert (sriov.first_offset, sriov.stride, sriov.vf_device_id) == (128, 2, "10ca")
    assert sriov.vfs == VFS
    assert [devices[vf].pf for vf in VFS] == [PF] * 3
    assert devices[VFS[0]].sriov is None


def test_vfs_are_in_the_order_of_their_index(host: FakeHost) -> None:
    for number in range(12):
        host.tree.path(f"{DEVICES}/{PF}/virtfn{number}").symlink_to(f"../0000:01:{number:02x}.0")
    vfs = device.require_sriov(device.scan(host)[PF]).vfs
    assert vfs == tuple(f"0000:01:{number:02x}.0" for number in range(12))


def test_a_device_without_sriov_is_refused(host: FakeHost) -> None:
    with pytest.raises(HostError) as caught:
        device.require_sriov(device.scan(host)[MANAGEMENT])
    assert f"{MANAGEMENT} (enp0s2) can have no VFs" in told(caught.value)
    assert "Name a PF that offers SR-IOV" in told(caught.value)


@pytest.mark.parametrize("unset", ["(null)", ""])
def test_an_override_that_is_not_set(host: FakeHost, unset: str) -> None:
    host.tree.write(f"{DEVICES}/{PF}/driver_override", f"{unset}\n")
    assert device.override_of(host, PF) is None
    assert device.scan(host)[PF].driver_override is None


def test_a_kernel_without_override(host: FakeHost) -> None:
    host.tree.remove(f"{DEVICES}/{PF}/driver_override")
    assert device.override_of(host, PF) is None


@given(name=st.sampled_from(ATTRIBUTES), data=st.binary(max_size=80), link=st.sampled_from(["iommu_group", "physfn"]))
@settings(max_examples=60)
def test_whatever_sysfs_holds_a_scan_ends_well(host: FakeHost, name: str, data: bytes, link: str) -> None:
    host.tree.write_bytes(f"{DEVICES}/{PF}/{name}", data)
    host.tree.path(f"{DEVICES}/{PF}/{link}").unlink(missing_ok=True)
    host.tree.path(f"{DEVICES}/{PF}/{link}").symlink_to(data.hex() or "x")
    found = attempt(lambda: device.scan(host))
    assert isinstance(found, HostError) or PF in found
