# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each reason not to move a device, by itself and on a host: its cause, its remedy, and what the user may allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import guard, have, owners, resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, Interface, Sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import NONE, Consent
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
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

SAVED = f"{owners.DRIVERCTL}/pci-{PF}"
PORT = Device(PF, "020000", "8086", "10c9", "", "igb", None, None, 1, 0, (Interface("enp1s0", ""),))
NEIGHBOUR = replace(PORT, address=OTHER, interfaces=())
GROUPS = {1: Group(1, None, "DMA", (PF, OTHER))}


def text(error: HostError | None) -> str:
    assert error is not None
    assert error.remedy
    return told(error)


def test_an_ordinary_port_is_free_to_go() -> None:
    assert guard.kind(PORT, "vfio-pci", NONE) is None
    assert guard.unprotected(PORT, "vfio-pci", GROUPS, False) is None


@pytest.mark.parametrize("bridge", [replace(PORT, header_type=1), replace(PORT, class_code="060400")])
def test_a_bridge_is_never_moved(bridge: Device) -> None:
    said = text(guard.kind(bridge, "vfio-pci", Consent(True, True, True)))
    assert f"{PF} is a bridge (header type {bridge.header_type})" in said
    assert "Leave the bridge alone" in said


@pytest.mark.parametrize("driver", ["mlx4_core", "mlx5_core", "mana"])
def test_a_bifurcated_port_stays_unless_allowed(driver: str) -> None:
    port = replace(PORT, driver=driver)
    said = text(guard.kind(port, "vfio-pci", Consent(force=True, management=True)))
    assert f"is on {driver}, and DPDK's driver for it works on top of that one." in said
    assert "allow_bifurcated" in said
    assert guard.kind(port, "vfio-pci", Consent(bifurcated=True)) is None
    assert guard.kind(port, "mlx5_vfio_pci", NONE) is None, "no driver of DPDK"


def test_a_pf_with_vfs_stays() -> None:
    pf = replace(PORT, sriov=Sriov(7, 2, True, 128, 2, "10ca", ("a", "b")))
    said = text(guard.kind(pf, "vfio-pci", Consent(True, True, True)))
    assert f"{PF} (enp1s0) has 2 VFs" in said
    assert "Set the number of VFs to 0 first, with dataplane.dpdk.sriov_vfs." in said


@pytest.mark.parametrize("device", [replace(PORT, iommu_group=None), replace(PORT, iommu_group=9)])
def test_without_a_group_vfio_would_refuse(device: Device) -> None:
    said = text(guard.unprotected(device, "vfio-pci", GROUPS, False))
    assert "is in no IOMMU group, so vfio-pci would refuse it with error -22 (EINVAL)." in said
    assert "Run dataplane.dpdk.iommu_check" in said
    assert guard.unprotected(device, "vfio-pci", GROUPS, True) is None, "no-IOMMU mode"
    assert guard.unprotected(device, "uio_pci_generic", GROUPS, False) is None


def test_a_group_that_cannot_be_opened_names_who_blocks_it() -> None:
    devices = {PF: PORT, OTHER: NEIGHBOUR}
    said = text(guard.not_viable(PORT, "vfio-pci", GROUPS, devices, {PF: "vfio-pci"}))
    assert f"IOMMU group 1 of {PF} (enp1s0) also holds {OTHER} on igb" in said
    assert "VFIO group is not viable" in said
    assert f"Bind {OTHER} to vfio-pci in the same task, or unbind it." in said


def test_what_works_for_a_vf_that_shares_a_group_with_its_pf() -> None:
    vf = replace(NEIGHBOUR, pf=PF, driver=None)
    said = text(guard.not_viable(vf, "vfio-pci", GROUPS, {PF: PORT, OTHER: vf}, {OTHER: "vfio-pci"}))
    assert f"also holds {PF} (enp1s0) on igb" in said
    assert f"Bind {PF} to vfio-pci before it has VFs, with enable_sriov" in said
    assert "in the same task" not in said


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
    assert guard.not_viable(device, driver, GROUPS, {PF: PORT, OTHER: NEIGHBOUR}, planned) is None


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
