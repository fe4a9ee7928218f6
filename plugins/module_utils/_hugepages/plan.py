# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hugepages of a host reserved now and at boot, with the mounts by which applications take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import hugetlbfs, pools
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.pools import Key, Request
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages, unit
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import hugepage_units as _units
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step


@dataclass(frozen=True)
class Want:
    """The pools and mounts that a task names; ``restore`` takes back all that was ever changed."""

    requests: tuple[Request, ...] = ()
    mounts: tuple[Mount, ...] = ()
    restore: bool = False


@dataclass(frozen=True)
class Have:
    """What the kernel gave, what is mounted, and the files of this collection, as text."""

    pools: list[Pool]
    total_kb: dict[int, int]
    mounts: dict[str, Mount]
    mount_units: dict[str, str]
    unit_text: str | None
    record_text: str | None
    dma_entry_limit: int | None


def wanted(params: Mapping[str, Any]) -> Want:
    """Check what the user wrote."""
    requests = tuple(pools.request(each) for each in params["pools"])
    found = tuple(hugetlbfs.wanted(each) for each in params["mounts"])
    places = [each.path for each in found]
    twice = sorted({path for path in places if places.count(path) > 1})
    if twice:
        raise HostError(f"{', '.join(twice)}: named twice as a mount.", "Name each mount once.")
    restore = params["state"] == "restored"
    if restore and (requests or found):
        raise HostError(
            "Hugepages are given back as a whole, but pools or mounts are named.",
            "Leave out pools and mounts, or state.",
        )
    return Want(requests, found, restore)


def read(host: Host) -> Have:
    """Read the host."""
    found = hugepages.read(host)
    limit = host.attr(pools.DMA_ENTRY_LIMIT)
    return Have(
        pools=found,
        total_kb={node: each["MemTotal"] for node, each in pools.memory(host, found).items() if "MemTotal" in each},
        mounts=hugetlbfs.read(host),
        mount_units=hugetlbfs.units(host),
        unit_text=host.read(_units.PATH),
        record_text=host.read(pools.RECORD),
        dma_entry_limit=int(limit) if limit and limit.isdecimal() else None,
    )


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``: the pools and mounts of the host."""
    kept = _units.parse_pools(have.unit_text)
    return {
        "pools": [
            {
                "size": pools.size_name(pool.size_kb),
                "node": pool.node,
                "total": pool.total,
                "at_boot": kept.get((pool.node, pool.size_kb)),
            }
            for pool in have.pools
        ],
        "mounts": hugetlbfs.describe(have.mounts, _paths(have, want)),
    }


def _paths(have: Have, want: Want) -> list[str]:
    return sorted({*have.mounts, *(each.path for each in want.mounts)})


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that reserve the pages and make the mounts, or that give both back."""
    if want.restore:
        return _restoring(have, want)
    goals = pools.goals(have.pools, want.requests, have.total_kb)
    kept = {**_kept(have, goals), **pools.persistent(want.requests, goals)}
    steps = pools.steps(have.pools, goals)
    changed = [key for key in goals if key not in _settled(have, goals)]
    note = pools.remember_step(have.record_text, have.pools, changed)
    steps = [*note, *steps, *_unit_steps(have, kept), *hugetlbfs.steps(have.mounts, have.mount_units, want.mounts)]
    found = {**have.mounts, **{each.path: each for each in want.mounts}}
    after = _after(have, goals, kept, found)
    return Plan(tuple(steps), describe(after, want), _warnings(after), _facts(after))


def _settled(have: Have, goals: Mapping[Key, int]) -> set[Key]:
    return {(pool.node, pool.size_kb) for pool in have.pools if goals.get((pool.node, pool.size_kb)) == pool.total}


def _kept(have: Have, goals: Mapping[Key, int]) -> dict[Key, int]:
    """Return the pools of the unit that the task does not name; they stay."""
    sizes = {size_kb for dummy, size_kb in goals}
    return {key: count for key, count in _units.parse_pools(have.unit_text).items() if key[1] not in sizes}


def _unit_steps(have: Have, kept: Mapping[Key, int]) -> list[Step]:
    text = _units.render_pools(kept)
    return [] if text == have.unit_text else [unit.enabled_step(_units.PATH, have.unit_text, text)]


def _restoring(have: Have, want: Want) -> Plan:
    recorded = pools.recorded(have.record_text)
    there = {(pool.node, pool.size_kb) for pool in have.pools}
    requests = [Request(size, total, node) for (node, size), total in recorded.items() if (node, size) in there]
    goals = pools.goals(have.pools, requests, have.total_kb)
    steps = [*hugetlbfs.removal(have.mounts, have.mount_units), *pools.steps(have.pools, goals)]
    steps += _unit_steps(have, {})
    steps += [write_step(pools.RECORD, have.record_text, None)] if have.record_text is not None else []
    after = _after(have, goals, {}, hugetlbfs.remaining(have.mounts, have.mount_units))
    return Plan(tuple(steps), describe(after, want), facts=_facts(after))


def _after(have: Have, goals: Mapping[Key, int], kept: Mapping[Key, int], found: dict[str, Mount]) -> Have:
    """Return the host as it will be."""
    given = [replace(pool, total=goals.get((pool.node, pool.size_kb), pool.total)) for pool in have.pools]
    return replace(have, pools=given, mounts=found, unit_text=_units.render_pools(kept))


def _facts(after: Have) -> dict[str, Any]:
    """Return what limits have to allow for: an application may use all pages, each mapped for DMA by itself."""
    return {
        "memory_mib": sum(pool.total * pool.size_kb for pool in after.pools) // 1024,
        "dma_entries": sum(pool.total for pool in after.pools),
        "dma_entry_limit": after.dma_entry_limit,
    }


def _warnings(after: Have) -> tuple[str, ...]:
    entries = sum(pool.total for pool in after.pools)
    if after.dma_entry_limit is None or entries <= after.dma_entry_limit:
        return ()
    return (
        f"An application on VFIO that uses all {entries} hugepages may need as many DMA mappings, and "
        f"vfio_iommu_type1.dma_entry_limit is {after.dma_entry_limit}. Take larger pages, or raise it with "
        "dataplane.dpdk.vfio_module.",
    )
