# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._info import have, overview
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules, sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule, VfRule
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Function


def described(host: FakeHost, *selectors: Selector) -> dict[str, Any]:
    want = Want(selectors)
    return overview.describe(have.read(host, want), want)


def look(host: FakeHost, *selectors: Selector) -> dict[str, dict[str, Any]]:
    return {each["address"]: each for each in described(host, *selectors)["devices"]}


def bind(host: FakeHost) -> None:
    """Bring the PF to vfio-pci for good, as dpdk_bind does."""
    found = record.Record("enp1s0", "52:54:00:00:01:00", record.Binding("igb", None))
    host.write_file(record.PATH, record.render({PF: found}))
    host.write_file(
        bind_rules.BIND_PATH, bind_rules.render_bind([bind_rules.BindRule(PF, "8086", "10c9", "vfio-pci")]) or ""
    )
    host.modules.load("vfio_pci")
    driver.move(host, PF, "vfio-pci")


def test_a_port(host: FakeHost) -> None:
    assert look(host)[PF] == {
        "address": PF,
        "kind": "net",
        "ids": "8086:10c9",
        "vendor_name": None,
        "device_name": None,
        "driver": "igb",
        "driver_class": "kernel",
        "driver_override": None,
        "candidate_drivers": [],
        "dpdk_driver": False,
        "dpdk_pmds": ["net_e1000_igb"],
        "dpdk_ready": False,
        "dpdk_note": None,
        "not_ready_reason": "It is on igb, which DPDK cannot work with.",
        "not_ready_remedy": "Bind it with dataplane.dpdk.dpdk_bind.",
        "interfaces": [{"name": "enp1s0", "mac": "52:54:00:00:01:00"}],
        "active": False,
        "last_interface": None,
        "last_mac": None,
        "numa_node": None,
        "iommu_group": 2,
        "iommu_group_members": [PF],
        "iommu_group_blockers": [],
        "pf": None,
        "num_vfs": 0,
        "total_vfs": 7,
        "vfs": [],
        "used_by": None,
        "management": None,
        "persistent_driver": None,
        "persistent_num_vfs": None,
        "original_driver": None,
        "drift": [],
    }


def test_a_bound_port_and_what_it_was(host: FakeHost) -> None:
    bind(host)
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
        "0000:09:01.0": "crypto",
        "0000:09:02.0": "crypto",
        "0000:09:03.0": "baseband",
    }
    assert look(host, Selector(BRIDGE))[BRIDGE]["kind"] == "other"


def test_the_name_of_a_device(host: FakeHost) -> None:
    host.tree.write("/usr/share/misc/pci.ids", "\n8086  Intel Corporation\n\t10c9  82576 Gigabit Network Connection\n")
    shown = look(host)
    assert (shown[PF]["vendor_name"], shown[PF]["device_name"]) == (
        "Intel Corporation",
        "82576 Gigabit Network Connection",
    )
    assert shown[MANAGEMENT]["device_name"] is None


def test_candidate_drivers(host: FakeHost) -> None:
    aliases = "alias pci:v00008086d000010C9bc* igb\nalias pci:v00001AF4d00001041bc* virtio_pci\n"
    host.tree.write(f"/lib/modules/{RELEASE}/modules.alias", aliases)
    host.tree.mkdir("/sys/module/virtio_pci/drivers/pci:virtio-pci")
    assert (look(host)[PF]["candidate_drivers"], look(host)[MANAGEMENT]["candidate_drivers"]) == ([], [])
    host.modules.load("vfio_pci")
    host.modules.load("uio_pci_generic")
    assert look(host)[PF]["candidate_drivers"] == ["vfio-pci", "uio_pci_generic"]
    driver.move(host, PF, "vfio-pci")
    driver.move(host, MANAGEMENT, "vfio-pci")
    shown = look(host)
    assert shown[PF]["candidate_drivers"] == ["igb", "uio_pci_generic"]
    assert shown[MANAGEMENT]["candidate_drivers"] == ["virtio-pci", "uio_pci_generic"]


