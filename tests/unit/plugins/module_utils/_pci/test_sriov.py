# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver, sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.sriov import PfWant, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import record, udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.record import Vfs
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing, four_steps, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NUMVFS = f"{DEVICES}/{PF}/sriov_numvfs"
AUTOPROBE = f"{DEVICES}/{PF}/sriov_drivers_autoprobe"


def want(number: int, autoprobe: bool | None = None, pf: str = "enp1s0", **more: Any) -> Want:
    return Want((PfWant(pf, number, autoprobe),), **more)


def plan(host: FakeHost, wanted: Want) -> Plan:
    return sriov.plan(sriov.read(host), wanted)


def steps(host: FakeHost, wanted: Want) -> Plan:
    return four_steps(
        host,
        lambda: sriov.read(host),
        lambda have: sriov.plan(have, wanted),
        lambda have: sriov.describe(have, wanted),
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
        "vfs": list(VFS),
        "persistent_num_vfs": 3,
    }
    assert done.after == {"pfs": [expected]}
    assert device.driver_of(host, VFS[0]) == ("igbvf" if autoprobe else None)
    assert record.parse(host.read(record.PATH))[PF].vfs == Vfs(0, True)
    assert udev.parse_sriov(host.read(udev.SRIOV_PATH))[PF].num_vfs == 3


def test_autoprobe_is_set_before_the_number(host: FakeHost) -> None:
    done = steps(host, want(2, False))
    assert [step.action for step in done.steps] == [
        f"Wrote {record.PATH}",
        f"Turned drivers_autoprobe of {PF} (enp1s0) off",
        f"Set the number of VFs of {PF} (enp1s0) to 2 (was 0)",
        f"Wrote {udev.SRIOV_PATH}",
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
    assert host.read(udev.SRIOV_PATH) is None
    assert record.parse(host.read(record.PATH))[PF].vfs == Vfs(0, True), "the first state is kept"


def test_only_the_rule_is_missing(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    assert [step.action for step in steps(host, want(2)).steps] == [f"Wrote {udev.SRIOV_PATH}"]


def test_a_rule_is_taken_back_and_others_stay(host: FakeHost) -> None:
    apply(host, plan(host, Want((PfWant(PF, 2, None), PfWant(OTHER, 1, None)))))
    done = steps(host, want(2, persistent=False))
    assert [step.action for step in done.steps] == [f"Changed {udev.SRIOV_PATH}"]
    assert list(udev.parse_sriov(host.read(udev.SRIOV_PATH))) == [OTHER]


def test_a_pf_on_vfio_pci(host: FakeHost) -> None:
    on_vfio(host, "Y")
    steps(host, want(2, pf=PF, persistent=False))
    assert device.driver_of(host, VFS[0]) == "vfio-pci"


def test_a_number_is_changed_by_way_of_none_when_that_is_allowed(host: FakeHost) -> None:
    apply(host, plan(host, want(3)))
    host.writes.clear()
    steps(host, want(1, allow_recreate=True))
    assert host.writes == [(NUMVFS, "0"), (NUMVFS, "1")]


# refusing


@pytest.mark.parametrize("number", [8, 99, -1])
def test_a_number_beyond_the_capability(host: FakeHost, number: int) -> None:
    said = refused(host, want(number))
    assert f"{PF} (enp1s0) cannot have {number} VFs: sriov_totalvfs is 7." in said
    assert "Ask for 0 to 7 VFs." in said


def test_a_change_of_number_loses_all_vfs(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    said = refused(host, want(3))
    assert f"has 2 VFs ({VFS[0]}, {VFS[1]}); to get 3, all of them would be removed" in said
    assert "Set allow_recreate to accept that" in said


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


def test_a_pf_on_vfio_pci_cannot_be_persistent(host: FakeHost) -> None:
    on_vfio(host, "Y")
    said = refused(host, want(2, pf=PF))
    assert "no network interface announces at boot that its VFs can be made" in said
    assert "Set persistent to false for this PF." in said


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
        (errno.ENOENT, "No such file or directory", "Bind the PF to its native driver first"),
        (errno.EBUSY, "Device or resource busy", "Set the number of VFs to 0 first"),
        (errno.ENOMEM, "Cannot allocate memory", "Enable SR-IOV and Above 4G Decoding"),
        (errno.ENOSPC, "No space left on device", "Ask for fewer VFs"),
        (errno.EIO, "Input/output error", "Update the card's firmware"),
        (errno.EPERM, "Operation not permitted", "Look into the kernel log"),
    ],
)
def test_each_errno_has_its_remedy_and_nothing_stays(host: FakeHost, answer: int, cause: str, remedy: str) -> None:
    todo = plan(host, want(2, False))
    host.refuse("sriov_numvfs", answer)
    error = failing(host, todo)
    assert f"{PF} did not get 2 VFs. Writing '2' to {NUMVFS} failed: {cause}." in error.message
    assert remedy in error.remedy[0]
    assert sriov.describe(sriov.read(host), want(2))["pfs"][0] == {
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


@pytest.mark.parametrize("short", [1, 2])
def test_fewer_vfs_than_asked_are_a_failure(host: FakeHost, short: int) -> None:
    host.pci.drivers["igb"].fewer_vfs = short
    error = failing(host, plan(host, want(2)))
    assert f"{PF} was to have 2 VFs, but its driver made {2 - short}." in error.message
    assert f"Ask for {2 - short} VFs, or look into the kernel log" in error.remedy[0]
    assert host.attr(NUMVFS) == "0"
    assert host.read(udev.SRIOV_PATH) is None


def test_the_old_number_comes_back(host: FakeHost) -> None:
    apply(host, plan(host, want(3)))
    todo = plan(host, want(5, allow_recreate=True))
    host.refuse("sriov_numvfs", errno.ENOMEM, value="5")
    failing(host, todo)
    assert host.attr(NUMVFS) == "3"


def test_a_number_that_is_right_already_is_not_written(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    host.writes.clear()
    sriov.set_num_vfs(host, PF, 2)
    assert host.writes == []


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
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_request_ends_in_a_plan_or_an_error(host: FakeHost, pf: str, number: int, text: str) -> None:
    host.tree.write(udev.SRIOV_PATH, text)
    planned = attempt(lambda: plan(host, want(number, pf=pf)))
    assert planned.remedy if isinstance(planned, HostError) else planned.after["pfs"]
