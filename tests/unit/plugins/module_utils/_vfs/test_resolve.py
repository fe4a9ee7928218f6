# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from itertools import product

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import steps as _steps
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import (
    Target,
    is_as_wanted,
    resolve,
    taken,
    targets,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, VfWant, Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vfs import (
    AUTOPROBE,
    FIRST,
    NUMVFS,
    plan,
    refused,
    want,
)


def target(host: FakeHost, wanted: Want) -> Target:
    (found,) = targets(_have.read(host, wanted), wanted)
    return found


@pytest.mark.parametrize("name", ["enp1s0", "52:54:00:00:01:00", PF])
def test_pfs_are_named_by_their_addresses(host: FakeHost, name: str) -> None:
    wanted = want(2, pf=name)
    assert resolve(_have.read(host, wanted), wanted) == want(2, pf=PF)


def test_restored_names_all_that_were_ever_changed(host: FakeHost) -> None:
    apply(host, plan(host, Want((PfWant(PF, 2, None), PfWant(OTHER, 1, None)))))
    gone = {"0000:09:00.0": record.Record(vfs=record.Vfs(0, True)), MANAGEMENT: record.Record(interface="enp0s2")}
    host.tree.write(record.PATH, record.render({**record.parse(host.read(record.PATH)), **gone}))
    back = Want((), restored=True)
    have = _have.read(host, back)
    assert [pf.device for pf in resolve(have, back).pfs] == [PF, OTHER]
    assert resolve(have, Want(())).pfs == ()
    assert resolve(have, resolve(have, back)) == resolve(have, back), "what is resolved stays so"


def test_a_target_is_what_was_found_first_where_it_is_given_back(host: FakeHost) -> None:
    apply(host, plan(host, want(3, False)))
    back = target(host, want(None, restored=True))
    assert (back.num_vfs, back.drivers_autoprobe, back.now.num_vfs) == (0, True, 3)
    kept = target(host, want(None))
    assert (kept.num_vfs, kept.drivers_autoprobe, kept.remakes) == (3, False, False)


def test_vfs_that_stay_and_vfs_that_are_made(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    stays, grows, goes = (target(host, want(number)) for number in (2, 3, 0))
    assert [stays.existing(index) for index in range(3)] == [VFS[0], VFS[1], None]
    assert grows.existing(0) is None
    assert [(each.remakes, each.makes) for each in (stays, grows, goes)] == [
        (False, False),
        (True, True),
        (True, False),
    ]


def test_vfs_that_would_be_taken(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    for wanted, expected in (
        (want(2, vfs={0: VfWant(driver="igbvf"), 1: VfWant({"trust": True})}), []),
        (want(2, vfs={0: VfWant(driver="vfio-pci")}), [VFS[0]]),
        (want(0), [VFS[0], VFS[1]]),
    ):
        have = _have.read(host, wanted)
        assert [vf.address for vf in taken(have, targets(have, wanted)[0])] == expected


def test_a_device_without_sriov(host: FakeHost) -> None:
    said = refused(host, want(1, pf="enp0s2"))
    assert f"{MANAGEMENT} (enp0s2) can have no VFs" in said
    assert "Name a PF that offers SR-IOV" in said


def test_a_pf_named_twice(host: FakeHost) -> None:
    said = refused(host, Want((PfWant(PF, 1, None), PfWant("enp1s0", 1, None))))
    assert f"{PF} (enp1s0) is named twice." in said
    assert "Name each PF once." in said


VF_WANTS: list[dict[int, VfWant]] = [
    {},
    {0: VfWant()},
    {0: VfWant(FIRST)},
    {0: VfWant({**FIRST, "vlan": 7})},
    {0: VfWant(driver="igbvf")},
    {0: VfWant(driver="vfio-pci"), 1: VfWant(FIRST)},
]


def test_a_pf_is_as_wanted_where_there_are_no_steps(host: FakeHost) -> None:
    """The steps are not asked of a PF that is as wanted; here both are asked, in all cases."""
    host.pci.functions[PF].eswitch = "legacy"
    host.write_attr(NUMVFS, "2")
    apply(host, plan(host, want(2, vfs={0: VfWant(FIRST)})))
    seen = set()
    for number, autoprobe, mode, up, vfs in product(
        (0, 2, 3), (None, False), (None, "switchdev"), (False, True), VF_WANTS
    ):
        wanted = want(number, autoprobe, vfs=vfs, mode=mode, up=up)
        have = _have.read(host, wanted)
        (found,) = targets(have, wanted)
        steps = [step.action for step in _steps.of_pf(have, found)]
        assert is_as_wanted(have, found) is (steps == []), (wanted, steps)
        seen.add(bool(steps))
    assert seen == {True, False}


def test_a_pf_without_autoprobe_is_as_wanted_by_the_same_rule(host: FakeHost) -> None:
    host.write_attr(AUTOPROBE, "0")
    for autoprobe, expected in ((None, True), (False, True), (True, False)):
        wanted = want(0, autoprobe)
        have = _have.read(host, wanted)
        (found,) = targets(have, wanted)
        assert is_as_wanted(have, found) is expected
        assert (_steps.of_pf(have, found) == []) is expected
