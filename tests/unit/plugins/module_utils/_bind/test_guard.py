# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each reason not to move a device, by itself and on a host: its cause, its remedy, and what the user may allow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import guard, have, owners, resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, Sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import NONE, Consent
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._bind.support import (
    add_mellanox,
    make_vfs,
    plan,
    refused,
    share_group,
    state,
    steps,
    want,
)

LPC = "0000:00:1f.0"
SAVED = f"{owners.DRIVERCTL}/pci-{PF}"
PORT = Device(PF, "020000", "8086", "10c9", "", "igb", None, None, 1, 0, (Interface("enp1s0", ""),))
NEIGHBOUR = replace(PORT, address=OTHER, interfaces=())
VFIO = Vfio({1: Group(1, None, "DMA", (PF, OTHER))})


def text(error: HostError | None) -> str:
    assert error is not None
    assert error.remedy
    return told(error)


def test_an_ordinary_port_is_free_to_go() -> None:
    assert guard.kind(PORT, "vfio-pci", NONE) is None
    assert guard.refused(VFIO, PORT, "vfio-pci") is None


@pytest.mark.parametrize("header_type", [1, 2])
def test_a_bridge_is_never_moved(header_type: int) -> None:
    bridge = replace(PORT, header_type=header_type, driver="pcieport")
    said = text(guard.kind(bridge, "vfio-pci", Consent(True, True, True)))
    assert f"{PF} is a bridge (header type {bridge.header_type})" in said
    assert "Leave the bridge alone" in said


@pytest.mark.parametrize("class_code", ["060100", "060400", "068000"])
def test_an_endpoint_is_no_bridge_whatever_its_class(class_code: str) -> None:
    """The kernel asks for the header type only; NTB (0680) is for DPDK."""
    assert guard.kind(replace(PORT, class_code=class_code), "vfio-pci", NONE) is None


@pytest.mark.parametrize("driver", ["vfio-pci", "igb", "uio_pci_generic"])
def test_what_does_not_answer_is_not_moved(driver: str) -> None:
    said = text(guard.kind(replace(PORT, header_type=0x7F), driver, Consent(True, True, True)))
    assert f"{PF} (enp1s0) does not answer: all of its configuration space reads ff." in said
    assert "power" in said
    assert "bridge" not in said


def test_a_bridge_goes_without_driver_where_its_driver_keeps_the_group() -> None:
    bridge = replace(PORT, header_type=1, driver="shpchp")
    assert guard.kind(bridge, "", NONE) is None
    assert "is a bridge" in text(guard.kind(bridge, "vfio-pci", NONE))
    assert "is a bridge" in text(guard.kind(replace(bridge, driver="pcieport"), "", NONE))


@pytest.mark.parametrize("driver", ["mlx4_core", "mlx5_core", "mana", "nfb", "sxe2", "nbl_core", "idxd", "hisi_zip"])
def test_a_bifurcated_port_stays_unless_allowed(driver: str) -> None:
    port = replace(PORT, driver=driver)
    said = text(guard.kind(port, "vfio-pci", Consent(force=True, management=True)))
    assert f"is on {driver}, and DPDK's driver for it works on top of that one." in said
    assert "allow_bifurcated" in said
    assert guard.kind(port, "vfio-pci", Consent(bifurcated=True)) is None
    assert guard.kind(port, "mlx5_vfio_pci", NONE) is None, "no driver of DPDK"


@pytest.mark.parametrize(("driver", "too"), [("idxd", True), ("nbl_core", True), ("nfb", False), ("mlx5_core", False)])
def test_what_works_on_vfio_too_is_said(driver: str, too: bool) -> None:
    said = text(guard.kind(replace(PORT, driver=driver), "vfio-pci", NONE))
    assert ("DPDK's driver works on vfio-pci too" in said) is too
    assert "allow_bifurcated" in said


