# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import pools
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Pool
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as fake
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

TWO, GIG = 2048, 1048576


@pytest.fixture(autouse=True)
def node(host: FakeHost) -> None:
    """A NUMA node with room for three pages of 1G, and no more."""
    fake.add_node(host.tree, 0, total_mib=4096, free_mib=3072)


def pool(host: FakeHost, size_kb: int = TWO) -> Pool:
    return next(each for each in hugepages.read(host) if each.size_kb == size_kb)


def ask(host: FakeHost, count: int, size_kb: int = TWO) -> None:
    (step,) = pools.steps(hugepages.read(host), {(0, size_kb): count})
    step.do(host)


def test_pages_are_given_back_before_others_are_asked_for(host: FakeHost) -> None:
    ask(host, 3, GIG)
    steps = pools.steps(hugepages.read(host), {(0, TWO): 1024, (0, GIG): 1})
    assert [step.action for step in steps] == [
        "Set the pages of 1G on node 0 to 1 (were 3)",
        "Set the pages of 2M on node 0 to 1024 (were 0)",
    ]
    for step in steps:
        step.do(host)
    assert (pool(host).total, pool(host, GIG).total) == (1024, 1)


def test_a_pool_that_is_right_has_no_step(host: FakeHost) -> None:
    ask(host, 8)
    assert pools.steps(hugepages.read(host), {(0, TWO): 8}) == []
    assert pools.steps(hugepages.read(host), {}) == []


def test_a_step_is_undone(host: FakeHost) -> None:
    ask(host, 8)
    (step,) = pools.steps(hugepages.read(host), {(0, TWO): 16})
    step.do(host)
    assert step.undo is not None
    step.undo(host)
    assert pool(host).total == 8


def test_what_the_kernel_gave_is_believed_and_not_that_it_took_the_number(host: FakeHost) -> None:
    with pytest.raises(HostError) as caught:
        ask(host, 2000)
    assert caught.value.message == "The kernel gave 1536 of 2000 pages of 2M on node 0: 0 MiB are free."
    assert "hugepagesz=2M hugepages=2000" in caught.value.remedy[1]


def test_pages_that_were_taken_meanwhile_stay(host: FakeHost) -> None:
    ask(host, 8)
    steps = pools.steps(hugepages.read(host), {(0, TWO): 2})
    fake.put(host.tree, pool(host).path.rpartition("/")[0], 8, 3)
    with pytest.raises(HostError, match="Node 0 should have 2 pages of 2M, but keeps 5"):
        steps[0].do(host)