def test_drivers_that_binding_would_refuse_are_no_candidates(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    host.modules.load("uio_pci_generic")
    host.add(Function("0000:6a:01.0", "8086:0b25", "088000", group=60))
    host.add(Function("0000:17:00.0", "8086:201c", "068000", group=61))
    host.add(Function("0000:18:00.0", "8086:201c", "068000", group=62, interrupt_pin=0))
    host.add(Function("0000:19:00.0", "8086:37c8", "0b4000", group=63))
    names = (BRIDGE, "0000:6a:01.0", "0000:17:00.0", "0000:18:00.0", "0000:19:00.0")
    shown = look(host, *map(Selector, names))
    assert [shown[each]["candidate_drivers"] for each in names] == [
        [],
        [],
        ["vfio-pci", "uio_pci_generic"],
        ["vfio-pci"],
        ["uio_pci_generic"],
    ]


def test_who_keeps_a_group_from_being_opened(host: FakeHost) -> None:
    host.add(Function("0000:01:00.1", group=2), "igb")
    assert look(host)[PF]["iommu_group_blockers"] == ["0000:01:00.1"]
    assert look(host)[OTHER]["iommu_group_blockers"] == []


def test_a_device_that_differs_from_its_rule(host: FakeHost) -> None:
    bind(host)
    assert look(host)[PF]["drift"] == []
    driver.move(host, PF, "igb")
    assert look(host)[PF]["drift"] == ["The driver should be vfio-pci, but is igb."]
    host.pci.remove(host.pci.functions[PF])
    assert described(host)["drift"] == [f"No device is at {PF}, which should be on vfio-pci."]


def test_vfs(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    shown = look(host)
    assert (shown[PF]["num_vfs"], shown[PF]["vfs"]) == (2, list(VFS[:2]))
    assert shown[VFS[0]]["pf"] == PF
    assert list(look(host, Selector("enp1s0", 1))) == [VFS[1]]


def test_vfs_that_were_changed_by_hand(host: FakeHost) -> None:
    wanted = {0: VfRule({"mac": "02:00:00:00:10:00", "vlan": 5}, "vfio-pci"), 1: VfRule({"trust": True})}
    rule = SriovRule(PF, "8086", "10c9", 2, True, vfs=wanted)
    host.write_file(sriov_rules.PATH, sriov_rules.render([rule]) or "")
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    host.pci.functions[VFS[0]].settings.update(mac="02:00:00:00:10:00", vlan="9")
    host.pci.functions[VFS[1]].settings["trust"] = "on"
    assert look(host)[PF]["drift"] == [
        "VF 0 should have vlan 5 qos 0, but has vlan 9 qos 0.",
        "The driver of VF 0 should be vfio-pci, but is igbvf.",
    ]


def test_who_uses_a_port(host: FakeHost) -> None:
    host.network.address("enp1s0", "198.51.100.1/24")
    shown = look(host)
    assert (shown[PF]["active"], shown[MANAGEMENT]["active"], shown[OTHER]["active"]) == (True, True, False)
    assert (shown[PF]["used_by"], shown[PF]["management"]) == ("enp1s0 holds 198.51.100.1/24", None)
    assert "the address of this connection" in shown[MANAGEMENT]["management"]


def test_the_kernel_its_modules_and_hugepages(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    host.tree.write("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "256\n")
    host.tree.write("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages", "200\n")
    seen = described(host)
    assert seen["kernel"]["release"] == RELEASE
    assert "quiet" in seen["kernel"]["cmdline"]
    assert len(seen["kernel"]["boot_id"]) == 36
    assert seen["modules"]["vfio_pci"]["loaded"] is True
    assert seen["modules"]["vfio_pci"]["parameters"]["enable_sriov"] == "N"
    assert seen["modules"]["igb_uio"] == {"loaded": False, "parameters": {}}
    assert seen["hugepages"] == [{"size_kb": 2048, "node": 0, "total": 256, "free": 200}]


def test_what_an_interface_is_called_besides(host: FakeHost) -> None:
    host.network.detail("enp1s0", altnames=["uplink0"], permaddr="52:54:00:00:01:77")
    (port,) = look(host, Selector("uplink0"))[PF]["interfaces"]
    assert port == {
        "name": "enp1s0",
        "mac": "52:54:00:00:01:00",
        "permanent_mac": "52:54:00:00:01:77",
        "altnames": ("uplink0",),
    }


def test_the_address_of_a_bond_is_no_drift(host: FakeHost) -> None:
    host.write_file(record.PATH, record.render({PF: record.Record("enp1s0", "52:54:00:00:01:77")}))
    assert look(host)[PF]["drift"] == ["The MAC address was 52:54:00:00:01:77, but is 52:54:00:00:01:00."]
    host.network.detail("enp1s0", permaddr="52:54:00:00:01:77")
    assert look(host)[PF]["drift"] == []