def test_a_pf_with_vfs_stays() -> None:
    pf = replace(PORT, sriov=Sriov(7, 2, True, 128, 2, "10ca", ("a", "b")))
    said = text(guard.kind(pf, "vfio-pci", Consent(True, True, True)))
    assert f"{PF} (enp1s0) has 2 VFs" in said
    assert "Set the number of VFs to 0 first, with dataplane.dpdk.sriov_vfs." in said


@pytest.mark.parametrize("device", [replace(PORT, iommu_group=None), replace(PORT, iommu_group=9)])
def test_without_a_group_vfio_would_refuse(device: Device) -> None:
    said = text(guard.refused(VFIO, device, "vfio-pci"))
    assert "is in no IOMMU group, so vfio-pci would refuse it with error -22 (EINVAL)." in said
    assert "Run dataplane.dpdk.iommu_check" in said
    assert guard.refused(replace(VFIO, noiommu=True), device, "vfio-pci") is None, "no-IOMMU mode"
    assert guard.refused(VFIO, device, "uio_pci_generic") is None


def test_what_is_on_the_denylist() -> None:
    card = replace(PORT, device_id="0b25", driver="idxd")
    said = text(guard.refused(VFIO, card, "vfio-pci"))
    assert "is on the denylist of vfio-pci" in said
    assert "disable_denylist" in said
    assert guard.refused(replace(VFIO, denylist=False), card, "vfio-pci") is None
    assert guard.refused(VFIO, card, "qat_vfio_pci") is None, "the list is vfio-pci's own"
    assert guard.refused(VFIO, replace(card, driver="vfio-pci"), "vfio-pci") is None, "it has it"


def test_a_group_that_cannot_be_opened_names_who_blocks_it() -> None:
    devices = {PF: PORT, OTHER: NEIGHBOUR}
    said = text(guard.not_viable(PORT, "vfio-pci", VFIO, devices, {PF: "vfio-pci"}))
    assert f"IOMMU group 1 of {PF} (enp1s0) also holds {OTHER} on igb" in said
    assert "VFIO group is not viable" in said
    assert f"Bind {OTHER} to vfio-pci in the same task, or unbind it." in said


def test_what_works_for_a_vf_that_shares_a_group_with_its_pf() -> None:
    vf = replace(NEIGHBOUR, pf=PF, driver=None)
    said = text(guard.not_viable(vf, "vfio-pci", VFIO, {PF: PORT, OTHER: vf}, {OTHER: "vfio-pci"}))
    assert f"also holds {PF} (enp1s0) on igb" in said
    assert f"Bind {PF} to vfio-pci before it has VFs, with enable_sriov" in said
    assert "in the same task" not in said


def test_a_large_group_is_named_by_a_few_of_its_members() -> None:
    others = {f"0000:03:{number:02x}.0": "lpc_ich" for number in range(26)}
    devices = {each: replace(NEIGHBOUR, address=each, driver=driver) for each, driver in others.items()}
    vfio = Vfio({1: Group(1, None, "DMA", (PF, *others))})
    said = text(guard.not_viable(PORT, "vfio-pci", vfio, {PF: PORT, **devices}, {PF: "vfio-pci"}))
    assert "0000:03:00.0 on lpc_ich, " in said
    assert "0000:03:03.0 on lpc_ich and 22 more" in said
    assert "0000:03:04.0" not in said
    assert len(said) < 500
    assert "iommu_group_blockers" in said


def test_a_bridge_that_keeps_the_group_goes_without_driver() -> None:
    bridge = replace(NEIGHBOUR, header_type=1, driver="shpchp")
    said = text(guard.not_viable(PORT, "vfio-pci", VFIO, {PF: PORT, OTHER: bridge}, {PF: "vfio-pci"}))
    assert f"also holds {OTHER} on shpchp" in said
    assert f"Take {OTHER} from its driver (driver: none)" in said
    assert f"Bind {OTHER}" not in said


