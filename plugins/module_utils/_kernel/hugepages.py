# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hugepages as the kernel gave them, by size and NUMA node."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

NODES = "/sys/devices/system/node"
_NODE = re.compile(r"node[0-9]+")
_SIZE = re.compile(r"hugepages-[0-9]+kB")


@dataclass(frozen=True)
class Pool:
    """The pages of one size (in KiB) on one NUMA node."""

    size_kb: int
    node: int
    total: int
    free: int


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


def _pool(host: Host, node: str, size: str) -> Pool:
    path = f"{NODES}/{node}/hugepages/{size}"
    return Pool(
        size_kb=int(size[len("hugepages-") : -len("kB")]),
        node=int(node[len("node") :]),
        total=_count(host.attr(f"{path}/nr_hugepages")),
        free=_count(host.attr(f"{path}/free_hugepages")),
    )


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0
