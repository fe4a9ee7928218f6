# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hugepages as the kernel gave them, by size and NUMA node."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

NODES = "/sys/devices/system/node"
_NODE = re.compile(r"node[0-9]+")
_SIZE = re.compile(r"hugepages-[0-9]+kB")
_MEMORY = re.compile(r"^Node \d+ (MemTotal|MemFree): +(\d+) kB$", re.MULTILINE)

Key = tuple[int, int]  # the node of a pool, and the size of its pages in KiB


@dataclass(frozen=True)
class Pool:
    """The pages of one size (in KiB) on one NUMA node."""

    size_kb: int
    node: int
    total: int
    free: int

    @property
    def key(self) -> Key:
        """What no other pool has."""
        return self.node, self.size_kb

    @property
    def path(self) -> str:
        """The file that holds, and takes, the number of its pages."""
        return f"{_directory(self.node, self.size_kb)}/nr_hugepages"


def read(host: Host) -> list[Pool]:
    """Return all pools, by node and size."""
    found = [
        _pool(host, node, size)
        for node in host.names(NODES)
        if _NODE.fullmatch(node)
        for size in host.names(f"{NODES}/{node}/hugepages")
        if _SIZE.fullmatch(size)
    ]
    return sorted(found, key=lambda pool: (pool.node, pool.size_kb))


def memory(host: Host, nodes: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return MemTotal and MemFree of each node in KiB (nodeN/meminfo)."""
    texts = {node: host.attr(f"{NODES}/node{node}/meminfo") or "" for node in sorted(set(nodes))}
    return {node: {name: int(value) for name, value in _MEMORY.findall(text)} for node, text in texts.items()}


def _pool(host: Host, node_name: str, size_name: str) -> Pool:
    node = int(node_name[len("node") :])
    size_kb = int(size_name[len("hugepages-") : -len("kB")])
    path = _directory(node, size_kb)
    return Pool(
        size_kb=size_kb,
        node=node,
        total=_count(host.attr(f"{path}/nr_hugepages")),
        free=_count(host.attr(f"{path}/free_hugepages")),
    )


def _directory(node: int, size_kb: int) -> str:
    return f"{NODES}/node{node}/hugepages/hugepages-{size_kb}kB"


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0
