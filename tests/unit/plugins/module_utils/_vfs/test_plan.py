# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import admin_state, vf_admin
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Vfs
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules, sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as vf_state
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import plan as vfs
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, VfWant, Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing, four_steps, told
from hypothesis import given, settings
from hypothesis import strategies as st

NUMVFS = f"{DEVICES}/{PF}/sriov_numvfs"
AUTOPROBE = f"{DEVICES}/{PF}/sriov_drivers_autoprobe"


def want(
    number: int | None,
    autoprobe: bool | None = None,
    pf: str = "enp1s0",
    vfs: dict[int, VfWant] | None = None,
    mode: str | None = None,
    up: bool = False,
    **more: Any,
) -> Want:
    return Want((PfWant(pf, number, autoprobe, mode, up, vfs or {}),), **more)


def plan(host: FakeHost, wanted: Want) -> Plan:
    return vfs.plan(vf_state.read(host, wanted), wanted)


def steps(host: FakeHost, wanted: Want) -> Plan:
    return four_steps(
        host,
        lambda: vf_state.read(host, wanted),
        lambda have: vfs.plan(have, wanted),
        lambda have: vfs.describe(have, wanted),
    )


def refused(host: FakeHost, wanted: Want) -> str:
    """Return what the plan says that must not be carried out; nothing may have been written."""
    host.writes.clear()
    with pytest.raises(HostError) as caught:
        plan(host, wanted)
    assert caught.value.remedy
    assert host.writes == []
    return told(caught.value)


def on_vfio(host: FakeHost, enable_sriov: str = "N") -> None:
    host.modules.load("vfio_pci", enable_sriov=enable_sriov)
    driver.move(host, PF, "vfio-pci")


# making VFs


@pytest.mark.parametrize("autoprobe", [True, False])
def test_vfs_are_made(host: FakeHost, autoprobe: bool) -> None:
    done = steps(host, want(3, autoprobe))
    expected = {
        "address": PF,
        "num_vfs": 3,
        "drivers_autoprobe": autoprobe,
        "vfs": [{"vf": index, "address": vf} for index, vf in enumerate(VFS)],
        "persistent_num_vfs": 3,
    }
    assert done.after == {"pfs": [expected]}
    assert device.driver_of(host, VFS[0]) == ("igbvf" if autoprobe else None)
    assert record.parse(host.read(record.PATH))[PF].vfs == Vfs(0, True)
    assert sriov_rules.parse(host.read(sriov_rules.PATH))[PF].num_vfs == 3


def test_autoprobe_is_set_before_the_number(host: FakeHost) -> None:
    done = steps(host, want(2, False))
    assert [step.action for step in done.steps] == [
        f"Wrote {record.PATH}",
        f"Turned drivers_autoprobe of {PF} (enp1s0) off",
        f"Set the number of VFs of {PF} (enp1s0) to 2 (was 0)",
        f"Wrote {sriov_rules.PATH}",
    ]
    assert host.writes == [(AUTOPROBE, "0"), (NUMVFS, "2")]


def test_several_pfs_at_once(host: FakeHost) -> None:
    wanted = Want((PfWant("enp1s0", 2, False), PfWant(OTHER, 1, None)))
    assert [pf["num_vfs"] for pf in steps(host, wanted).after["pfs"]] == [2, 1]


def test_autoprobe_stays_when_nothing_is_said(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False)))
    assert steps(host, want(0)).after["pfs"][0]["drivers_autoprobe"] is False


