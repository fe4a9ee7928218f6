# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._access import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.nodes import Node
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.plan import describe, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.resolve import resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import four_steps

GROUP = "dpdk"


def planned(host: FakeHost, want: Want) -> Plan:
    have = _have.read(host, want)
    return plan(have, resolve(have, want))


def carried_out(host: FakeHost, want: Want) -> Plan:
    return four_steps(
        host,
        lambda: _have.read(host, want),
        lambda have: plan(have, want),
        lambda have: describe(have, want),
    )


def test_what_is_predicted_is_there_afterwards(host: FakeHost) -> None:
    asked = Want(GROUP, ("app",), (Selector(PF),), "65536", ("app.service",))
    carried_out(host, resolve(_have.read(host, asked), asked))
    carried_out(host, Want(restored=True))


def test_planning_touches_nothing(host: FakeHost) -> None:
    want = Want(GROUP, ("app",), (Selector(PF),), "65536")
    have = _have.read(host, want)
    before = (list(host.writes), len(host.commands))
    assert plan(have, resolve(have, want)).steps
    assert (list(host.writes), len(host.commands)) == before


def test_a_vf_that_does_not_exist_yet_is_assumed(host: FakeHost) -> None:
    todo = planned(host, Want(GROUP, selectors=(Selector(PF, vf=0),)))
    assert todo.after["devices"] == ["0000:01:10.0"]
    assert ["VF 0 of" in each.message for each in todo.assumed] == [True]
    assert planned(host, Want(GROUP, selectors=(Selector(PF),))).assumed == ()


def test_a_node_that_devices_share_is_given_once_and_stays_with_the_one_that_is_left(host: FakeHost) -> None:
    want = Want(GROUP, addresses=(PF, OTHER))
    shared, own = Node("/dev/iommu", "0660", "root"), Node("/dev/vfio/3", "0600", "root")
    have = _have.read(host, want)
    have.nodes.update({PF: [shared], OTHER: [shared, own]})
    given = [step.action for step in plan(have, want).steps if "/dev/" in step.action]
    assert given == [f"Gave {path} to the group {GROUP} with mode 0660" for path in ("/dev/iommu", "/dev/vfio/3")]

    for step in plan(have, want).steps:
        if step.file is not None:
            step.do(host)
    have = _have.read(host, want)
    have.nodes.update({PF: [Node("/dev/iommu", "0660", GROUP)], OTHER: [Node("/dev/vfio/3", "0660", GROUP)]})
    left = [step.action for step in plan(have, Want(GROUP, addresses=(PF,))).steps if "/dev/" in step.action]
    assert left == ["Gave /dev/vfio/3 to the group root with mode 0600"]


def test_a_service_that_is_set_up_already_needs_no_restart(host: FakeHost) -> None:
    want = Want(GROUP, services=("a.service", "b.service"), memlock="65536")
    assert planned(host, want).warnings[0].startswith("Restart a.service, b.service:")
    for step in planned(host, Want(GROUP, services=("a.service",), memlock="65536")).steps:
        step.do(host)
    assert planned(host, want).warnings[0].startswith("Restart b.service:")
