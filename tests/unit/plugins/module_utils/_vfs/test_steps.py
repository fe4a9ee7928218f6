# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import admin_state, carrier, vf_admin, vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import plan as _plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, VfWant, Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, told
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vfs import (
    AUTOPROBE,
    FIRST,
    NUMVFS,
    SECOND,
    on_vfio,
    plan,
    refused,
    settings_of,
    steps,
    want,
)


def test_autoprobe_is_set_before_the_number(host: FakeHost) -> None:
    done = steps(host, want(2, False))
    assert [step.action for step in done.steps] == [
        f"Wrote {record.PATH}",
        f"Turned drivers_autoprobe of {PF} (enp1s0) off",
        f"Set the number of VFs of {PF} (enp1s0) to 2 (was 0)",
        f"Wrote {sriov_rules.PATH}",
    ]
    assert host.writes == [(AUTOPROBE, "0"), (NUMVFS, "2")]


def test_a_pf_on_vfio_pci(host: FakeHost) -> None:
    on_vfio(host, "Y")
    steps(host, want(2, pf=PF, persistent=False))
    assert device.driver_of(host, VFS[0]) == "vfio-pci"


def test_a_number_is_changed_by_way_of_none_when_that_is_allowed(host: FakeHost) -> None:
    apply(host, plan(host, want(3)))
    host.writes.clear()
    steps(host, want(1, allow_recreate=True))
    assert host.writes == [(NUMVFS, "0"), (NUMVFS, "1")]


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (errno.ERANGE, "Numerical result out of range", "Ask for no more VFs than sriov_totalvfs says"),
        (errno.ENOENT, "No such file or directory", "Bind the PF to a driver that can make VFs"),
        (errno.EBUSY, "Device or resource busy", "Set the number of VFs to 0 first"),
        (errno.ENOMEM, "Cannot allocate memory", "Enable SR-IOV and Above 4G Decoding"),
        (errno.ENOSPC, "No space left on device", "Ask for fewer VFs"),
        (errno.EIO, "Input/output error", "Update the card's firmware"),
        (errno.EPERM, "Operation not permitted", "assigned to virtual machines"),
    ],
)
def test_each_errno_has_its_remedy_and_nothing_stays(host: FakeHost, answer: int, cause: str, remedy: str) -> None:
    todo = plan(host, want(2, False))
    host.refuse("sriov_numvfs", answer)
    error = failing(host, todo)
    assert f"{PF} did not get 2 VFs. Writing '2' to {NUMVFS} failed: {cause}." in error.message
    assert remedy in error.remedy[0]
    assert _plan.describe(_have.read(host, want(2)), want(2))["pfs"][0] == {
        "address": PF,
        "num_vfs": 0,
        "drivers_autoprobe": True,
        "vfs": [],
        "persistent_num_vfs": None,
    }


def test_a_write_that_hangs_says_so(host: FakeHost) -> None:
    todo = plan(host, want(2))
    host.hang("sriov_numvfs")
    error = failing(host, todo)
    assert "did not finish writing '2'" in error.message
    assert any("end that process" in each for each in error.remedy)


