# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many hugepages of each size every NUMA node is to have, and what it takes to get there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import NODES, Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb, write_step

# What the pools were before the first change.
RECORD = "/var/lib/dataplane-dpdk/hugepages.json"
DMA_ENTRY_LIMIT = "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit"
_SIZE = re.compile(r"([1-9][0-9]*)([KMG])B?", re.IGNORECASE)
_KB = {"K": 1, "M": 1024, "G": 1024 * 1024}
_MEMORY = re.compile(r"^Node \d+ (MemTotal|MemFree): +(\d+) kB$", re.MULTILINE)

Key = tuple[int, int]  # node, size in KiB


@dataclass(frozen=True)
class Request:
    """So many pages of one size (in KiB) on one node, or on all nodes together where that is None.

    One that is not ``persistent`` is brought back by something else, such as boot parameters.
    """

    size_kb: int
    count: int
    node: int | None = None
    persistent: bool = True


def request(entry: Mapping[str, Any]) -> Request:
    """Return what a task says of one pool."""
    size_kb = kilobytes(entry["size"])
    if entry["count"] < 0:
        raise HostError(
            f"{entry['count']} pages of {entry['size']} cannot be reserved.", "Give 0 or more as count of a pool."
        )
    persistent = entry.get("persistent")
    return Request(size_kb, entry["count"], entry.get("node"), True if persistent is None else persistent)


