# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What forbids a number of hugepages before the kernel is asked for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Key, Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.pages import Users
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes


def require_room(have: Mapping[Key, Pool], wanted: Mapping[Key, int], users: Users) -> None:
    """Raise HostError for a pool that should have fewer pages than are in use, with those that use hugepages."""
    for key, count in wanted.items():
        pool = have[key]
        used = pool.total - pool.free
        if count < used:
            raise HostError(
                f"Node {pool.node} should have {count} pages of {sizes.name(pool.size_kb)}, but {used} of its "
                f"{pool.total} are in use. Hugepages are used {users}.",
                "Stop the applications that use them, or remove the files they left in hugetlbfs, and run this again.",
            )


def busy(mounts: Iterable[str], users: Users) -> list[HostError]:
    """Return why mounts cannot go: processes have hugepages from them, so the kernel refuses to unmount them."""
    return [
        HostError(
            f"{path} should be unmounted, and is used by {', '.join(map(str, users.of(path)))}.",
            "Stop these processes, and run this again.",
        )
        for path in mounts
        if users.of(path)
    ]


def without_owner(mounts: Iterable[Mount], accounts: Collection[str]) -> list[HostError]:
    """Return the mounts whose owner or group the host does not have, which an earlier task of the run may make."""
    found = []
    for each in mounts:
        lacking = [f"the user {each.owner}"] if f"passwd {each.owner}" not in accounts else []
        lacking += [f"the group {each.group}"] if f"group {each.group}" not in accounts else []
        if lacking:
            found.append(
                HostError(
                    f"{each.path} should belong to {' and '.join(lacking)}, and this host has none.",
                    "Make it first, or name another one; dataplane.dpdk.access makes its group.",
                )
            )
    return found


def require_memory(have: Mapping[Key, Pool], wanted: Mapping[Key, int], total_kb: Mapping[int, int]) -> None:
    """Raise HostError for a node that would have no memory left beside its hugepages."""
    for node, total in total_kb.items():
        counts = {key: wanted.get(key, pool.total) for key, pool in have.items() if pool.node == node}
        asked = sum(count * size_kb for (dummy, size_kb), count in counts.items())
        if any(key in wanted for key in counts) and asked >= total:
            raise HostError(
                f"Hugepages of {asked // 1024} MiB are asked for on node {node}, which has {total // 1024} MiB of "
                "memory in all.",
                "Ask for fewer pages, and leave memory for the system.",
            )
