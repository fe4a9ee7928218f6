# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import nodes
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.nodes import Node
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver, inventory
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT, Channel

CLOSED = "0600"


def read(host: FakeHost, address: str) -> list[Node]:
    return nodes.read(host, inventory.scan(host)[address])


def bind(host: FakeHost, address: str, name: str, module: str) -> None:
    host.modules.load(module)
    driver.move(host, address, name)


def test_vfio_has_its_group_its_device_and_iommufd(host: FakeHost) -> None:
    bind(host, OTHER, "vfio-pci", "vfio_pci")
    host.tree.mkdir(f"{host.pci.functions[OTHER].path}/vfio-dev/vfio0")
    assert read(host, OTHER) == []
    for path in ("/dev/vfio/3", "/dev/vfio/devices/vfio0", "/dev/iommu", "/dev/vfio/2", "/dev/vfio/devices/vfio1"):
        host.tree.write(path, "", mode=0o600)
    assert {each.path for each in read(host, OTHER)} == {"/dev/vfio/3", "/dev/vfio/devices/vfio0", "/dev/iommu"}


def test_a_group_without_iommu_has_another_name(bare_host: FakeHost) -> None:
    bare_host.modules.load("vfio_pci")
    bare_host.write_attr("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y")
    driver.move(bare_host, PF, "vfio-pci")
    bare_host.tree.write("/dev/vfio/noiommu-0", "", mode=0o600)
    assert read(bare_host, PF) == [Node("/dev/vfio/noiommu-0", CLOSED, "root")]


def test_a_kernel_driver_has_none(host: FakeHost) -> None:
    host.tree.write("/dev/vfio/3", "")
    assert read(host, OTHER) == []


def test_each_port_of_the_vmbus_has_its_own_node(tmp_path: Path) -> None:
    host = hyperv_guest(tmp_path)
    second = f"{PORT[:-1]}c"
    host.add(Channel(second, interface="eth2", mac="00:15:5d:00:00:02"), "hv_netvsc")
    assert read(host, PORT) == []
    bind(host, second, "uio_hv_generic", "uio_hv_generic")
    bind(host, PORT, "uio_hv_generic", "uio_hv_generic")
    assert read(host, second) == [Node("/dev/uio0", CLOSED, "root")]
    assert read(host, PORT) == [Node("/dev/uio1", CLOSED, "root")]


def test_uio_of_pci_is_left_to_root(host: FakeHost) -> None:
    bind(host, OTHER, "uio_pci_generic", "uio_pci_generic")
    host.tree.mkdir(f"{host.pci.functions[OTHER].path}/uio/uio0")
    host.tree.write("/dev/uio0", "", mode=0o600)
    assert read(host, OTHER) == []


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/dev/vfio/9", "0600"),
        ("/dev/vfio/noiommu-0", "0600"),
        ("/dev/vfio/devices/vfio0", "0600"),
        ("/dev/uio0", "0600"),
        ("/dev/iommu", "0660"),
        ("/dev/infiniband/uverbs0", "0666"),
    ],
)
def test_a_closed_node_is_as_the_kernel_makes_it(path: str, mode: str) -> None:
    assert nodes.closed(Node(path, "0660", "nfv")) == Node(path, mode, "root")


def test_a_step_gives_a_node_and_takes_it_back(host: FakeHost) -> None:
    bind(host, OTHER, "vfio-pci", "vfio_pci")
    host.tree.write("/dev/vfio/3", "", mode=0o600)
    (before,) = read(host, OTHER)
    step = nodes.step(before, Node(before.path, "0660", "dpdk"))
    step.do(host)
    assert read(host, OTHER) == [Node("/dev/vfio/3", "0660", "dpdk")]
    assert step.undo is not None
    step.undo(host)
    assert read(host, OTHER) == [before]


def test_a_node_for_a_group_that_does_not_exist(host: FakeHost) -> None:
    node = Node("/dev/vfio/3", CLOSED, "root")
    host.tree.write(node.path, "", mode=0o600)
    with pytest.raises(HostError):
        nodes.step(node, Node(node.path, "0660", "nobody-here")).do(host)