def test_vfs_are_taken_away(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    done = steps(host, want(0))
    assert done.after["pfs"][0]["vfs"] == []
    assert host.read(sriov_rules.PATH) is None
    assert record.parse(host.read(record.PATH))[PF].vfs == Vfs(0, True), "the first state is kept"


def test_only_the_rule_is_missing(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    assert [step.action for step in steps(host, want(2)).steps] == [f"Wrote {sriov_rules.PATH}"]


def test_a_rule_is_taken_back_and_others_stay(host: FakeHost) -> None:
    apply(host, plan(host, Want((PfWant(PF, 2, None), PfWant(OTHER, 1, None)))))
    done = steps(host, want(2, persistent=False))
    assert [step.action for step in done.steps] == [f"Changed {sriov_rules.PATH}"]
    assert list(sriov_rules.parse(host.read(sriov_rules.PATH))) == [OTHER]


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
    ("wanted", "read"),
    [
        (want(3), set()),
        (want(3, vfs={1: VfWant({"trust": True})}), {VFS[1]}),
        (want(0), set(VFS)),
        (want(5), set(VFS)),
    ],
)
def test_vfs_that_nothing_is_done_with_are_not_read(host: FakeHost, wanted: Want, read: set[str]) -> None:
    host.write_attr(NUMVFS, "3")
    assert set(VFS) & set(vf_state.read(host, wanted).devices) == read


# refusing


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


def test_a_device_without_sriov(host: FakeHost) -> None:
    said = refused(host, want(1, pf="enp0s2"))
    assert f"{MANAGEMENT} (enp0s2) can have no VFs" in said
    assert "Name a PF that offers SR-IOV" in said


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


def test_a_pf_named_twice(host: FakeHost) -> None:
    said = refused(host, Want((PfWant(PF, 1, None), PfWant("enp1s0", 1, None))))
    assert f"{PF} (enp1s0) is named twice." in said
    assert "Name each PF once." in said


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


def test_all_reasons_are_told_at_once(host: FakeHost) -> None:
    said = refused(host, Want((PfWant(PF, 9, None), PfWant(OTHER, 99, None))))
    assert f"{PF} (enp1s0) cannot have 9 VFs" in said
    assert f"{OTHER} (enp2s0) cannot have 99 VFs" in said
    assert "Nothing was changed." in said


# failing


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
    assert vfs.describe(vf_state.read(host, want(2)), want(2))["pfs"][0] == {
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
    assert f"{PF} was to have 2 VFs, but its driver made {2 - short}." in error.message
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


@pytest.mark.parametrize("place", ["/var", "/etc"])
def test_a_full_file_system_undoes_all(host: FakeHost, place: str) -> None:
    todo = plan(host, want(2, False))
    host.full.append(place)
    error = failing(host, todo)
    assert "No space left on device." in error.message
    assert "with space left on it" in error.remedy[0]
    assert (host.attr(NUMVFS), host.attr(AUTOPROBE)) == ("0", "1")


@given(pf=st.one_of(st.text(), st.sampled_from([PF, "enp2s0"])), number=st.integers(), text=st.text())
@settings(max_examples=40)
def test_any_request_ends_in_a_plan_or_an_error(host: FakeHost, pf: str, number: int, text: str) -> None:
    host.tree.write(sriov_rules.PATH, text)
    planned = attempt(lambda: plan(host, want(number, pf=pf)))
    assert planned.remedy if isinstance(planned, HostError) else planned.after["pfs"]


# setting VFs up

FIRST = {"mac": "02:00:00:00:10:00", "vlan": 100, "qos": 3, "trust": True, "spoof_check": False}
SECOND = {"mac": "02:00:00:00:10:01", "max_tx_rate": 500, "link_state": "enable"}


def told_of(host: FakeHost) -> dict[int, dict[str, Any]]:
    return vf_admin.read(host)["enp1s0"]


def test_vfs_are_set_up(host: FakeHost) -> None:
    done = steps(host, want(2, False, vfs={0: VfWant(FIRST), 1: VfWant(SECOND)}))
    assert done.after["pfs"][0]["vfs"][0] == {"vf": 0, "address": VFS[0], **FIRST}
    assert told_of(host)[1]["max_tx_rate"] == 500
    assert [step.action for step in done.steps][-2] == (
        f"Set up VFs of {PF} (enp1s0): VF 0 mac 02:00:00:00:10:00 vlan 100 qos 3 trust on spoofchk off; "
        "VF 1 mac 02:00:00:00:10:01 max_tx_rate 500 state enable"
    )


@pytest.mark.parametrize(
    ("by_hand", "mended"),
    [
        ({"vlan": "7", "qos": "0"}, "VF 0 vlan 100 qos 3"),
        ({"qos": "1"}, "VF 0 vlan 100 qos 3"),
        ({"trust": "off"}, "VF 0 trust on"),
        ({"spoofchk": "on"}, "VF 0 spoofchk off"),
    ],
)
def test_what_was_changed_by_hand_is_mended_alone(host: FakeHost, by_hand: dict[str, str], mended: str) -> None:
    wanted = want(2, False, vfs={0: VfWant(FIRST), 1: VfWant(SECOND)})
    apply(host, plan(host, wanted))
    host.pci.functions[VFS[0]].settings.update(by_hand)
    host.commands.clear()
    assert [step.action for step in steps(host, wanted).steps] == [f"Set up VFs of {PF} (enp1s0): {mended}"]
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
    assert told_of(host)[0].items() >= settings.items()
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


def test_all_is_put_back_on_vfs_made_anew(host: FakeHost) -> None:
    wants = {0: VfWant(FIRST, "vfio-pci"), 1: VfWant(SECOND, "igbvf")}
    apply(host, plan(host, want(2, False, vfs=wants)))
    done = steps(host, want(5, allow_recreate=True))
    assert [device.driver_of(host, vf) for vf in VFS] == ["vfio-pci", "igbvf", None]
    assert {key: told_of(host)[0][key] for key in FIRST} == FIRST
    assert {key: told_of(host)[1][key] for key in SECOND} == SECOND
    assert f"Put VF 0 of {PF} (enp1s0) back on vfio-pci" in [step.action for step in done.steps]


def test_what_is_wanted_goes_before_what_was_there(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False, vfs={0: VfWant(FIRST, "vfio-pci")})))
    steps(host, want(3, False, vfs={0: VfWant({"vlan": 5}, "igbvf")}, allow_recreate=True))
    assert told_of(host)[0]["vlan"] == 5
    assert told_of(host)[0]["mac"] == FIRST["mac"]
    assert device.driver_of(host, VFS[0]) == "igbvf"


