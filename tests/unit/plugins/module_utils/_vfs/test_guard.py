# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import admin_state
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules, sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import VfWant
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vfs import (
    FIRST,
    on_vfio,
    plan,
    refused,
    steps,
    want,
)


@pytest.mark.parametrize("number", [8, 99, -1])
def test_a_number_beyond_the_capability(host: FakeHost, number: int) -> None:
    said = refused(host, want(number))
    assert f"{PF} (enp1s0) cannot have {number} VFs: sriov_totalvfs is 7." in said
    assert "Ask for 0 to 7 VFs." in said


def test_a_change_of_number_loses_all_vfs(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    said = refused(host, want(3))
    assert "has 2 VFs; to get 3, all of them would be removed with their settings: " in said
    assert f"VF 0 {VFS[0]}, driver igbvf spoofchk on; VF 1 {VFS[1]}, driver igbvf" in said
    assert "Set allow_recreate to accept that" in said


def test_a_spoof_check_that_is_off_is_lost_too(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False, vfs={0: VfWant({"spoof_check": False, "vlan": 5})})))
    assert f"VF 0 {VFS[0]}, driver none vlan 5 qos 0 spoofchk off; VF 1" in refused(host, want(3))


def test_a_pf_without_driver(host: FakeHost) -> None:
    driver.unbind(host, PF)
    said = refused(host, want(1, pf=PF))
    assert f"{PF} has no driver" in said
    assert "Bind the PF to its native driver first." in said


@pytest.mark.parametrize("number", [1, 0])
def test_a_pf_on_vfio_pci_without_enable_sriov(host: FakeHost, number: int) -> None:
    on_vfio(host, "Y")
    if number == 0:
        apply(host, plan(host, want(2, pf=PF, persistent=False)))
    host.write_attr("/sys/module/vfio_pci/parameters/enable_sriov", "N")
    said = refused(host, want(number, pf=PF, persistent=False))
    assert "whose parameter enable_sriov is N" in said
    assert "Set enable_sriov with dataplane.dpdk.vfio_module first." in said


def test_settings_of_vfs_below_a_pf_on_vfio_pci(host: FakeHost) -> None:
    on_vfio(host, "Y")
    said = refused(host, want(2, pf=PF, vfs={1: VfWant({"trust": True})}))
    assert "the application that opens it owns the settings of its VFs" in said
    assert "give them to the application" in said


@pytest.mark.parametrize("number", [0, 3])
def test_a_vf_in_use_keeps_all(host: FakeHost, number: int) -> None:
    apply(host, plan(host, want(2)))
    host.network.address("enp1s0v1", "198.51.100.1/24")
    said = refused(host, want(number, allow_recreate=True))
    assert f"{VFS[1]} (enp1s0v1) is in use: enp1s0v1 holds 198.51.100.1/24." in said
    assert "set force" in said
    steps(host, want(number, allow_recreate=True, consent=Consent(force=True)))


def test_a_vf_that_carries_management_keeps_all(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    host.network.route("default", "enp1s0v0", "198.51.100.254")
    said = refused(host, want(0, consent=Consent(force=True)))
    assert f"{VFS[0]} (enp1s0v0) carries the management path" in said


def test_a_vf_that_a_process_holds_keeps_all(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False)))
    host.modules.load("vfio_pci")
    driver.move(host, VFS[0], "vfio-pci")
    host.hold(host.pci.functions[VFS[0]])
    said = refused(host, want(0, consent=Consent(force=True)))
    assert f"{VFS[0]} is held open by dpdk-testpmd (pid 4711" in said
    assert "Stop the process first." in said
    assert plan(host, want(2, False)).steps == (), "nothing changes"


def test_a_pf_without_interface_has_nobody_to_set_vfs_up(host: FakeHost) -> None:
    driver.unbind(host, PF)
    said = refused(host, want(1, pf=PF, vfs={0: VfWant({"trust": True})}))
    assert "has no network interface, so there is nobody to take the settings of VF 0" in said


def test_a_driver_that_does_not_exist(host: FakeHost) -> None:
    said = refused(host, want(1, vfs={0: VfWant(driver="vfio_pcx")}))
    assert "There is no driver vfio_pcx below /sys/bus/pci/drivers." in said


def test_a_driver_that_dpdk_bind_gave(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False)))
    rule = bind_rules.BindRule(VFS[0], "8086", "10ca", "vfio-pci")
    host.tree.write(bind_rules.BIND_PATH, bind_rules.render_bind([rule]) or "")
    said = refused(host, want(2, vfs={0: VfWant(driver="igbvf")}))
    assert f"VF 0 of {PF} (enp1s0) should be on igbvf, but dpdk_bind keeps {VFS[0]} on vfio-pci." in said


def test_a_vf_in_use_keeps_its_driver(host: FakeHost) -> None:
    apply(host, plan(host, want(2, True)))
    host.network.address("enp1s0v0", "198.51.100.1/24")
    said = refused(host, want(2, vfs={0: VfWant(driver="vfio-pci")}))
    assert "is in use" in said


def test_a_changed_address_waits_for_the_driver(host: FakeHost) -> None:
    apply(host, plan(host, want(2, True)))
    done = steps(host, want(2, up=True, vfs={0: VfWant({"mac": FIRST["mac"]})}))
    assert done.warnings == (f"VF 0 of {PF} (enp1s0) keeps its old MAC address until igbvf takes it again.",)


def test_a_card_without_eswitch(host: FakeHost) -> None:
    steps(host, want(2, mode="legacy"))
    said = refused(host, want(2, mode="switchdev"))
    assert f"devlink offers no eswitch mode for {PF} (enp1s0), so it cannot be switchdev." in said


