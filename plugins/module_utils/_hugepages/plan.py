# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hugepages of a host reserved now and at boot, with the mounts by which applications take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import guard, hugetlbfs, places, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import pools as _pools
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.goals import goals as _goals
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.goals import persistent
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.want import Request, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import unit
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Key
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import hugepage_units as _units
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before``, ``after`` and what is predicted of it: the pools and mounts of the host."""
    kept = _units.parse_pools(have.unit_text) if _units.NAME in have.in_force else {}
    return {
        "pools": [
            {"size": sizes.name(pool.size_kb), "node": pool.node, "total": pool.total, "at_boot": kept.get(pool.key)}
            for pool in have.pools
        ],
        "mounts": hugetlbfs.describe(have.mounts, {*have.mounts, *(each.path for each in want.mounts)}),
    }


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that reserve the pages and make the mounts, or that give both back."""
    if want.restored:
        return _giving_back(have, want)
    raise_all(places.refusals(have.places))
    goals = _goals(have.pools, want.requests, have.total_kb, have.users)
    kept = {**_others_kept(have, goals), **persistent(want.requests, goals)}
    changed = [key for key in goals if key not in _settled(have, goals)]
    steps = record.remember_step(have.record_text, have.pools, changed)
    steps += [*_pools.steps(have.pools, goals), *_unit_steps(have, kept)]
    steps += hugetlbfs.steps(have.mounts, have.mount_units, have.in_force, want.mounts)
    after = _after(have, goals, kept, {**have.mounts, **{each.path: each for each in want.mounts}})
    strangers = guard.without_owner(want.mounts, have.accounts)
    said = tuple(" ".join([each.message, *each.remedy]) for each in strangers)
    return Plan(
        tuple(steps), describe(after, want), (*_warnings(after), *said), _facts(after), assumed=tuple(strangers)
    )


def _giving_back(have: Have, want: Want) -> Plan:
    there = {pool.key for pool in have.pools}
    counts = record.parse(have.record_text)
    requests = [Request(size_kb, total, node) for (node, size_kb), total in counts.items() if (node, size_kb) in there]
    raise_all(guard.busy(hugetlbfs.unmounted(have.mounts, have.mount_units), have.users))
    goals = _goals(have.pools, requests, have.total_kb, have.users)
    steps = [*hugetlbfs.removal(have.mounts, have.mount_units), *_pools.steps(have.pools, goals)]
    steps += _unit_steps(have, {})
    steps += [write_step(record.RECORD, have.record_text, None)] if have.record_text is not None else []
    after = _after(have, goals, {}, hugetlbfs.remaining(have.mounts, have.mount_units))
    return Plan(tuple(steps), describe(after, want), facts=_facts(after))


def _settled(have: Have, goals: Mapping[Key, int]) -> set[Key]:
    return {pool.key for pool in have.pools if goals.get(pool.key) == pool.total}


def _others_kept(have: Have, goals: Mapping[Key, int]) -> dict[Key, int]:
    """Return the pools of the unit that the task does not name; they stay."""
    sizes = {size_kb for dummy, size_kb in goals}
    return {key: count for key, count in _units.parse_pools(have.unit_text).items() if key[1] not in sizes}


def _unit_steps(have: Have, kept: Mapping[Key, int]) -> list[Step]:
    text = _units.render_pools(kept, have.numa)
    return unit.enabled_steps(_units.PATH, have.unit_text, text, have.in_force)


def _after(have: Have, goals: Mapping[Key, int], kept: Mapping[Key, int], mounts: dict[str, Mount]) -> Have:
    """Return the host as it will be."""
    given = [replace(pool, total=goals.get(pool.key, pool.total)) for pool in have.pools]
    text = _units.render_pools(kept, have.numa)
    return replace(have, pools=given, mounts=mounts, unit_text=text, in_force=frozenset({_units.NAME}))


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
