# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import plan as _plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.predict import predict
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import targets
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import VfWant, Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vfs import FIRST, NUMVFS, SECOND, plan, want

SET_UP = {0: VfWant(FIRST, "vfio-pci"), 2: VfWant(SECOND)}


def predicted(host: FakeHost, wanted: Want) -> Have:
    have = _have.read(host, wanted)
    return predict(have, targets(have, wanted))


@pytest.mark.parametrize("old", ["0", "2", "3"])
@pytest.mark.parametrize("mode", [None, "switchdev"])
def test_what_is_predicted_is_what_is_read_afterwards(host: FakeHost, old: str, mode: str | None) -> None:
    host.pci.functions[PF].eswitch = "legacy"
    host.write_attr(NUMVFS, old)
    wanted = want(3, False, vfs=SET_UP, mode=mode, up=True, allow_recreate=True)
    before = predicted(host, wanted)
    apply(host, plan(host, wanted))
    after = _have.read(host, wanted)
    assert before.devices[PF] == after.devices[PF]
    assert before.devices[VFS[0]].driver == after.devices[VFS[0]].driver == "vfio-pci"
    assert before.settings["enp1s0"][0].items() <= after.settings["enp1s0"][0].items()
    assert before.settings["enp1s0"][2].items() <= after.settings["enp1s0"][2].items()
    assert before.eswitch.get(PF) == after.eswitch.get(PF)
    assert before.up == after.up


def test_a_vf_that_is_yet_to_be_made_is_one_of_its_pf(host: FakeHost) -> None:
    made = predicted(host, want(1, vfs={0: VfWant(driver="vfio-pci")})).devices[VFS[0]]
    assert (made.address, made.pf, made.sriov, made.interfaces) == (VFS[0], PF, None, ())


def test_nothing_wanted_is_nothing_predicted(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    wanted = want(2)
    have = _have.read(host, wanted)
    assert _plan.describe(predict(have, targets(have, wanted)), wanted) == _plan.describe(have, wanted)
