# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import binding, overview
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Function


def look(host: FakeHost, *selectors: Selector) -> dict[str, dict[str, Any]]:
    return {each["address"]: each for each in overview.look(host, list(selectors))["devices"]}


def test_a_port(host: FakeHost) -> None:
    assert look(host)[PF] == {
        "address": PF,
        "kind": "net",
        "ids": "8086:10c9",
        "driver": "igb",
        "driver_override": None,
        "dpdk_driver": False,
        "interfaces": [{"name": "enp1s0", "mac": "52:54:00:00:01:00"}],
        "last_interface": None,
        "last_mac": None,
        "numa_node": None,
        "iommu_group": 2,
        "iommu_group_members": [PF],
        "pf": None,
        "num_vfs": 0,
        "total_vfs": 7,
        "vfs": [],
        "used_by": None,
        "management": None,
        "persistent_driver": None,
        "original_driver": None,
    }


def test_a_bound_port_and_what_it_was(host: FakeHost) -> None:
    want = binding.Want(((Selector("enp1s0"), "vfio-pci"),))
    apply(host, binding.plan(binding.read(host, want), want))
    host.hold(host.pci.functions[PF])
    port = look(host)[PF]
    assert (port["driver"], port["dpdk_driver"], port["interfaces"]) == ("vfio-pci", True, [])
    assert (port["last_interface"], port["last_mac"]) == ("enp1s0", "52:54:00:00:01:00")
    assert (port["persistent_driver"], port["original_driver"]) == ("vfio-pci", "igb")
    assert port["used_by"] == "dpdk-testpmd (pid 4711, /dev/vfio/2)"
    assert list(look(host, Selector("enp1s0"))) == [PF]


def test_which_devices_are_shown(host: FakeHost) -> None:
    for number, class_code in enumerate(("0b4000", "100000", "120000", "010802"), start=1):
        host.add(Function(f"0000:09:0{number}.0", class_code=class_code, group=90 + number))
    shown = look(host)
    assert {address: each["kind"] for address, each in shown.items()} == {
        MANAGEMENT: "net",
        PF: "net",
        OTHER: "net",
        "0000:09:01.0": "processor",
        "0000:09:02.0": "crypto",
        "0000:09:03.0": "accelerator",
    }
    assert look(host, Selector(BRIDGE))[BRIDGE]["kind"] == "other"


def test_vfs(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    shown = look(host)
    assert (shown[PF]["num_vfs"], shown[PF]["vfs"]) == (2, list(VFS[:2]))
    assert shown[VFS[0]]["pf"] == PF
    assert list(look(host, Selector("enp1s0", 1))) == [VFS[1]]


def test_who_uses_a_port(host: FakeHost) -> None:
    host.network.address("enp1s0", "198.51.100.1/24")
    shown = look(host)
    assert (shown[PF]["used_by"], shown[PF]["management"]) == ("enp1s0 holds 198.51.100.1/24", None)
    assert "the address of this connection" in shown[MANAGEMENT]["management"]


def test_the_kernel_its_modules_and_hugepages(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    host.tree.write("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "256\n")
    host.tree.write("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages", "200\n")
    seen = overview.look(host, [])
    assert seen["kernel"]["release"] == RELEASE
    assert "quiet" in seen["kernel"]["cmdline"]
    assert len(seen["kernel"]["boot_id"]) == 36
    assert seen["modules"]["vfio_pci"]["loaded"] is True
    assert seen["modules"]["vfio_pci"]["parameters"]["enable_sriov"] == "N"
    assert seen["modules"]["igb_uio"] == {"loaded": False, "parameters": {}}
    assert seen["hugepages"] == [{"size_kb": 2048, "node": 0, "total": 256, "free": 200}]
