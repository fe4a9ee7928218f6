# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Pool
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

POOLS = [Pool(2048, 0, 16, 16), Pool(2048, 1, 8, 8), Pool(1048576, 0, 2, 2)]


def remembered(host: FakeHost, pools: list[Pool], *changed: tuple[int, int]) -> bool:
    steps = record.remember_step(host.read(record.RECORD), pools, changed)
    for step in steps:
        step.do(host)
    return bool(steps)


def test_the_first_number_of_each_pool_stays(host: FakeHost) -> None:
    assert not remembered(host, POOLS)
    assert remembered(host, POOLS, (0, 2048))
    later = [Pool(2048, 0, 512, 512), *POOLS[1:]]
    assert not remembered(host, later, (0, 2048))
    assert remembered(host, later, (0, 2048), (0, 1048576))
    assert record.parse(host.read(record.RECORD)) == {(0, 2048): 16, (0, 1048576): 2}


def test_no_record_is_an_empty_one() -> None:
    assert record.parse(None) == {}


@pytest.mark.parametrize(
    "text", ["garbage", "{}x", "[1]", '[{"node": 0}]', '[{"node": "a", "size_kb": 1, "total": 1}]']
)
def test_a_record_that_is_none(text: str) -> None:
    with pytest.raises(HostError) as caught:
        record.parse(text)
    assert f"{record.RECORD} does not hold what this collection writes there" in caught.value.message
    assert "from a backup, or remove it" in caught.value.remedy[0]
