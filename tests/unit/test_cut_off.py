# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module is killed before each of its changes: the next run ends as if that had not happened.

In the fast loop a slice of the places is tried; all of them with DPDK_ALL_CUTS in the environment.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils import _process
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS
from ansible_collections.dataplane.dpdk.plugins.modules import (
    access,
    dpdk_bind,
    dpdk_info,
    host_plan,
    sriov_vfs,
    vf_token,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts as fake_hosts
from ansible_collections.dataplane.dpdk.tests.unit.fakes.cases import CASES, Case, shown
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, machine
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

host = fake_hosts.host
ALL = bool(os.environ.get("DPDK_ALL_CUTS"))

SLICE = 4  # every so-manieth place


def named(case: Case) -> str:
    return case.name


def hosts(root: Path, case: Case) -> Iterator[FakeHost]:
    """Yield hosts on which the task was cut off, each one change later, until one on which it came to its end."""
    number = 0
    while True:
        number += 1 if ALL else SLICE
        host = case.host(root / str(number))
        with host.killing(number):
            call(case.main, host, case.args)
        if len(host.changes) < number - 1:
            return
        yield host


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_next_run_ends_as_if_nothing_had_happened(tmp_path: Path, case: Case) -> None:
    whole = case.host(tmp_path / "whole")
    assert not call(case.main, whole, case.args).get("failed")
    wanted = shown(whole)
    tried = 0
    for host in hosts(tmp_path, case):
        again = call(case.main, host, case.args)
        assert not again.get("failed"), (host.changes, again)
        assert difference(shown(host), wanted) == [], host.changes
        last = call(case.main, host, case.args)
        assert not last["changed"], (host.changes, last)
        tried += 1
    assert tried > 1


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_run_of_another_module_takes_it_back(tmp_path: Path, case: Case) -> None:
    untouched, whole = case.host(tmp_path / "untouched"), case.host(tmp_path / "whole")
    call(case.main, whole, case.args)
    ends = [shown(untouched), shown(whole)]
    for host in hosts(tmp_path, case):
        main = vf_token.main if case.main is access.main else access.main
        other = call(main, host, {"state": "restored"})
        assert not other.get("failed"), other
        # The new state is right where all was done and only the notes were left.
        left = [[each for each in difference(shown(host), end) if not stays(each)] for end in ends]
        assert [] in left, (host.changes, left)


BIND = {"devices": [PF, OTHER]}


def cut_bind(host: FakeHost, rebuilt: FakeHost) -> None:
    """Cut dpdk_bind off when it has moved the first of two ports."""
    with rebuilt.killing(0):
        call(dpdk_bind.main, rebuilt, BIND)
    second = next(n for n, each in enumerate(rebuilt.changes, 1) if OTHER in each and each.startswith("write"))
    with host.killing(second):
        call(dpdk_bind.main, host, BIND)
    assert driver(host, PF) == "vfio-pci"
    assert driver(host, OTHER) == "igb"


def driver(host: FakeHost, address: str) -> str | None:
    return host.link(f"/sys/bus/pci/devices/{address}/driver")


@pytest.fixture
def half(tmp_path: Path, host: FakeHost) -> FakeHost:
    """A host on which dpdk_bind was cut off when it had moved the first of two ports."""
    cut_bind(host, machine(tmp_path / "whole"))
    return host


def test_the_next_run_says_what_it_took_back(half: FakeHost) -> None:
    result = call(vf_token.main, half, {"state": "absent"})
    assert driver(half, PF) == "igb"
    (warning,) = result["warnings"]
    assert warning.startswith("dpdk_bind (process ")
    assert "was cut off; what it had done was taken back first: Bound " in warning
    assert f"; Bound {PF} (enp1s0) to vfio-pci (was igb)" in warning
    assert not result["changed"]


@pytest.mark.parametrize("main", [dpdk_info.main, sriov_vfs.main])
def test_who_changes_nothing_only_says_so(half: FakeHost, main: Callable[[], None]) -> None:
    result = call(main, half, {}, check=True)
    assert driver(half, PF) == "vfio-pci"
    assert "dpdk_bind" in result["warnings"][0]
    assert "cut off" in result["warnings"][0]


def test_a_host_between_two_states_is_not_ready(half: FakeHost) -> None:
    seen = call(host_plan.main, half, {"iommu": False})
    assert (seen["cut_off"], seen["ready"]) == (True, False)
    call(dpdk_bind.main, half, {"devices": []})
    assert not call(host_plan.main, half, {"iommu": False})["cut_off"]


def test_who_looks_while_a_run_is_at_work_says_nothing(half: FakeHost) -> None:
    with half.alone("dpdk_bind", 0):
        assert call(dpdk_info.main, half, {})["warnings"] == []


def test_a_port_that_an_application_has_opened_meanwhile_is_not_taken_away(half: FakeHost) -> None:
    half.hold(half.pci.functions[PF])
    result = call(vf_token.main, half, {"state": "absent"})
    assert result["failed"]
    assert "was cut off, and what it did cannot be taken back" in result["msg"]
    assert "dpdk-testpmd (pid 4711" in result["msg"]
    assert "Stop the process first." in result["remedy"]
    assert driver(half, PF) == "vfio-pci"


def test_what_cannot_be_taken_back_is_said_and_the_rest_is(half: FakeHost) -> None:
    half.refuse(f"{PF}/driver/unbind", errno.EIO)
    result = call(vf_token.main, half, {"state": "absent"})
    (undone, stuck) = result["warnings"]
    assert "Wrote /var/lib/dataplane-dpdk/devices.json" in undone
    assert "not all of it could be taken back" in stuck
    assert "Input/output error" in stuck
    assert call(vf_token.main, half, {"state": "absent"})["warnings"] == []


def test_notes_that_fit_no_plan_are_said(half: FakeHost) -> None:
    (place,) = (each for each in JOURNALS if half.exists(each))
    half.tree.write(f"{place}/steps", '["begin", "Something else"]\n')
    result = call(vf_token.main, half, {"state": "absent"})
    assert result["failed"]
    assert "comes out differently now" in result["msg"]
    assert f"remove {place}" in result["msg"]


@pytest.mark.parametrize("name", ["plan.json", "steps"])
@pytest.mark.parametrize("text", ["", "{", '["begin"', "[]", "3", '{"who": 1}', "\xff"])
def test_damaged_notes_are_no_traceback(half: FakeHost, name: str, text: str) -> None:
    (place,) = (each for each in JOURNALS if half.exists(each))
    half.tree.write(f"{place}/{name}", text and f"{text}\n")
    result = call(vf_token.main, half, {"state": "absent"})
    assert "exception" not in result
    assert "Traceback" not in result.get("msg", "")
    if result.get("failed"):
        assert any(f"remove {place}" in each for each in result["remedy"])


def test_what_was_written_is_for_root_alone(half: FakeHost) -> None:
    (place,) = (each for each in JOURNALS if half.exists(each))
    assert {half.mode(f"{place}/{name}") for name in half.names(place)} == {0o600}


def test_a_run_that_is_asked_to_end_takes_back_what_it_did(host: FakeHost) -> None:
    write = host.write_attr

    def asked(path: str, value: str, *more: float) -> None:
        write(path, value, *more)
        if path.endswith("vfio-pci/bind"):
            os.kill(os.getpid(), signal.SIGTERM)

    with mock.patch.object(host, "write_attr", asked):
        result = call(dpdk_bind.main, host, BIND)
    assert result["failed"]
    assert "was asked to end (SIGTERM) before the step" in result["msg"]
    assert (driver(host, PF), driver(host, OTHER)) == ("igb", "igb")
    assert not any(host.exists(each) for each in JOURNALS)


def test_a_run_whose_files_cannot_be_written_moves_nothing(host: FakeHost) -> None:
    closed = HostError("Cannot write it: read-only.", "Make it writable.")
    with mock.patch.object(host, "require_writable", side_effect=closed):
        result = call(dpdk_bind.main, host, BIND)
    assert result["failed"]
    assert "Nothing was changed." in result["msg"]
    assert (result["actions"], result["undone"], host.writes) == ([], [], [])


def test_a_waiting_run_says_for_whom(host: FakeHost) -> None:
    with mock.patch.object(_process, "wait", return_value="sriov_vfs (process 1, since then)"):
        result = call(dpdk_bind.main, host, BIND)
    assert result["warnings"][0] == "Waited for another run on this host: sriov_vfs (process 1, since then)."


def test_check_mode_takes_no_lock(host: FakeHost) -> None:
    with host.alone("sriov_vfs", 0):
        assert call(dpdk_bind.main, host, BIND, check=True)["changed"]
        result = call(dpdk_bind.main, host, {**BIND, "lock_timeout": 0})
    assert result["failed"]
    assert "sriov_vfs (process" in result["msg"]
    assert result["actions"] == []


def stays(path: str) -> bool:
    """Whether it may be left: a module that was loaded is no half of anything, nor is a backup."""
    return path.startswith(("/sys/module/", "/sys/bus/pci/drivers/", "/boot/grub/grub.cfg.before-dpdk"))


def difference(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))