@pytest.mark.parametrize(
    ("device", "driver", "planned"),
    [
        (PORT, "vfio-pci", {PF: "vfio-pci", OTHER: "vfio-pci"}),
        (PORT, "uio_pci_generic", {PF: "uio_pci_generic"}),
        (PORT, "igb", {}),
        (replace(PORT, iommu_group=None), "vfio-pci", {}),
        (replace(PORT, iommu_group=9), "vfio-pci", {}),
    ],
)
def test_a_group_that_can_be_opened(device: Device, driver: str, planned: dict[str, str | None]) -> None:
    assert guard.not_viable(device, driver, VFIO, {PF: PORT, OTHER: NEIGHBOUR}, planned) is None


# on a host


def test_the_management_port_is_refused(host: FakeHost) -> None:
    said = refused(host, want("enp0s2", force=True))
    assert f"{MANAGEMENT} (enp0s2) carries the management path of this host" in said
    assert "10.0.2.15/24, the address of this connection" in said
    assert "force does not cover this" in said


@pytest.mark.parametrize("uppers", [("bond0",), ("bond0", "bond0.10"), ("br0",), ("bond0", "bond0.10", "br0")])
def test_a_port_below_the_management_interface_is_refused(host: FakeHost, uppers: tuple[str, ...]) -> None:
    host.network.routes.clear()
    lower = "enp1s0"
    for upper in uppers:
        host.network.stack(upper, lower)
        lower = upper
    host.network.address(lower, "10.0.2.99/24")
    host.variables["SSH_CONNECTION"] = "10.0.2.2 50022 10.0.2.99 22"
    said = refused(host, want("enp1s0", force=True))
    assert f"enp1s0 is below {uppers[0]}" in said
    assert "which holds 10.0.2.99/24, the address of this connection" in said


def test_the_management_port_goes_when_that_is_allowed(host: FakeHost) -> None:
    steps(host, want("enp0s2", allow_management=True))


def test_a_used_port_is_refused_unless_forced(host: FakeHost) -> None:
    host.network.address("enp1s0", "198.51.100.1/24")
    assert "is in use: enp1s0 holds 198.51.100.1/24." in refused(host, want(PF))
    steps(host, want(PF, force=True))


def test_a_bridge_is_refused(host: FakeHost) -> None:
    everything = {"force": True, "allow_management": True, "allow_bifurcated": True}
    said = refused(host, want(BRIDGE, group="ignore", **everything))
    assert f"{BRIDGE} is a bridge" in said
    assert "Leave the bridge alone" in said


def test_a_bifurcated_port_is_refused_unless_allowed(host: FakeHost) -> None:
    host.add_driver(Driver("mlx5_core", "igb", ("15b3:1017",), netdev=True))
    host.add(Function("0000:09:00.0", "15b3:1017", interface="enp9s0", group=9), "mlx5_core")
    assert "allow_bifurcated" in refused(host, want("enp9s0"))
    steps(host, want("enp9s0", allow_bifurcated=True))


def test_a_bifurcated_port_is_not_taken_away(host: FakeHost) -> None:
    add_mellanox(host)
    said = refused(host, want("enp3s0"))
    assert "DPDK's driver for it works on top of that one" in said
    assert "Leave the port where it is" in said
    steps(host, want("enp3s0", allow_bifurcated=True))


def test_a_pf_with_vfs_is_refused(host: FakeHost) -> None:
    make_vfs(host)
    said = refused(host, want(PF))
    assert "has 2 VFs" in said
    assert "Set the number of VFs to 0 first" in said


def test_a_pf_with_vfs_that_stays_on_its_driver_is_fine(host: FakeHost) -> None:
    make_vfs(host)
    steps(host, want(PF, driver="igb"))
    assert state(host, PF) == ("igb", "igb")
    assert state(host, VFS[0]) == ("igbvf", None)


