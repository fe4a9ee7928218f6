# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dead man's switch: what nobody confirms is taken back by the host itself."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils import _confirm
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS, taken_back
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_bind, dpdk_info, sriov_vfs, vf_token
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _confirm as contact
from ansible_collections.dataplane.dpdk.tests.unit.fakes.cases import shown
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, machine
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

PLACE = JOURNALS[0]
VFS = {"pfs": [{"device": "enp1s0", "num_vfs": 2, "vfs": [{"vf": 0, "mac": "02:00:00:00:10:01"}]}]}
CASES: list[tuple[Any, dict[str, Any]]] = [
    (dpdk_bind.main, {"devices": [OTHER]}),
    (dpdk_bind.main, {"devices": [MANAGEMENT], "allow_management": True}),
    (sriov_vfs.main, VFS),
]


def prepared(host: FakeHost) -> FakeHost:
    for path in ("/run/systemd/system", "/var/lib", "/etc/udev/rules.d"):
        host.tree.mkdir(path)
    clock(host, 100)
    return host


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    """A host with systemd and a clock."""
    return prepared(machine(tmp_path / "host"))


def clock(host: FakeHost, seconds: float) -> None:
    host.tree.write("/proc/uptime", f"{seconds} 1.0\n")


def wait(host: FakeHost) -> list[float]:
    """Do what the timer starts; return how long it slept."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock(host, 1000)

    _confirm.take_back_unless_confirmed(host, PLACE, sleep)
    return slept


@pytest.mark.parametrize(("main", "args"), CASES)
def test_what_nobody_confirms_is_taken_back(tmp_path: Path, host: FakeHost, main: Any, args: dict[str, Any]) -> None:
    untouched = shown(prepared(machine(tmp_path / "untouched")))
    done = call(main, host, {**args, "confirm_within": 60})
    assert done["changed"], done
    assert done["confirm"] == {"within": 60, "place": PLACE}
    started = next(words for words in host.commands if words[0] == "systemd-run")
    assert started[1:5] == (f"--unit={_confirm.UNIT}", "--collect", "--on-active=60", "--timer-property=AccuracySec=1s")
    assert wait(host) == [60.0]
    host.tree.remove(taken_back(PLACE))
    left = {path for path, text in shown(host).items() if untouched.get(path) != text}
    left |= {path for path in untouched if path not in shown(host)}
    assert [
        each for each in left if not each.startswith(("/sys/module/", "/sys/bus/pci/drivers/", "/proc/uptime"))
    ] == []


def test_the_next_run_says_what_happened(host: FakeHost) -> None:
    call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": 60})
    wait(host)
    (told,) = call(vf_token.main, host, {"state": "absent"})["warnings"]
    assert "this host took back what dpdk_bind (process " in told
    assert "because nobody reached it within 60 s: " in told
    assert f"Bound {OTHER}" in told
    assert call(vf_token.main, host, {"state": "absent"})["warnings"] == []
    assert host.names("/var/lib") == []


def test_a_run_in_time_is_a_contact(host: FakeHost) -> None:
    call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": 60})
    clock(host, 150)
    assert call(dpdk_info.main, host, {})["warnings"] == [], "looking is none, and nothing was cut off"
    assert call(vf_token.main, host, {"state": "absent"})["warnings"] == []
    assert ("systemctl", "stop", f"{_confirm.UNIT}.timer", f"{_confirm.UNIT}.service") in host.commands
    clock(host, 1000)
    assert wait(host) == []
    assert host.link(f"/sys/bus/pci/devices/{OTHER}/driver") == "vfio-pci"
    assert not host.exists(PLACE)


@pytest.mark.parametrize("late", ["the time is over", "it was booted"])
def test_a_run_too_late_takes_it_back_first(host: FakeHost, late: str) -> None:
    call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": 60})
    if late == "it was booted":
        host.grub.boot()
    else:
        clock(host, 161)
    (told,) = call(vf_token.main, host, {"state": "absent"})["warnings"]
    assert f"Bound {OTHER}" in told
    assert host.link(f"/sys/bus/pci/devices/{OTHER}/driver") == "igb"


def test_a_run_that_is_killed_is_taken_back_by_the_timer(tmp_path: Path, host: FakeHost) -> None:
    args = {**VFS, "confirm_within": 60}
    whole = prepared(machine(tmp_path / "whole"))
    with whole.killing(0):
        call(sriov_vfs.main, whole, args)
    made = next(number for number, each in enumerate(whole.changes, 1) if each.startswith("write '2' to"))
    with host.killing(made + 1):
        call(sriov_vfs.main, host, args)
    assert host.exists(f"/sys/bus/pci/devices/{PF}/virtfn0")
    assert host.attr(f"/sys/bus/pci/devices/{PF}/sriov_drivers_autoprobe") == "0"
    assert wait(host) == []
    assert not host.exists(f"/sys/bus/pci/devices/{PF}/virtfn0")
    assert host.attr(f"/sys/bus/pci/devices/{PF}/sriov_drivers_autoprobe") == "1"


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"until": "soon"}', "\xff"])
def test_a_time_that_cannot_be_read_is_over(host: FakeHost, text: str) -> None:
    call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": 60})
    host.tree.write(f"{PLACE}/armed", text)
    assert wait(host) == []
    assert host.link(f"/sys/bus/pci/devices/{OTHER}/driver") == "igb"


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"undone": 3}', "\xff"])
def test_what_it_took_back_is_said_once_even_where_the_note_is_damaged(host: FakeHost, text: str) -> None:
    call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": 60})
    wait(host)
    host.tree.write(taken_back(PLACE), text)
    result = call(vf_token.main, host, {"state": "absent"})
    assert not result.get("failed"), result
    (told,) = result["warnings"]
    assert "this host took a change back, because nobody reached it in time" in told
    assert taken_back(PLACE) in told
    assert call(vf_token.main, host, {"state": "absent"})["warnings"] == []


def test_a_failure_leaves_no_timer(host: FakeHost) -> None:
    host.refuse("vfio-pci/bind", 22, times=9)
    failed = call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": 60})
    assert failed["failed"]
    assert "confirm" not in failed
    assert not host.exists(PLACE)
    assert host.commands[-1][:2] == ("systemctl", "stop")


def test_what_stays_of_a_failure_is_confirmed_too(host: FakeHost) -> None:
    host.refuse("vfio-pci/bind", 22, OTHER, times=9)
    args = {"devices": [PF, OTHER], "all_or_nothing": False, "confirm_within": 60}
    failed = call(dpdk_bind.main, host, args)
    assert (failed["failed"], failed["changed"]) == (True, True)
    assert failed["confirm"]["within"] == 60
    wait(host)
    assert host.link(f"/sys/bus/pci/devices/{PF}/driver") == "igb"


def test_no_change_arms_nothing(host: FakeHost) -> None:
    assert "confirm" not in call(dpdk_bind.main, host, {"devices": [], "confirm_within": 60})
    assert not [words for words in host.commands if words[0] == "systemd-run"]


@pytest.mark.parametrize("seconds", [-1, 0, 9])
def test_no_time_is_refused(host: FakeHost, seconds: int) -> None:
    refused = call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": seconds})
    assert f"confirm_within is {seconds}" in refused["msg"]
    assert host.writes == []


def test_without_systemd_it_is_refused(host: FakeHost) -> None:
    host.tree.remove("/run/systemd")
    refused = call(dpdk_bind.main, host, {"devices": [OTHER], "confirm_within": 60})
    assert "needs systemd" in refused["msg"]
    assert (host.writes, host.exists(PLACE)) == ([], False)


# the contact


def reach(place: Path) -> str:
    """Do what the controller does on the host."""
    done = subprocess.run(
        ["sh", "-c", contact.script(str(place))], check=True, capture_output=True, text=True, timeout=30
    )
    return done.stdout


def test_a_contact_in_time_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "lib/plan"
    place.mkdir(parents=True)
    for name in ("armed", "plan.json", "steps"):
        (place / name).write_text("{}")
    assert contact.result(60, reach(place)) == {"confirmed": True}
    assert list(tmp_path.iterdir()) == []


def test_a_contact_too_late_is_a_failure_that_says_why(tmp_path: Path) -> None:
    place = tmp_path / "lib/plan"
    place.parent.mkdir()
    (place.parent / "taken_back.json").write_text('{"undone": ["Bound x to y"], "stuck": ["z is stuck."]}')
    found = contact.result(60, reach(place))
    assert (found["failed"], found["confirmed"], found["undone"]) == (True, False, ["Bound x to y"])
    assert (
        "Nobody reached the host within 60 s of the change, so it took the change back: Bound x to y." in found["msg"]
    )
    assert "z is stuck." in found["msg"]
    assert found["remedy"] == found["problems"][0]["remedy"]
    assert list(tmp_path.iterdir()) == []


def test_a_contact_that_says_nothing_is_none() -> None:
    for said in ("", "noise", "[]"):
        assert contact.result(60, said)["failed"]