def test_a_removal_that_hangs_does_not_keep_the_module(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    todo = plan(host, want(0))
    host.hang("sriov_numvfs")
    host.hang("sriov_numvfs")
    error = failing(host, todo)
    assert "did not finish writing '0'" in error.message
    assert "Bringing back the state before failed too: " in error.message
    assert plan(host, want(2)).steps == (), "a PF whose attribute is stuck can still be looked at"


@pytest.mark.parametrize("short", [1, 2])
def test_fewer_vfs_than_asked_are_a_failure(host: FakeHost, short: int) -> None:
    host.pci.drivers["igb"].fewer_vfs = short
    error = failing(host, plan(host, want(2)))
    assert f"{PF} should have 2 VFs, but its driver made {2 - short}." in error.message
    assert f"Ask for {2 - short} VFs, or look into the kernel log" in error.remedy[0]
    assert host.attr(NUMVFS) == "0"
    assert host.read(sriov_rules.PATH) is None


def test_the_old_number_comes_back(host: FakeHost) -> None:
    apply(host, plan(host, want(3)))
    todo = plan(host, want(5, allow_recreate=True))
    host.refuse("sriov_numvfs", errno.ENOMEM, value="5")
    failing(host, todo)
    assert host.attr(NUMVFS) == "3"


@pytest.mark.parametrize("fault", ["lie", "refuse"])
def test_autoprobe_that_cannot_be_set(host: FakeHost, fault: str) -> None:
    todo = plan(host, want(2, False))
    if fault == "lie":
        host.lie("sriov_drivers_autoprobe")
    else:
        host.refuse("sriov_drivers_autoprobe", errno.EPERM)
    error = failing(host, todo)
    assert AUTOPROBE in error.message
    assert error.remedy
    assert host.attr(AUTOPROBE) == "1"


def test_vfs_are_set_up(host: FakeHost) -> None:
    done = steps(host, want(2, False, vfs={0: VfWant(FIRST), 1: VfWant(SECOND)}))
    assert done.after["pfs"][0]["vfs"][0] == {"vf": 0, "address": VFS[0], **FIRST}
    assert settings_of(host)[1]["max_tx_rate"] == 500
    assert [step.action for step in done.steps][-2] == (
        f"Set up VFs of {PF} (enp1s0): VF 0 mac 02:00:00:00:10:00 vlan 100 qos 3 trust on spoofchk off; "
        "VF 1 mac 02:00:00:00:10:01 max_tx_rate 500 state enable"
    )


@pytest.mark.parametrize(
    ("by_hand", "fixed"),
    [
        ({"vlan": "7", "qos": "0"}, "VF 0 vlan 100 qos 3"),
        ({"qos": "1"}, "VF 0 vlan 100 qos 3"),
        ({"trust": "off"}, "VF 0 trust on"),
        ({"spoofchk": "on"}, "VF 0 spoofchk off"),
    ],
)
def test_what_was_changed_by_hand_is_fixed_alone(host: FakeHost, by_hand: dict[str, str], fixed: str) -> None:
    wanted = want(2, False, vfs={0: VfWant(FIRST), 1: VfWant(SECOND)})
    apply(host, plan(host, wanted))
    host.pci.functions[VFS[0]].settings.update(by_hand)
    host.commands.clear()
    assert [step.action for step in steps(host, wanted).steps] == [f"Set up VFs of {PF} (enp1s0): {fixed}"]
    assert len([words for words in host.commands if "set" in words]) == 1


def test_what_is_not_named_is_left_alone(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False, vfs={0: VfWant(FIRST)})))
    host.pci.functions[VFS[1]].settings["trust"] = "on"
    assert plan(host, want(2, False, vfs={0: VfWant(FIRST)})).steps == ()


def test_native_drivers_wait_for_the_address(host: FakeHost) -> None:
    done = steps(host, want(2, True, vfs={0: VfWant(FIRST)}))
    assert [step.action.split(" of ")[0].split(":")[0] for step in done.steps][1:5] == [
        "Turned drivers_autoprobe",
        "Set the number",
        "Set up VFs",
        "Turned drivers_autoprobe",
    ]
    assert [device.driver_of(host, vf) for vf in VFS[:2]] == ["igbvf", "igbvf"]
    assert host.attr(AUTOPROBE) == "1"


def autoprobe_and_number(host: FakeHost) -> list[tuple[str, str]]:
    return [each for each in host.writes if each[0] in (NUMVFS, AUTOPROBE)]


@pytest.mark.parametrize("vf", [VfWant({"vlan": 5}), VfWant({"trust": True}), VfWant(driver="vfio-pci")])
def test_native_drivers_wait_for_all_that_is_named(host: FakeHost, vf: VfWant) -> None:
    steps(host, want(2, True, vfs={0: vf}))
    assert autoprobe_and_number(host) == [(AUTOPROBE, "0"), (NUMVFS, "2"), (AUTOPROBE, "1")]