def test_a_device_that_a_process_holds_is_refused(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    host.hold(host.pci.functions[PF])
    said = refused(host, want(PF, driver="igb"))
    assert "is held open by dpdk-testpmd (pid 4711, /dev/vfio/2)" in said
    assert "Stop the process first." in said
    assert plan(host, want(PF)).all_steps == (), "nothing moves"


def test_without_iommu_it_is_refused(bare_host: FakeHost) -> None:
    said = refused(bare_host, want(PF))
    assert "is in no IOMMU group, so vfio-pci would refuse it with error -22 (EINVAL)." in said
    assert "Run dataplane.dpdk.iommu_check" in said


def test_a_group_that_cannot_be_opened_is_refused(host: FakeHost) -> None:
    share_group(host)
    said = refused(host, want(PF))
    assert f"also holds {OTHER} (enp2s0) on igb" in said
    assert BRIDGE not in said
    assert f"Bind {OTHER} to vfio-pci in the same task" in said


def test_the_isa_bridge_of_a_group_keeps_it_from_being_opened(host: FakeHost) -> None:
    """A class of bridges with the header of an endpoint: its driver claims the group's DMA."""
    host.add_driver(Driver("lpc_ich", "kernel", ("8086:2918",)))
    host.pci.register(host.drivers[-1])
    host.add(Function(LPC, "8086:2918", "060100", group=host.pci.functions[PF].group), "lpc_ich")
    said = refused(host, want(PF))
    assert f"also holds {LPC} on lpc_ich" in said
    steps(host, want(PF, group="bind_all"))
    assert state(host, LPC)[0] == "vfio-pci"


def test_a_bifurcated_port_takes_no_neighbour_along(host: FakeHost) -> None:
    add_mellanox(host)
    host.add(Function("0000:03:00.1", interface="enp3s0f1", mac="52:54:00:00:03:01", group=30), "igb")
    todo = plan(host, want("enp3s0", driver=None, group="bind_all"))
    assert [each["address"] for each in todo.after["devices"]] == ["0000:03:00.0"]
    assert not any("0000:03:00.1" in each.action for each in todo.all_steps)


@pytest.mark.parametrize("driver", ["none", "kernel", "uio_pci_generic"])
def test_only_vfio_takes_the_neighbours_along(host: FakeHost, driver: str) -> None:
    share_group(host)
    todo = plan(host, want(PF, driver=driver, group="bind_all"))
    assert [each["address"] for each in todo.after["devices"]] == [PF]


def test_a_denied_device_is_refused_in_check_mode(host: FakeHost) -> None:
    host.add(Function("0000:6a:01.0", "8086:0b25", "088000", group=60))
    said = refused(host, want("0000:6a:01.0"))
    assert "0000:6a:01.0 is on the denylist of vfio-pci" in said
    assert "disable_denylist" in said
    host.modules.load("vfio_pci", disable_denylist="Y")
    steps(host, want("0000:6a:01.0"))


def test_a_denylist_may_be_lifted_by_an_earlier_task(host: FakeHost) -> None:
    host.add(Function("0000:6a:01.0", "8086:0b25", "088000", group=60))
    problems, assumed = judged(host, want("0000:6a:01.0", assume_prepared=True))
    assert problems == []
    assert ["denylist" in each for each in assumed] == [True]


def test_what_an_application_will_meet_is_a_warning(host: FakeHost) -> None:
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    host.tree.write("/sys/kernel/iommu_groups/2/reserved_regions", "0x0 0xffffff direct\n")
    memory, interrupts = plan(host, want(PF)).warnings
    assert f"{PF} (enp1s0): The firmware reserves memory for it (RMRR)" in memory
    assert f"{PF} (enp1s0): Interrupts are not remapped" in interrupts
    assert "allow_unsafe_interrupts" in interrupts


@pytest.mark.parametrize("text", ["install vfio-pci /bin/true\n", "install vfio_iommu_type1 /bin/false\n"])
def test_a_module_that_nobody_may_load_is_refused_in_check_mode(host: FakeHost, text: str) -> None:
    host.tree.write("/etc/modprobe.d/hardened.conf", text)
    said = refused(host, want(PF))
    assert f"/etc/modprobe.d/hardened.conf says '{text.strip()}'" in said
    host.modules.load("vfio_pci")
    steps(host, want(PF))


@pytest.mark.parametrize("again", [{"driver": "kernel"}, {"state": "restored", "driver": None}, {"driver": "igb"}])
def test_the_native_driver_is_loaded_or_refused(host: FakeHost, again: dict[str, Any]) -> None:
    """The port went to vfio-pci, and its own driver was unloaded since."""
    apply(host, plan(host, want(PF, OTHER)))
    host.modules.unload("igb")
    host.tree.write("/etc/modprobe.d/hardened.conf", "install igb /bin/true\n")
    said = refused(host, want(PF, **again))
    assert "igb cannot be loaded: /etc/modprobe.d/hardened.conf says 'install igb /bin/true'" in said
    host.tree.remove("/etc/modprobe.d/hardened.conf")
    steps(host, want(PF, **again))
    assert state(host, PF)[0] == "igb"


def test_a_module_of_the_pmd_that_nobody_may_load(host: FakeHost) -> None:
    add_mellanox(host)
    host.tree.write("/etc/modprobe.d/hardened.conf", "install ib_uverbs /bin/false\n")
    assert "ib_uverbs cannot be loaded" in refused(host, want("enp3s0", driver=None))
    steps(host, want("enp3s0", allow_bifurcated=True))


@pytest.mark.parametrize("driver", ["igbvf", "pcieport", "mlx5_vfio_pci"])
def test_a_driver_that_does_not_know_the_device(host: FakeHost, driver: str) -> None:
    """driver_override would make it match, and its probe may well succeed."""
    host.modules.add(Module("mlx5_vfio_pci"))
    host.modules.load("mlx5_vfio_pci")
    host.add_driver(Driver("mlx5_vfio_pci", "mlx5_vfio_pci", any_id=True))
    host.pci.drivers["igbvf"].any_id = True
    said = refused(host, want(PF, driver=driver))
    assert f"{driver} does not know {PF} (enp1s0) (8086:10c9)" in said
    assert "candidate_drivers" in said
    assert "allow_unlisted" in said
    steps(host, want(PF, driver=driver, allow_unlisted=True))
    assert state(host, PF)[0] == driver
    assert plan(host, want(PF, driver=driver)).all_steps == (), "it has the device already"


def test_a_driver_that_knows_the_device(host: FakeHost) -> None:
    make_vfs(host, autoprobe=False)
    steps(host, want(("enp1s0", 1), driver="igbvf"))
    host.remove_file(record.PATH)
    steps(host, want(("enp1s0", 1), driver="vfio-pci"))
    host.remove_file(record.PATH)
    steps(host, want(("enp1s0", 1), driver="igbvf"))


def test_a_variant_of_vfio_that_knows_the_device(host: FakeHost) -> None:
    aliases = f"/lib/modules/{RELEASE}/modules.alias"
    host.tree.write(aliases, f"{host.tree.read(aliases)}\nalias vfio_pci:v00008086d000010C9bc* qat_vfio_pci\n")
    host.modules.add(Module("qat_vfio_pci"))
    host.modules.load("qat_vfio_pci")
    host.add_driver(Driver("qat_vfio_pci", "qat_vfio_pci", any_id=True))
    steps(host, want(PF, driver="qat_vfio_pci"))


def test_stubs_take_any_device(host: FakeHost) -> None:
    host.add_driver(Driver("pci-stub", "kernel", any_id=True))
    host.pci.register(host.drivers[-1])
    steps(host, want(PF, driver="pci-stub"))


def test_an_ntb_is_bound(host: FakeHost) -> None:
    host.add(Function("0000:17:00.0", "8086:201c", "068000", group=50))
    steps(host, want("0000:17:00.0"))
    assert state(host, "0000:17:00.0")[0] == "vfio-pci"


def test_the_whole_group_is_accepted(host: FakeHost) -> None:
    share_group(host)
    steps(host, want(PF, OTHER))


def test_a_group_is_ignored_when_that_is_wanted(host: FakeHost) -> None:
    share_group(host)
    steps(host, want(PF, group="ignore"))


def test_the_others_of_a_group_are_guarded_too(host: FakeHost) -> None:
    share_group(host)
    host.network.address("enp2s0", "192.0.2.1/24")
    assert "192.0.2.1" in refused(host, want("enp1s0", group="bind_all"))


def test_a_bound_device_whose_group_cannot_be_opened_is_reported(host: FakeHost) -> None:
    share_group(host)
    apply(host, plan(host, want(PF, group="ignore")))
    again = plan(host, want(PF))
    assert again.all_steps == ()
    assert "VFIO group is not viable" in again.warnings[0]
    assert again.warnings[0].endswith(f"Bind {OTHER} to vfio-pci in the same task, or unbind it."), "what to do"
    assert plan(host, want(PF, group="ignore")).warnings == ()


def test_all_reasons_are_reported_at_once(host: FakeHost) -> None:
    host.network.address("enp1s0", "198.51.100.1/24")
    said = refused(host, want("enp1s0", BRIDGE, "enp0s2"))
    for part in ("enp1s0 holds 198.51.100.1/24", "is a bridge", "management path", "Nothing was changed."):
        assert part in said


@pytest.mark.parametrize(
    ("name", "cause", "remedy"),
    [
        ("vfio_pci", "There is no driver vfio_pci.", "Write vfio-pci: drivers and modules are spelt differently."),
        ("igb-uio", "There is no driver igb-uio.", "Write igb_uio"),
        ("uio-pci-generic", "There is no driver uio-pci-generic.", "Write uio_pci_generic"),
        (
            "igb_uio",
            "There is no driver igb_uio below /sys/bus/pci/drivers.",
            "install the package that holds igb_uio.ko",
        ),
        ("nonsense", "has no module nonsense.", "Correct the name"),
        ("-h", "There is no driver -h below /sys/bus/pci/drivers.", "Correct the name"),
    ],
)
def test_an_unknown_driver_is_refused(host: FakeHost, name: str, cause: str, remedy: str) -> None:
    said = refused(host, want(PF, driver=name))
    assert cause in said
    assert remedy in said


def test_driverctl_keeps_the_same_driver(host: FakeHost) -> None:
    host.write_file(SAVED, "vfio-pci\n")
    todo = plan(host, want("enp1s0"))
    assert todo.warnings == (f"{SAVED} already keeps {PF} on vfio-pci, so no rule is written beside driverctl.",)
    assert plan(host, want("enp1s0", persistent=False)).warnings == (), "no rule is wanted"


def test_driverctl_keeps_another_driver(host: FakeHost) -> None:
    host.write_file(SAVED, "uio_pci_generic\n")
    said = refused(host, want("enp1s0"))
    assert f"driverctl keeps {PF} (enp1s0) on uio_pci_generic ({SAVED})." in said
    assert "set takeover" in said


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/modprobe.d/vfio.conf", "options vfio-pci ids=1234:5678,8086:10c9:ffff disable_vga=1\n"),
        ("/etc/modprobe.d/vfio.conf", "# x\noptions vfio_pci ids=8086:10C9\n"),
        ("/proc/cmdline", "quiet vfio-pci.ids=8086:10c9\n"),
    ],
)
def test_ids_of_vfio_pci_take_all_equal_cards(host: FakeHost, path: str, text: str) -> None:
    host.tree.write(path, text)
    said = refused(host, want("enp1s0", driver="uio_pci_generic"))
    assert "gives every 8086:10c9 to vfio-pci" in said
    assert "Take 8086:10c9 out of" in said
    steps(host, want("enp1s0"))