@pytest.mark.parametrize(
    ("vf", "autoprobe", "persistent", "up", "warned"),
    [
        (VfWant(FIRST, "igbvf"), False, True, True, True),
        (VfWant(FIRST), True, True, True, True),
        (VfWant(FIRST, "igbvf"), False, False, False, True),
        (VfWant(FIRST, "igbvf"), False, False, True, False),
        (VfWant(FIRST, "vfio-pci"), False, True, True, False),
        (VfWant({"vlan": 5}, "igbvf"), False, True, True, False),
    ],
)
def test_vfs_that_would_ask_in_vain(
    host: FakeHost, vf: VfWant, autoprobe: bool, persistent: bool, up: bool, warned: bool
) -> None:
    admin_state.set_up(host, "enp1s0", up)
    said = plan(host, want(2, autoprobe, vfs={1: vf}, persistent=persistent)).warnings
    assert (f"igbvf makes up a MAC address for VF 1 of {PF} (enp1s0) where it starts while" in str(said)) == warned


def test_a_pf_without_interface_cannot_be_up(host: FakeHost) -> None:
    driver.unbind(host, PF)
    assert "has no network interface that could be set up." in refused(host, want(0, pf=PF, up=True))


def test_a_pf_on_vfio_pci_has_vfs_at_boot(host: FakeHost) -> None:
    on_vfio(host, "Y")
    done = steps(host, want(2, pf=PF, vfs={0: VfWant(driver="vfio-pci")}))
    assert 'DRIVER=="vfio-pci", ATTR{sriov_drivers_autoprobe}' in (host.read(sriov_rules.PATH) or "")
    said = " ".join(done.warnings)
    assert "enable_sriov of vfio-pci is not set for the next boot" in said
    assert "will not be on vfio-pci" in said
    assert "go when the PF is taken from vfio-pci" in said


def test_a_pf_on_vfio_pci_that_is_kept_there(host: FakeHost) -> None:
    on_vfio(host, "Y")
    host.tree.write("/etc/modprobe.d/x.conf", "options vfio-pci enable_sriov=1\n")
    rule = bind_rules.BindRule(PF, "8086", "10c9", "vfio-pci")
    host.tree.write(bind_rules.BIND_PATH, bind_rules.render_bind([rule]) or "")
    done = steps(host, want(2, pf=PF))
    assert len(done.warnings) == 1


def test_another_tool_is_named_and_not_fought(host: FakeHost) -> None:
    host.tree.write(
        "/etc/systemd/network/10-x.link", "[Match]\nOriginalName=enp1s0\n[Link]\nSR-IOVVirtualFunctions=2\n"
    )
    said = refused(host, want(2))
    assert f"The VFs of {PF} (enp1s0) belong to systemd (/etc/systemd/network/10-x.link)." in said
    assert "Take the setting out there" in said
    steps(host, want(2, pf="enp2s0"))


RATE = {0: VfWant({"max_tx_rate": 500})}


def test_a_rate_on_a_pf_that_is_down_is_refused_before_anything_is_made(host: FakeHost) -> None:
    admin_state.set_up(host, "enp1s0", False)
    said = refused(host, want(2, False, vfs=RATE))
    assert f"{PF} (enp1s0) is down, and igb takes max_tx_rate only with a link." in said
    assert "Set up: true for this PF, or leave max_tx_rate out." in said
    assert plan(host, want(2, False, vfs={0: VfWant({"vlan": 5})})).steps
    steps(host, want(2, False, up=True, vfs=RATE))


def test_a_rate_on_a_pf_without_carrier_is_refused_before_anything_is_made(host: FakeHost) -> None:
    host.tree.write(f"{host.tree.real('/sys/class/net/enp1s0')}/carrier", "0\n")
    said = refused(host, want(2, False, vfs=RATE))
    assert f"{PF} (enp1s0) has no link, and igb takes max_tx_rate only with a link." in said
    assert "Connect the PF, or leave max_tx_rate out." in said


def test_a_rate_of_a_driver_that_may_need_a_link_is_warned_of(host: FakeHost) -> None:
    admin_state.set_up(host, "enp1s0", False)
    host.tree.remove(f"{host.pci.functions[PF].path}/driver")
    host.tree.link(f"{host.pci.functions[PF].path}/driver", "/sys/bus/pci/drivers/newnic")
    assert plan(host, want(2, False, vfs=RATE)).warnings == (
        f"{PF} (enp1s0) has no link now, and many drivers take max_tx_rate only with one.",
    )
    assert plan(host, want(2, False)).warnings == ()


def test_another_tool_that_gives_the_same_number_is_warned_of_and_another_number_refused(host: FakeHost) -> None:
    host.tree.write("/etc/sysfs.conf", "class/net/enp1s0/device/sriov_numvfs = 2\n")
    said = refused(host, want(3))
    assert f"The VFs of {PF} (enp1s0) belong to sysfsutils (/etc/sysfs.conf), which gives 2." in said
    assert "Take the setting out there" in said
    done = steps(host, want(2))
    assert done.warnings == (f"sysfsutils (/etc/sysfs.conf) sets VFs of {PF} (enp1s0) too.",)


def test_what_may_set_the_vfs_is_said(host: FakeHost) -> None:
    host.tree.write("/etc/rc.local", "#!/bin/sh\necho 4 > /sys/class/net/$1/device/sriov_numvfs\n")
    assert steps(host, want(2)).warnings == (f"rc.local (/etc/rc.local) may set VFs of {PF} (enp1s0) too.",)
