# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hugepage pools of the fake kernel, which gives as many pages as it has room for."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

NODES = "/sys/devices/system/node"
WITHOUT_NODES = "/sys/kernel/mm"
ATTRIBUTE = re.compile(rf"({NODES}/node\d+|{WITHOUT_NODES})/hugepages/hugepages-(\d+)kB/nr_hugepages")


def add_node(tree: Tree, node: int, total_mib: int, free_mib: int, sizes: tuple[int, ...] = (2048, 1048576)) -> None:
    """Make a NUMA node with empty pools of these sizes (in KiB)."""
    path = f"{NODES}/node{node}"
    _write_memory(tree, path, total_mib * 1024, free_mib * 1024)
    for size in sizes:
        put(tree, f"{path}/hugepages/hugepages-{size}kB", 0, 0)


def remove_nodes(tree: Tree, total_mib: int, free_mib: int, sizes: tuple[int, ...] = (2048,)) -> None:
    """Make it a kernel without CONFIG_NUMA."""
    tree.remove(NODES)
    _write_memory(tree, WITHOUT_NODES, total_mib * 1024, free_mib * 1024)
    for size in sizes:
        put(tree, f"{WITHOUT_NODES}/hugepages/hugepages-{size}kB", 0, 0)


def _write_memory(tree: Tree, node: str, total_kb: int, free_kb: int) -> None:
    path, mark = (
        ("/proc/meminfo", "") if node == WITHOUT_NODES else (f"{node}/meminfo", f"Node {node[len(NODES) + 5 :]} ")
    )
    tree.write(path, f"{mark}MemTotal:       {total_kb} kB\n{mark}MemFree:        {free_kb} kB\n")


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
    meminfo = "/proc/meminfo" if node == WITHOUT_NODES else f"{node}/meminfo"
    memory = {key: int(kb) for key, kb in re.findall(r"(Mem\w+): +(\d+)", tree.read(meminfo) or "")}
    whole = tree.read(f"/.room/{node.rsplit('/', 1)[1]}-{size}")
    room = total + memory["MemFree"] // size
    got = (
        min(int(value), room if whole is None else int(whole)) if int(value) > total else max(int(value), total - free)
    )
    put(tree, pool, got, free + got - total)
    left = memory["MemFree"] - (got - total) * size
    _write_memory(tree, node, memory["MemTotal"], left)