def test_uio_under_lockdown(host: FakeHost) -> None:
    host.tree.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    said = refused(host, want("enp1s0", driver="uio_pci_generic"))
    assert "kernel lockdown is in mode integrity" in said
    assert "Use vfio-pci." in said
    steps(host, want("enp1s0"))


def test_uio_needs_a_legacy_interrupt(host: FakeHost) -> None:
    host.add(Function("0000:04:00.0", interface="enp4s0", mac="52:54:00:00:04:00", interrupt_pin=0), "igb")
    said = refused(host, want("enp4s0", driver="uio_pci_generic"))
    assert "has no legacy interrupt (INTx)" in said
    assert "Use vfio-pci" in said


def test_uio_where_the_pmd_names_vfio_alone(host: FakeHost) -> None:
    host.add(Function("0000:04:00.0", "1cf2:8049", group=40))
    said = refused(host, want("0000:04:00.0", driver="uio_pci_generic"))
    assert "(net_zxdh) works with vfio-pci, not with uio_pci_generic" in said
    steps(host, want("0000:04:00.0"))


@pytest.mark.parametrize(("kind", "warned"), [("DMA-FQ", True), ("identity", False)])
def test_uio_where_the_iommu_translates(host: FakeHost, kind: str, warned: bool) -> None:
    group = host.pci.functions[PF].group
    host.tree.write(f"/sys/kernel/iommu_groups/{group}/type", f"{kind}\n")
    warnings = plan(host, want("enp1s0", driver="uio_pci_generic")).warnings
    assert any("Boot with iommu=pt" in warning for warning in warnings) is warned


