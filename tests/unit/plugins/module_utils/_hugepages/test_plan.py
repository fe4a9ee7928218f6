# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.plan import describe, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.want import Request, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as fake
from ansible_collections.dataplane.dpdk.tests.unit.fakes import systemd
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import four_steps

TWO = 2048


@pytest.fixture(autouse=True)
def node(host: FakeHost) -> None:
    fake.add_node(host.tree, 0, total_mib=4096, free_mib=3072)
    systemd.mount(host.tree, "/dev/hugepages")


def carried_out(host: FakeHost, want: Want) -> Plan:
    return four_steps(
        host,
        lambda: _have.read(host, want),
        lambda have: plan(have, want),
        lambda have: describe(have, want),
    )


def test_what_is_predicted_is_there_afterwards(host: FakeHost) -> None:
    before = describe(_have.read(host, Want()), Want())
    mounts = (Mount("/dev/hugepages", "2M", "root", "dpdk", "1770"), Mount("/mnt/x", "1G", "root", "root", "0700"))
    carried_out(host, Want((Request(TWO, 64),), mounts))
    carried_out(host, Want(restored=True))
    assert describe(_have.read(host, Want()), Want()) == before


def test_the_memory_that_limits_have_to_allow_for_is_that_of_all_pools(host: FakeHost) -> None:
    facts = plan(_have.read(host, Want()), Want((Request(TWO, 64), Request(1048576, 1)))).facts
    assert facts == {"memory_mib": 128 + 1024, "dma_entries": 65, "dma_entry_limit": None}


def test_planning_is_pure(host: FakeHost) -> None:
    have: Have = _have.read(host, Want())
    before = len(host.commands)
    assert plan(have, Want((Request(TWO, 64),))).steps
    assert not host.writes
    assert len(host.commands) == before
