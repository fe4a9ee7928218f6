# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many hugepages of each size every NUMA node should have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.want import Request
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Key, Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.pages import NOBODY, Users
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes


def goals(
    pools: Iterable[Pool], requests: Iterable[Request], total_kb: Mapping[int, int], users: Users = NOBODY
) -> dict[Key, int]:
    """Return how many pages each named pool should have; raise HostError where a pool cannot have them."""
    have = {pool.key: pool for pool in pools}
    found: dict[Key, int] = {}
    for each in requests:
        for key, count in _spread(have, each).items():
            if key in found:
                raise HostError(
                    f"The pages of {sizes.name(each.size_kb)} on node {key[0]} are named twice.",
                    "Name each size once, either for all nodes together or for each node.",
                )
            found[key] = count
    guard.require_room(have, found, users)
    guard.require_memory(have, found, total_kb)
    return found


def persistent(requests: Iterable[Request], wanted: Mapping[Key, int]) -> dict[Key, int]:
    """Return the pools that a unit should bring back at boot."""
    kept = {(each.size_kb, each.node) for each in requests if each.persistent and each.count}
    return {
        (node, size_kb): count
        for (node, size_kb), count in sorted(wanted.items())
        if {(size_kb, node), (size_kb, None)} & kept
    }


def _spread(have: Mapping[Key, Pool], wanted: Request) -> dict[Key, int]:
    """Return the count for each node; the nodes keep what they have where the sum is right."""
    nodes = [node for node, size_kb in have if size_kb == wanted.size_kb]
    if not nodes:
        offered = ", ".join(dict.fromkeys(sizes.name(size_kb) for dummy, size_kb in sorted(have))) or "none"
        raise HostError(
            f"This host has no hugepages of {sizes.name(wanted.size_kb)}; the sizes that it offers: {offered}.",
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
