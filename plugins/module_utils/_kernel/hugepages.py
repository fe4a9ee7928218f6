# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hugepages as the kernel gave them, by size and NUMA node."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

NODES = "/sys/devices/system/node"


@dataclass(frozen=True)
class Pool:
    """The pages of one size (in KiB) on one NUMA node."""

    size_kb: int
    node: int
    total: int
    free: int


def read(host: Host) -> list[Pool]:
    """Return all pools, by node and size."""
    return [
        _pool(host, node, size)
        for node in host.names(NODES)
        if node.startswith("node") and node[4:].isdigit()
        for size in host.names(f"{NODES}/{node}/hugepages")
        if size.startswith("hugepages-") and size.endswith("kB")
    ]


def _pool(host: Host, node: str, size: str) -> Pool:
    path = f"{NODES}/{node}/hugepages/{size}"
    return Pool(
        size_kb=int(size[len("hugepages-") : -len("kB")]),
        node=int(node[4:]),
        total=int(host.attr(f"{path}/nr_hugepages") or 0),
        free=int(host.attr(f"{path}/free_hugepages") or 0),
    )
