# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Vfs
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vfs import (
    AUTOPROBE,
    NUMVFS,
    plan,
    refused,
    steps,
    want,
)
from hypothesis import given, settings
from hypothesis import strategies as st


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


def test_all_reasons_are_given_at_once(host: FakeHost) -> None:
    said = refused(host, Want((PfWant(PF, 9, None), PfWant(OTHER, 99, None))))
    assert f"{PF} (enp1s0) cannot have 9 VFs" in said
    assert f"{OTHER} (enp2s0) cannot have 99 VFs" in said
    assert "Nothing was changed." in said


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


def test_another_tool_that_agrees_is_named(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    host.tree.write(
        "/etc/systemd/network/10-x.link", "[Match]\nOriginalName=enp1s0\n[Link]\nSR-IOVVirtualFunctions=2\n"
    )
    done = plan(host, want(2))
    assert done.steps == ()
    assert done.warnings == (f"systemd (/etc/systemd/network/10-x.link) sets VFs of {PF} (enp1s0) too.",)


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


def test_restored_where_devlink_is_gone(host: FakeHost) -> None:
    host.pci.functions[PF].eswitch = "legacy"
    apply(host, plan(host, want(2, mode="switchdev")))
    host.pci.functions[PF].eswitch = None
    assert "eswitch_mode" not in steps(host, Want((PfWant(PF, None, None),), restored=True)).after["pfs"][0]


def test_restored_keeps_what_dpdk_bind_knows(host: FakeHost) -> None:
    apply(host, plan(host, want(2)))
    known = record.parse(host.read(record.PATH))
    binding = record.Binding("igb", None)
    host.tree.write(record.PATH, record.render({PF: replace(known[PF], binding=binding)}))
    steps(host, Want((PfWant(PF, None, None),), restored=True))
    assert record.parse(host.read(record.PATH))[PF].binding == binding
