# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hugepage pools of the fake kernel, which gives as many pages as it has room for."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

NODES = "/sys/devices/system/node"
ATTRIBUTE = re.compile(rf"({NODES}/node\d+)/hugepages/hugepages-(\d+)kB/nr_hugepages")


def add_node(tree: Tree, node: int, total_mib: int, free_mib: int, sizes: tuple[int, ...] = (2048, 1048576)) -> None:
    """Make a NUMA node with empty pools of these sizes (in KiB)."""
    path = f"{NODES}/node{node}"
    tree.write(
        f"{path}/meminfo",
        f"Node {node} MemTotal:       {total_mib * 1024} kB\nNode {node} MemFree:        {free_mib * 1024} kB\n",
    )
    for size in sizes:
        put(tree, f"{path}/hugepages/hugepages-{size}kB", 0, 0)


def put(tree: Tree, pool: str, total: int, free: int) -> None:
    """Write the numbers of a pool."""
    tree.write(f"{pool}/nr_hugepages", f"{total}\n")
    tree.write(f"{pool}/free_hugepages", f"{free}\n")


def scatter(tree: Tree, node: int, size: int, room: int) -> None:
    """Leave so few pieces of memory whole that a pool can have no more than ``room`` pages."""
    tree.write(f"/.room/node{node}-{size}", str(room))


def store(tree: Tree, path: str, value: str) -> None:
    """Take a number as nr_hugepages does: any number is taken, and pages in use stay."""
    match = ATTRIBUTE.fullmatch(path)
    if match is None:
        raise NotImplementedError(path)
    node, size = match[1], int(match[2])
    pool = path.rsplit("/", 1)[0]
    total, free = (int(tree.read(f"{pool}/{name}") or 0) for name in ("nr_hugepages", "free_hugepages"))
    memory = {key: int(kb) for key, kb in re.findall(r"(Mem\w+): +(\d+)", tree.read(f"{node}/meminfo") or "")}
    whole = tree.read(f"/.room/{node.rsplit('/', 1)[1]}-{size}")
    room = total + memory["MemFree"] // size
    got = (
        min(int(value), room if whole is None else int(whole)) if int(value) > total else max(int(value), total - free)
    )
    put(tree, pool, got, free + got - total)
    left = memory["MemFree"] - (got - total) * size
    number = node[len(f"{NODES}/node") :]
    tree.write(
        f"{node}/meminfo",
        f"Node {number} MemTotal:       {memory['MemTotal']} kB\nNode {number} MemFree:        {left} kB\n",
    )
