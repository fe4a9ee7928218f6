# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost


def scan(host: FakeHost) -> dict[str, list[Holder]]:
    return holders.scan(host, device.scan(host).values())


def open_node(host: FakeHost, pid: int, node: str) -> None:
    host.tree.mkdir(f"/proc/{pid}/fd")
    host.tree.path(f"/proc/{pid}/fd/9").symlink_to(node)


def test_nobody(host: FakeHost) -> None:
    open_node(host, 1, "/dev/null")
    open_node(host, 2, "/dev/vfio/vfio")
    open_node(host, 3, "/dev/vfio/99")
    host.tree.write("/proc/self/comm", "x")
    assert scan(host) == {}


def test_who_holds_a_group(host: FakeHost) -> None:
    host.hold(host.pci.functions[PF], 4711, "testpmd")
    assert scan(host) == {PF: [Holder(4711, "testpmd", "/dev/vfio/2")]}
    assert str(scan(host)[PF][0]) == "testpmd (pid 4711, /dev/vfio/2)"


def test_a_group_is_one_unit(host: FakeHost) -> None:
    host.tree.remove("/sys/kernel/iommu_groups/3")
    host.tree.remove(host.pci.functions[OTHER].path + "/iommu_group")
    host.pci.join_group(host.pci.functions[OTHER], 2, None)
    host.hold(host.pci.functions[PF])
    assert sorted(scan(host)) == [PF, OTHER]


def test_who_holds_a_device_node(host: FakeHost) -> None:
    path = host.pci.functions[PF].path
    host.tree.mkdir(f"{path}/vfio-dev/vfio3")
    host.tree.mkdir(f"{path}/uio/uio0")
    open_node(host, 5, "/dev/vfio/devices/vfio3")
    open_node(host, 6, "/dev/uio0")
    assert scan(host) == {
        PF: [Holder(5, "a process", "/dev/vfio/devices/vfio3"), Holder(6, "a process", "/dev/uio0")],
    }


def test_who_holds_a_group_of_noiommu_mode(bare_host: FakeHost) -> None:
    bare_host.modules.load("vfio_pci")
    bare_host.write_attr("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y")
    driver.move(bare_host, PF, "vfio-pci")
    open_node(bare_host, 7, "/dev/vfio/noiommu-0")
    assert list(scan(bare_host)) == [PF]