@pytest.mark.parametrize(("settings", "waits"), [({"vlan": 5}, True), ({"spoof_check": False}, False)])
def test_native_drivers_wait_for_what_is_put_back(host: FakeHost, settings: dict[str, Any], waits: bool) -> None:
    apply(host, plan(host, want(2, True, vfs={0: VfWant(settings)})))
    host.writes.clear()
    steps(host, want(3, allow_recreate=True))
    assert settings_of(host)[0].items() >= settings.items()
    number = [(NUMVFS, "0"), (NUMVFS, "3")]
    held = [number[0], (AUTOPROBE, "0"), number[1], (AUTOPROBE, "1")]
    assert autoprobe_and_number(host) == (held if waits else number)


def test_vfs_get_their_drivers(host: FakeHost) -> None:
    wanted = want(3, False, vfs={0: VfWant(driver="vfio-pci"), 1: VfWant(FIRST, "igbvf")})
    done = steps(host, wanted)
    assert [device.driver_of(host, vf) for vf in VFS] == ["vfio-pci", "igbvf", None]
    assert "Loaded the module vfio_pci" in [step.action for step in done.steps]
    driver.unbind(host, VFS[0])
    again = steps(host, wanted)
    assert [step.action for step in again.steps] == [f"Bound VF 0 of {PF} (enp1s0) to vfio-pci (was without driver)"]


def test_all_is_put_back_on_vfs_that_are_made_again(host: FakeHost) -> None:
    wants = {0: VfWant(FIRST, "vfio-pci"), 1: VfWant(SECOND, "igbvf")}
    apply(host, plan(host, want(2, False, vfs=wants)))
    done = steps(host, want(5, allow_recreate=True))
    assert [device.driver_of(host, vf) for vf in VFS] == ["vfio-pci", "igbvf", None]
    assert {key: settings_of(host)[0][key] for key in FIRST} == FIRST
    assert {key: settings_of(host)[1][key] for key in SECOND} == SECOND
    assert f"Put VF 0 of {PF} (enp1s0) back on vfio-pci" in [step.action for step in done.steps]


def test_what_is_wanted_goes_before_what_was_there(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False, vfs={0: VfWant(FIRST, "vfio-pci")})))
    steps(host, want(3, False, vfs={0: VfWant({"vlan": 5}, "igbvf")}, allow_recreate=True))
    assert settings_of(host)[0]["vlan"] == 5
    assert settings_of(host)[0]["mac"] == FIRST["mac"]
    assert device.driver_of(host, VFS[0]) == "igbvf"


def test_the_old_vfs_come_back_with_all_they_had(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False, vfs={0: VfWant(FIRST, "vfio-pci"), 1: VfWant(SECOND)})))
    before = (settings_of(host), device.driver_of(host, VFS[0]), device.override_of(host, VFS[0]))
    todo = plan(host, want(5, True, allow_recreate=True))
    host.refuse("sriov_numvfs", errno.ENOMEM, value="5")
    error = failing(host, todo)
    assert "pci=realloc" in told(error)
    assert (settings_of(host), device.driver_of(host, VFS[0]), device.override_of(host, VFS[0])) == before
    assert (host.attr(NUMVFS), host.attr(AUTOPROBE)) == ("2", "0")


def test_the_old_vfs_have_their_addresses_before_their_drivers(host: FakeHost) -> None:
    apply(host, plan(host, want(2, True, vfs={0: VfWant(FIRST)})))
    todo = plan(host, want(5, allow_recreate=True))
    host.refuse("sriov_numvfs", errno.ENOMEM, value="5")
    host.writes.clear()
    failing(host, todo)
    back = host.writes[host.writes.index((NUMVFS, "2")) - 1 :]
    assert [each for each in back if each[0] in (NUMVFS, AUTOPROBE)] == [
        (AUTOPROBE, "0"),
        (NUMVFS, "2"),
        (AUTOPROBE, "1"),
    ]
    assert [device.driver_of(host, vf) for vf in VFS[:2]] == ["igbvf", "igbvf"]


