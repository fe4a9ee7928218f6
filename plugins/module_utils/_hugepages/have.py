# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host has: the pools that the kernel gave, the hugetlbfs mounts, and the files of this collection."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import hugetlbfs, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import places as _places
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.places import Place
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages, ownership, unit, vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import hugepage_units as _units
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import pages as _users
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.pages import Users


@dataclass(frozen=True)
class Have:
    """The host. ``total_kb`` is the memory of each node, ``mounts`` and ``mount_units`` are by path.

    The units are those that this collection wrote, and ``in_force`` those of them that systemd starts at boot;
    ``dma_entry_limit`` is None while VFIO is not loaded. ``users`` are looked for where pages are in use and some may go.
    ``accounts`` are the owners and groups of wanted mounts that there are, as in ``passwd root`` and ``group dpdk``. ``places``
    are those of wanted mounts that are not there yet.
    """

    pools: list[Pool]
    total_kb: dict[int, int]
    mounts: dict[str, Mount]
    mount_units: dict[str, str]
    unit_text: str | None
    record_text: str | None
    dma_entry_limit: int | None
    users: Users = _users.NOBODY
    accounts: frozenset[str] = frozenset()
    in_force: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()

    @property
    def numa(self) -> bool:
        """Whether the kernel knows nodes; one that does not has its pools in one place."""
        return all(pool.numa for pool in self.pools)


def read(host: Host, want: Want) -> Have:
    """Read the host, all of it whatever the task names."""
    pools = hugepages.read(host)
    memory = hugepages.memory(host, (pool.node for pool in pools))
    limit = host.attr(vfio.DMA_ENTRY_LIMIT)
    found, mount_units = hugetlbfs.read(host), hugetlbfs.units(host)
    unit_text = host.read(_units.PATH)
    paths = [*mount_units, *([_units.PATH] if unit_text is not None else [])]
    return Have(
        pools=pools,
        total_kb={node: each["MemTotal"] for node, each in memory.items() if "MemTotal" in each},
        mounts=found,
        mount_units=mount_units,
        unit_text=unit_text,
        record_text=host.read(record.RECORD),
        dma_entry_limit=int(limit) if limit and limit.isdecimal() else None,
        users=_users.read(host, found) if _may_take(pools, want) else _users.NOBODY,
        accounts=_accounts(host, want),
        in_force=unit.in_force(host, (path.rsplit("/", 1)[-1] for path in paths), _units.TARGET),
        places=_places.read(host, [each.path for each in want.mounts]) if want.mounts else (),
    )


def _may_take(pools: Iterable[Pool], want: Want) -> bool:
    """Whether pages may be taken from a pool some of whose pages are in use."""
    sizes = {each.size_kb for each in want.requests}
    return any(pool.free < pool.total and (want.restored or pool.size_kb in sizes) for pool in pools)


def _accounts(host: Host, want: Want) -> frozenset[str]:
    """Return which owners and groups of mounts that have others than root the host has."""
    owners, groups = {each.owner for each in want.mounts}, {each.group for each in want.mounts}
    named = [("passwd", name) for name in sorted(owners)] + [("group", name) for name in sorted(groups)]
    return frozenset(f"{base} {name}" for base, name in named if ownership.exists(host, base, name))
