# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import NODES, Pool
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as fake
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt


def put(host: FakeHost, node: int, size: int, total: str, free: str) -> None:
    path = f"{NODES}/node{node}/hugepages/hugepages-{size}kB"
    host.tree.write(f"{path}/nr_hugepages", f"{total}\n")
    host.tree.write(f"{path}/free_hugepages", f"{free}\n")


def test_pools_by_node_and_size(host: FakeHost) -> None:
    for node in (0, 2, 10):
        put(host, node, 2048, "512", "500")
        put(host, node, 1048576, "4", "1")
    host.tree.write(f"{NODES}/node0/hugepages/other", "")
    host.tree.write(f"{NODES}/online", "0-1\n")
    assert hugepages.read(host) == [
        pool for node in (0, 2, 10) for pool in (Pool(2048, node, 512, 500), Pool(1048576, node, 4, 1))
    ]


def test_a_kernel_without_nodes_has_all_pools_on_node_0(host: FakeHost) -> None:
    fake.remove_nodes(host.tree, 4096, 1024)
    host.write_attr("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "500")
    (pool,) = hugepages.read(host)
    assert (pool.key, pool.total, pool.free) == ((0, 2048), 500, 500)
    assert pool.path == "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
    assert hugepages.memory(host, [0]) == {0: {"MemTotal": 4194304, "MemFree": 24576}}


def test_nodes_count_where_there_are_any(host: FakeHost) -> None:
    put(host, 0, 2048, "4", "4")
    host.tree.write("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "4\n")
    assert hugepages.read(host) == [Pool(2048, 0, 4, 4)]


def test_a_kernel_without_hugepages(host: FakeHost) -> None:
    assert hugepages.read(host) == []


@pytest.mark.parametrize("text", ["", "many", "-"])
def test_what_the_kernel_does_not_show_is_none_or_an_error(host: FakeHost, text: str) -> None:
    put(host, 0, 2048, text, text)
    found = attempt(lambda: hugepages.read(host))
    assert isinstance(found, HostError) or found == [Pool(2048, 0, 0, 0)]


def test_a_pool_knows_the_file_that_takes_its_number(host: FakeHost) -> None:
    put(host, 10, 1048576, "4", "1")
    (pool,) = hugepages.read(host)
    assert pool.key == (10, 1048576)
    assert host.tree.read(pool.path) == "4"


def test_the_memory_of_nodes(host: FakeHost) -> None:
    host.tree.write(
        f"{NODES}/node0/meminfo", "Node 0 MemTotal:       4096 kB\nNode 0 MemFree:  1024 kB\nNode 0 Active: 1 kB\n"
    )
    assert hugepages.memory(host, [1, 0, 0]) == {0: {"MemTotal": 4096, "MemFree": 1024}, 1: {}}