def test_native_drivers_do_not_take_the_old_vfs_that_have_their_own(host: FakeHost) -> None:
    apply(host, plan(host, want(2, True, vfs={0: VfWant(driver="vfio-pci")})))
    todo = plan(host, want(5, allow_recreate=True))
    host.refuse("sriov_numvfs", errno.ENOMEM, value="5")
    host.writes.clear()
    failing(host, todo)
    assert autoprobe_and_number(host)[-3:] == [(AUTOPROBE, "0"), (NUMVFS, "2"), (AUTOPROBE, "1")]
    assert [device.driver_of(host, vf) for vf in VFS[:2]] == ["vfio-pci", "igbvf"]


@pytest.mark.parametrize(
    ("refused_word", "answer", "remedy"),
    [
        ("state", "Operation not supported", "the driver of this PF does not offer it"),
        ("min_tx_rate", "Invalid argument", "some drivers have no minimum rate"),
        ("mac", "Operation not permitted", "become: true"),
        ("trust", "Something else", "Look into the kernel log"),
        ("vlan", "", "another tool that sets the VFs"),
    ],
)
def test_a_setting_that_is_refused_is_named(host: FakeHost, refused_word: str, answer: str, remedy: str) -> None:
    settings = {**FIRST, "min_tx_rate": 10, "link_state": "enable"}
    host.pci.drivers["igb"].refuses_settings = {refused_word: answer}
    error = failing(host, plan(host, want(2, False, vfs={1: VfWant(settings)})))
    assert f"{refused_word} " in error.message
    assert "VF 1 of enp1s0" in error.message
    assert remedy in told(error)
    assert host.attr(NUMVFS) == "0"


def test_old_settings_come_back_when_one_is_refused(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False, vfs={0: VfWant({"vlan": 5})})))
    host.pci.drivers["igb"].refuses_settings = {"state": "Operation not supported"}
    failing(host, plan(host, want(2, False, vfs={0: VfWant({"vlan": 9, "link_state": "enable"})})))
    assert settings_of(host)[0]["vlan"] == 5


def test_the_eswitch_is_switched_before_vfs_are_made(host: FakeHost) -> None:
    host.pci.functions[PF].eswitch = "legacy"
    done = steps(host, want(2, False, mode="switchdev"))
    assert [step.action for step in done.steps][1] == f"Set the eswitch of {PF} (enp1s0) to switchdev (was legacy)"
    assert done.after["pfs"][0]["eswitch_mode"] == "switchdev"
    assert "mode switchdev" in (host.read(sriov_rules.PATH) or "")


def test_the_eswitch_is_switched_while_there_are_no_vfs(host: FakeHost) -> None:
    host.pci.functions[PF].eswitch = "legacy"
    apply(host, plan(host, want(2, False)))
    assert "to make the eswitch switchdev, all of them would be removed" in refused(host, want(2, mode="switchdev"))
    steps(host, want(2, mode="switchdev", allow_recreate=True))
    assert host.attr(NUMVFS) == "2"


def test_a_pf_is_up_before_vfs_ask_it(host: FakeHost) -> None:
    admin_state.set_up(host, "enp1s0", False)
    done = steps(host, want(2, True, up=True, vfs={0: VfWant(FIRST)}))
    actions = [step.action.split(" of ")[0] for step in done.steps]
    assert actions.index(f"Set {PF} (enp1s0) up") < actions.index("Set the number")
    assert done.after["pfs"][0]["up"] is True
    assert sriov_rules.parse(host.read(sriov_rules.PATH))[PF].up
    assert done.warnings == ()


def test_a_pf_that_is_up_stays_so(host: FakeHost) -> None:
    done = steps(host, want(2, True, up=True))
    assert [step.action for step in done.steps if step.action.endswith(" up")] == []