def test_the_old_vfs_come_back_with_all_they_had(host: FakeHost) -> None:
    apply(host, plan(host, want(2, False, vfs={0: VfWant(FIRST, "vfio-pci"), 1: VfWant(SECOND)})))
    before = (told_of(host), device.driver_of(host, VFS[0]), device.override_of(host, VFS[0]))
    todo = plan(host, want(5, True, allow_recreate=True))
    host.refuse("sriov_numvfs", errno.ENOMEM, value="5")
    error = failing(host, todo)
    assert "pci=realloc" in told(error)
    assert (told_of(host), device.driver_of(host, VFS[0]), device.override_of(host, VFS[0])) == before
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
    assert told_of(host)[0]["vlan"] == 5


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
    assert f"VF 0 of {PF} (enp1s0) is to be on igbvf, but dpdk_bind keeps {VFS[0]} on vfio-pci." in said


def test_a_vf_in_use_keeps_its_driver(host: FakeHost) -> None:
    apply(host, plan(host, want(2, True)))
    host.network.address("enp1s0v0", "198.51.100.1/24")
    said = refused(host, want(2, vfs={0: VfWant(driver="vfio-pci")}))
    assert "is in use" in said


def test_a_changed_address_waits_for_the_driver(host: FakeHost) -> None:
    apply(host, plan(host, want(2, True)))
    done = steps(host, want(2, up=True, vfs={0: VfWant({"mac": FIRST["mac"]})}))
    assert done.warnings == (f"VF 0 of {PF} (enp1s0) keeps its old MAC address until igbvf takes it anew.",)


# the eswitch


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


def test_a_card_without_eswitch(host: FakeHost) -> None:
    steps(host, want(2, mode="legacy"))
    said = refused(host, want(2, mode="switchdev"))
    assert f"devlink offers no eswitch mode for {PF} (enp1s0), so it cannot be switchdev." in said


# a PF that is to be up


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


# a PF on vfio-pci


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


# other tools


def test_another_tool_is_named_and_not_fought(host: FakeHost) -> None:
    host.tree.write(
        "/etc/systemd/network/10-x.link", "[Match]\nOriginalName=enp1s0\n[Link]\nSR-IOVVirtualFunctions=2\n"
    )
    said = refused(host, want(2))
    assert f"The VFs of {PF} (enp1s0) belong to systemd (/etc/systemd/network/10-x.link)." in said
    assert "Take the setting out there" in said
    steps(host, want(2, pf="enp2s0"))


def test_another_tool_that_agrees_is_told(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    host.tree.write(
        "/etc/systemd/network/10-x.link", "[Match]\nOriginalName=enp1s0\n[Link]\nSR-IOVVirtualFunctions=2\n"
    )
    done = plan(host, want(2))
    assert done.steps == ()
    assert done.warnings == (f"systemd (/etc/systemd/network/10-x.link) sets VFs of {PF} (enp1s0) too.",)


# giving back


def test_restored_brings_the_first_number_back(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "3")
    apply(host, plan(host, want(5, False, allow_recreate=True)))
    back = Want((PfWant(PF, None, None),), restored=True)
    assert "Set allow_recreate" in refused(host, back)
    steps(host, Want((PfWant(PF, None, None),), restored=True, allow_recreate=True))
    assert (host.attr(NUMVFS), host.attr(AUTOPROBE)) == ("3", "1")
    assert host.read(record.PATH) is None
    assert host.read(sriov_rules.PATH) is None


def test_restored_brings_the_first_eswitch_mode_back(host: FakeHost) -> None:
    host.pci.functions[PF].eswitch = "legacy"
    apply(host, plan(host, want(2, False)))
    apply(host, plan(host, want(2, mode="switchdev", allow_recreate=True)))
    done = steps(host, Want((PfWant(PF, None, None),), restored=True))
    assert done.after["pfs"][0]["eswitch_mode"] == "legacy"
    assert host.pci.functions[PF].eswitch == "legacy"
    assert host.read(record.PATH) is None


def test_restored_keeps_what_dpdk_bind_knows(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    known = record.parse(host.read(record.PATH))
    binding = record.Binding("igb", None)
    host.tree.write(record.PATH, record.render({PF: replace(known[PF], binding=binding)}))
    steps(host, Want((PfWant(PF, None, None),), restored=True))
    assert record.parse(host.read(record.PATH))[PF].binding == binding
