# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.goals import goals, persistent
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.want import Request
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Key, Pool

TWO, GIG = 2048, 1048576
EMPTY = [Pool(size, node, 0, 0) for node in (0, 1, 2) for size in (TWO, GIG)]
PLENTY = dict.fromkeys((0, 1, 2), 64 * GIG)


@pytest.mark.parametrize(("count", "shares"), [(0, (0, 0, 0)), (2, (1, 1, 0)), (6, (2, 2, 2)), (8, (3, 3, 2))])
def test_pages_are_spread_evenly_and_none_is_lost(count: int, shares: tuple[int, ...]) -> None:
    found = goals(EMPTY, [Request(TWO, count)], PLENTY)
    assert tuple(found[node, TWO] for node in (0, 1, 2)) == shares
    assert sum(found.values()) == count


def test_an_uneven_spread_of_the_right_sum_stays() -> None:
    uneven = [Pool(TWO, 0, 5, 5), Pool(TWO, 1, 0, 0)]
    assert goals(uneven, [Request(TWO, 5)], PLENTY) == {(0, TWO): 5, (1, TWO): 0}


def test_pools_that_are_not_named_have_no_goal() -> None:
    assert goals(EMPTY, [Request(GIG, 2, 1)], PLENTY) == {(1, GIG): 2}
    assert goals(EMPTY, [], PLENTY) == {}


@pytest.mark.parametrize(
    ("requests", "says"),
    [
        ([Request(TWO, 1, 0), Request(TWO, 1)], "The pages of 2M on node 0 are named twice."),
        ([Request(64, 1)], "no hugepages of 64K; the sizes that it offers: 2M, 1G."),
        ([Request(TWO, 1, 9)], "no NUMA node 9 with memory; it has 0, 1, 2."),
        ([Request(TWO, 1, 0), Request(GIG, 64, 0)], "which has 65536 MiB of memory in all"),
    ],
)
def test_what_no_pool_can_have(requests: list[Request], says: str) -> None:
    with pytest.raises(HostError) as caught:
        goals(EMPTY, requests, PLENTY)
    assert says in caught.value.message
    assert caught.value.remedy


def test_pools_that_are_not_named_take_room_too() -> None:
    taken = [Pool(TWO, 0, 0, 0), Pool(GIG, 0, 63, 63)]
    assert goals(taken, [Request(TWO, 511)], PLENTY)
    with pytest.raises(HostError, match="65536 MiB are asked for on node 0"):
        goals(taken, [Request(TWO, 512)], PLENTY)


def test_pages_in_use_are_not_given_away() -> None:
    used = [Pool(TWO, 0, 64, 4)]
    assert goals(used, [Request(TWO, 60, 0)], PLENTY) == {(0, TWO): 60}
    with pytest.raises(HostError) as caught:
        goals(used, [Request(TWO, 59, 0)], PLENTY)
    assert "Node 0 should have 59 pages of 2M, but 60 of its 64 are in use." in caught.value.message


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        (Request(TWO, 4), {(0, TWO): 2, (1, TWO): 2}),
        (Request(TWO, 4, persistent=False), {}),
        (Request(TWO, 0), {}),
    ],
)
def test_what_a_unit_brings_back_at_boot(request_: Request, kept: dict[Key, int]) -> None:
    assert persistent([request_], {(0, TWO): 2, (1, TWO): 2}) == kept


def test_a_node_alone_is_brought_back_alone() -> None:
    found = persistent([Request(TWO, 2, 0), Request(TWO, 3, 1, persistent=False)], {(0, TWO): 2, (1, TWO): 3})
    assert found == {(0, TWO): 2}
