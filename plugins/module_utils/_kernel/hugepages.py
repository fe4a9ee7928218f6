# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hugepages as the kernel gave them, by size and NUMA node."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

NODES = "/sys/devices/system/node"
# A kernel without CONFIG_NUMA has no nodes, and its pools here (hugetlb_init in mm/hugetlb.c); DPDK takes them for node 0.
WITHOUT_NODES = "/sys/kernel/mm/hugepages"
_NODE = re.compile(r"node[0-9]+")
_SIZE = re.compile(r"hugepages-[0-9]+kB")
_MEMORY = re.compile(r"^(?:Node \d+ )?(MemTotal|MemFree): +(\d+) kB$", re.MULTILINE)

Key = tuple[int, int]  # the node of a pool, and the size of its pages in KiB


@dataclass(frozen=True)
class Pool:
    """The pages of one size (in KiB) on one NUMA node; without ``numa`` the kernel knows no nodes, and this is all there is."""

    size_kb: int
    node: int
    total: int
    free: int
    numa: bool = True

    @property
    def key(self) -> Key:
        """What no other pool has."""
        return self.node, self.size_kb

    @property
    def path(self) -> str:
        """The file that holds, and takes, the number of its pages."""
        return nr_hugepages(self.node, self.size_kb, self.numa)


def read(host: Host) -> list[Pool]:
    """Return all pools, by node and size."""
    nodes = [node for node in host.names(NODES) if _NODE.fullmatch(node)]
    places = {int(node[len("node") :]): f"{NODES}/{node}/hugepages" for node in nodes} or {0: WITHOUT_NODES}
    found = [
        _pool(host, node, size, bool(nodes))
        for node, place in places.items()
        for size in host.names(place)
        if _SIZE.fullmatch(size)
    ]
    return sorted(found, key=lambda pool: (pool.node, pool.size_kb))


def memory(host: Host, nodes: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return MemTotal and MemFree of each node in KiB (nodeN/meminfo, and /proc/meminfo where there are no nodes)."""
    texts = {node: host.attr(f"{NODES}/node{node}/meminfo") for node in sorted(set(nodes))}
    if not any(texts.values()) and not host.exists(NODES):
        texts = dict.fromkeys(texts, host.attr("/proc/meminfo"))
    return {node: {name: int(value) for name, value in _MEMORY.findall(text or "")} for node, text in texts.items()}


def nr_hugepages(node: int, size_kb: int, numa: bool = True) -> str:
    """Return the file that holds, and takes, the number of pages of a size on a node."""
    place = f"{NODES}/node{node}/hugepages" if numa else WITHOUT_NODES
    return f"{place}/hugepages-{size_kb}kB/nr_hugepages"


def _pool(host: Host, node: int, size_name: str, numa: bool) -> Pool:
    size_kb = int(size_name[len("hugepages-") : -len("kB")])
    path = nr_hugepages(node, size_kb, numa)
    return Pool(
        size_kb=size_kb,
        node=node,
        total=_count(host.attr(path)),
        free=_count(host.attr(f"{path[: -len('nr_hugepages')]}free_hugepages")),
        numa=numa,
    )


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0