# what earlier tasks of the run are expected to solve


def judged(host: FakeHost, wanted: Want) -> tuple[list[str], list[str]]:
    """Return the messages of what stands in the way, and of what is assumed to be gone by then."""
    found = have.read(host, wanted)
    targets = resolve.targets(found, wanted)
    problems, assumed = guard.problems(found, wanted, targets), guard.assumed(found, wanted, targets)
    assert all(each.remedy for each in (*problems, *assumed))
    return [each.message for each in problems], [each.message for each in assumed]


NO_GROUP = f"{PF} (enp1s0) is in no IOMMU group, so vfio-pci would refuse it with error -22 (EINVAL)."
NO_VF = f"VF 1 of enp1s0 does not exist: {PF} (enp1s0) has 0 VFs now."


def test_an_iommu_that_is_off_is_assumed_to_be_turned_on(bare_host: FakeHost) -> None:
    assert judged(bare_host, want(PF, assume_prepared=True)) == ([], [NO_GROUP])
    assert judged(bare_host, want(PF)) == ([NO_GROUP], [])


def test_a_vf_that_does_not_exist_is_assumed_to_be_made(bare_host: FakeHost) -> None:
    assert judged(bare_host, want(("enp1s0", 1), assume_prepared=True)) == ([], [NO_VF])


def test_only_what_is_not_there_is_assumed(host: FakeHost) -> None:
    make_vfs(host)
    assert judged(host, want(OTHER, ("enp1s0", 1), assume_prepared=True)) == ([], [])


def test_nothing_is_assumed_of_what_does_not_move(bare_host: FakeHost) -> None:
    assert judged(bare_host, want(PF, driver="igb", assume_prepared=True)) == ([], [])


def test_what_no_earlier_task_solves_stays_a_reason(bare_host: FakeHost) -> None:
    problems, assumed = judged(bare_host, want("enp0s2", PF, ("enp1s0", 1), assume_prepared=True))
    assert [each[:12] for each in problems] == [MANAGEMENT]
    assert [each[:12] for each in assumed] == [MANAGEMENT, PF, NO_VF[:12]]


def test_a_vf_that_is_yet_to_be_made_is_judged_like_one_that_is_there(host: FakeHost) -> None:
    asked = want(("enp1s0", 1), driver="uio_pci_generic", assume_prepared=True)
    expected = judged(host, asked)[0]
    make_vfs(host, autoprobe=False)
    assert (
        expected == judged(host, asked)[0] == [f"{VFS[1]} has no legacy interrupt (INTx), which uio_pci_generic needs."]
    )