def test_a_pf_that_was_down_goes_down_where_a_step_fails(host: FakeHost) -> None:
    admin_state.set_up(host, "enp1s0", False)
    todo = plan(host, want(2, up=True))
    host.refuse("sriov_numvfs", errno.ENOMEM)
    failing(host, todo)
    assert not admin_state.is_up(host, "enp1s0")


def test_the_settings_of_vfs_never_go_to_a_representor(host: FakeHost) -> None:
    host.network.appear("aaa0", "02:00:00:00:00:07", host.pci.functions[PF].path)
    host.network.detail("aaa0", phys_port_name="pf0vf0", phys_switch_id="525400000100")
    done = steps(host, want(2, False, vfs={0: VfWant({"vlan": 5})}))
    assert [step.action for step in done.steps][-2] == f"Set up VFs of {PF} (enp1s0): VF 0 vlan 5"
    assert settings_of(host)[0]["vlan"] == 5


RATES = {index: VfWant({"mac": f"02:00:00:00:10:0{index}", "max_tx_rate": 100 + index}) for index in range(3)}


def test_a_rate_waits_for_the_link_that_the_pf_lost_when_vfs_were_made(host: FakeHost) -> None:
    host.pci.drivers["igb"].resets_link = 3
    done = steps(host, want(3, False, vfs=RATES))
    assert [step.action for step in done.steps][-3] == (
        f"Waited for the link of {PF} (enp1s0), without which igb takes no max_tx_rate"
    )
    assert [settings_of(host)[index]["max_tx_rate"] for index in range(3)] == [100, 101, 102]


def test_a_driver_that_nobody_knows_of_is_asked_again_once_there_is_a_link(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vf_settings, "LINK_DRIVERS", ())
    host.pci.drivers["igb"].resets_link = 3
    done = steps(host, want(3, False, vfs=RATES))
    assert not [step for step in done.steps if "link" in step.action]
    assert [settings_of(host)[index]["max_tx_rate"] for index in range(3)] == [100, 101, 102]


def test_a_link_that_does_not_come_back_is_a_failure(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "SECONDS", 0.0)
    host.pci.drivers["igb"].resets_link = 10**6
    error = failing(host, plan(host, want(3, False, vfs=RATES)))
    assert f"{PF} (enp1s0) has had no link for 0 s, and igb takes max_tx_rate only with one." in error.message
    assert "Look at the cable" in error.remedy[0]
    assert host.attr(NUMVFS) == "0"


def test_many_vfs_are_set_by_two_runs_of_ip(host: FakeHost) -> None:
    todo = plan(host, want(3, False, vfs=RATES))
    host.commands.clear()
    apply(host, todo)
    assert [words[:2] for words in host.commands if "vf" in words or words[:3] == ("sh", "-c", vf_admin.BATCH)] == [
        ("sh", "-c"),
        ("sh", "-c"),
    ]


def test_the_vf_that_is_refused_is_found_among_many(host: FakeHost) -> None:
    host.pci.drivers["igb"].refuses_settings = {"trust": "Operation not supported"}
    vfs = {**{index: VfWant({"vlan": 5}) for index in range(7)}, 4: VfWant({"vlan": 7, "trust": True})}
    error = failing(host, plan(host, want(7, False, vfs=vfs)))
    assert "Setting trust on for VF 4 of enp1s0 failed" in error.message


def test_the_links_of_several_pfs_come_back_at_the_same_time(host: FakeHost) -> None:
    host.pci.drivers["igb"].resets_link = 3
    asked = Want(tuple(PfWant(pf, 1, False, vfs={0: VfWant({"max_tx_rate": 100})}) for pf in ("enp1s0", "enp2s0")))
    assert [step.action.split(" of ")[0] for step in steps(host, asked).steps][1:-1] == [
        *["Turned drivers_autoprobe", "Set the number"] * 2,
        *["Waited for the link", "Set up VFs"] * 2,
    ]
