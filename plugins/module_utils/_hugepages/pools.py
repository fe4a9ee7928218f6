# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that give pools their pages: the kernel takes any number, and gives what it can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Key, Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes


def steps(pools: Iterable[Pool], wanted: Mapping[Key, int]) -> list[Step]:
    """Return the steps that give each pool its pages; first those that give pages back."""
    changes = [(pool, wanted[pool.key]) for pool in pools if wanted.get(pool.key, pool.total) != pool.total]
    return [_step(pool, count) for pool, count in sorted(changes, key=lambda each: each[1] > each[0].total)]


def _step(pool: Pool, count: int) -> Step:
    def put_back(host: Host) -> None:
        _write(host, pool, pool.total)

    action = f"Set the pages of {sizes.name(pool.size_kb)} on node {pool.node} to {count} (were {pool.total})"
    return Step(action, _giver(pool, count), put_back)


def _write(host: Host, pool: Pool, count: int) -> None:
    try:
        host.write_attr(pool.path, str(count))
    except WriteError as error:
        remedy = error.remedy or ("Look into the kernel log, and whether the memory of the node is still there.",)
        raise WriteError(error.message, error.errno, *remedy) from error


def _giver(pool: Pool, count: int) -> Verb:
    def give(host: Host) -> None:
        _write(host, pool, count)
        now = int(host.attr(pool.path) or 0)
        if now < count:
            memory = hugepages.memory(host, [pool.node])[pool.node]
            raise _short(pool, count, now, memory.get("MemFree", 0))
        if now > count:
            raise HostError(
                f"Node {pool.node} should have {count} pages of {sizes.name(pool.size_kb)}, but keeps {now}.",
                "Stop the applications that use them, and run this again.",
            )

    return give


def _short(pool: Pool, count: int, got: int, free_kb: int) -> HostError:
    """Say how many pages there are, and whether memory is lacking or only too scattered."""
    lacking_kb = (count - got) * pool.size_kb
    scattered = free_kb >= lacking_kb
    why = f"{free_kb // 1024} MiB are free" + (", but not in pieces of that size" if scattered else "")
    size = sizes.name(pool.size_kb)
    remedies = [
        f"Reserve them at boot, when memory is whole, with the boot parameters hugepagesz={size} hugepages={count}.",
        "Or stop what uses memory and run this again.",
    ]
    return HostError(
        f"The kernel gave {got} of {count} pages of {size} on node {pool.node}: {why}.",
        *(remedies if scattered else ["Stop what uses memory, or ask for fewer pages.", remedies[0]]),
    )