def kilobytes(text: str) -> int:
    """Return a size such as 2M or 1G in KiB."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise HostError(f"{text!r} is no size of hugepages.", "Write it like 2M or 1G.")
    return int(match[1]) * _KB[match[2].upper()]


def size_name(size_kb: int) -> str:
    """Return a size as people and mount options write it: 2M, 1G."""
    for unit in ("G", "M"):
        if size_kb % _KB[unit] == 0:
            return f"{size_kb // _KB[unit]}{unit}"
    return f"{size_kb}K"


def path(key: Key) -> str:
    """Return the file that holds, and takes, the number of pages of a pool."""
    node, size_kb = key
    return f"{NODES}/node{node}/hugepages/hugepages-{size_kb}kB/nr_hugepages"


def memory(host: Host, pools: Iterable[Pool]) -> dict[int, dict[str, int]]:
    """Return MemTotal and MemFree of each node in KiB."""
    nodes = sorted({pool.node for pool in pools})
    texts = {node: host.attr(f"{NODES}/node{node}/meminfo") or "" for node in nodes}
    return {node: {name: int(value) for name, value in _MEMORY.findall(text)} for node, text in texts.items()}


def goals(pools: list[Pool], requests: Iterable[Request], total_kb: Mapping[int, int]) -> dict[Key, int]:
    """Return how many pages each named pool is to have; raise HostError where a pool cannot have them."""
    have = {(pool.node, pool.size_kb): pool for pool in pools}
    wanted: dict[Key, int] = {}
    for each in requests:
        for key, count in _spread(have, each).items():
            if key in wanted:
                raise HostError(
                    f"The pages of {size_name(each.size_kb)} on node {key[0]} are named twice.",
                    "Name each size once, either for all nodes together or for each node.",
                )
            wanted[key] = count
    for key, count in wanted.items():
        _require_room(have[key], count)
    _require_memory(have, wanted, total_kb)
    return wanted


def _spread(have: Mapping[Key, Pool], wanted: Request) -> dict[Key, int]:
    """Return the count for each node; the nodes keep what they have where the sum is right."""
    nodes = [node for node, size_kb in have if size_kb == wanted.size_kb]
    if not nodes:
        sizes = ", ".join(dict.fromkeys(size_name(size_kb) for dummy, size_kb in sorted(have))) or "none"
        raise HostError(
            f"This host has no hugepages of {size_name(wanted.size_kb)}; the sizes that it offers: {sizes}.",
            "Ask for a size that the processor and kernel offer; 1G needs the processor flag pdpe1gb.",
        )
    if wanted.node is not None:
        if wanted.node not in nodes:
            raise HostError(
                f"This host has no NUMA node {wanted.node} with memory; it has {', '.join(map(str, nodes))}.",
                "Correct the node of the pool.",
            )
        return {(wanted.node, wanted.size_kb): wanted.count}
    if sum(have[node, wanted.size_kb].total for node in nodes) == wanted.count:
        return {(node, wanted.size_kb): have[node, wanted.size_kb].total for node in nodes}
    share, rest = divmod(wanted.count, len(nodes))
    return {(node, wanted.size_kb): share + (place < rest) for place, node in enumerate(nodes)}


def _require_room(pool: Pool, count: int) -> None:
    used = pool.total - pool.free
    if count < used:
        raise HostError(
            f"Node {pool.node} is to have {count} pages of {size_name(pool.size_kb)}, but {used} of its {pool.total} "
            "are in use.",
            "Stop the applications that use them, or remove the files they left in hugetlbfs, and run this again.",
        )


def _require_memory(have: Mapping[Key, Pool], wanted: Mapping[Key, int], total_kb: Mapping[int, int]) -> None:
    for node, total in total_kb.items():
        counts = {key: wanted.get(key, pool.total) for key, pool in have.items() if key[0] == node}
        asked = sum(count * size_kb for (dummy, size_kb), count in counts.items())
        if any(key in wanted for key in counts) and asked >= total:
            raise HostError(
                f"Hugepages of {asked // 1024} MiB are asked for on node {node}, which has {total // 1024} MiB of "
                "memory in all.",
                "Ask for fewer pages, and leave memory for the system.",
            )


def steps(pools: list[Pool], wanted: Mapping[Key, int]) -> list[Step]:
    """Return the steps that give each pool its pages; first those that give pages back."""
    changes = [(pool, wanted[pool.node, pool.size_kb]) for pool in pools if (pool.node, pool.size_kb) in wanted]
    todo = [(pool, count) for pool, count in changes if count != pool.total]
    return [_step(pool, count) for pool, count in sorted(todo, key=lambda each: each[1] > each[0].total)]


def _step(pool: Pool, count: int) -> Step:
    place = path((pool.node, pool.size_kb))

    def put_back(host: Host) -> None:
        host.write_attr(place, str(pool.total))

    action = f"Set the pages of {size_name(pool.size_kb)} on node {pool.node} to {count} (were {pool.total})"
    return Step(action, _giver(pool, count), put_back)


def _giver(pool: Pool, count: int) -> Verb:
    """Return the verb that asks the kernel for pages; it takes any number and gives what it can."""

    def give(host: Host) -> None:
        place = path((pool.node, pool.size_kb))
        host.write_attr(place, str(count))
        now = int(host.attr(place) or 0)
        if now < count:
            raise _short(pool, count, now, memory(host, [pool])[pool.node].get("MemFree", 0))
        if now > count:
            raise HostError(
                f"Node {pool.node} is to have {count} pages of {size_name(pool.size_kb)}, but keeps {now}.",
                "Stop the applications that use them, and run this again.",
            )

    return give


def _short(pool: Pool, count: int, got: int, free_kb: int) -> HostError:
    """Tell how many pages there are, and whether memory is lacking or only too scattered."""
    lacking_kb = (count - got) * pool.size_kb
    scattered = free_kb >= lacking_kb
    why = f"{free_kb // 1024} MiB are free" + (", but not in pieces of that size" if scattered else "")
    size = size_name(pool.size_kb)
    remedies = [
        f"Reserve them at boot, when memory is whole, with the boot parameters hugepagesz={size} hugepages={count}.",
        "Or stop what uses memory and run this again.",
    ]
    return HostError(
        f"The kernel gave {got} of {count} pages of {size} on node {pool.node}: {why}.",
        *(remedies if scattered else ["Stop what uses memory, or ask for fewer pages.", remedies[0]]),
    )


def persistent(requests: Iterable[Request], wanted: Mapping[Key, int]) -> dict[Key, int]:
    """Return the pools that a unit is to bring back at boot."""
    kept = {(each.size_kb, each.node) for each in requests if each.persistent and each.count}
    return {
        (node, size_kb): count
        for (node, size_kb), count in sorted(wanted.items())
        if {(size_kb, node), (size_kb, None)} & kept
    }


def remember_step(text: str | None, pools: list[Pool], wanted: Iterable[Key]) -> list[Step]:
    """Return the step that notes what pools were before the first change, or none where that is known."""
    known = recorded(text)
    found = {(pool.node, pool.size_kb): pool.total for pool in pools}
    new = {**{key: found[key] for key in wanted}, **known}
    return [] if new == known else [write_step(RECORD, text, _render(new))]


def recorded(text: str | None) -> dict[Key, int]:
    """Return the counts before the first change."""
    try:
        entries = json.loads(text or "[]")
        return {(int(entry["node"]), int(entry["size_kb"])): int(entry["total"]) for entry in entries}
    except (ValueError, TypeError, KeyError) as error:
        raise HostError(
            f"{RECORD} does not hold what this collection writes there: {error!r}.",
            f"Bring {RECORD} back from a backup, or remove it; the numbers of before are then forgotten.",
        ) from error


def _render(counts: Mapping[Key, int]) -> str:
    entries = [{"node": node, "size_kb": size, "total": total} for (node, size), total in sorted(counts.items())]
    return json.dumps(entries, indent=2) + "\n"
