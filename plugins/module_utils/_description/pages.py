# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hugepages mean for the other stages: the boot parameters, pools, mounts and locked memory that go with them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Pages

# Beside the pages an application locks some memory of its own.
_MORE_MIB = 64
_SYSTEMD_MOUNT = "/dev/hugepages"


def boot_parameters(pages: Sequence[Pages]) -> list[str]:
    """Return the ordered pairs that reserve pages at boot; for single nodes the count is node:count,node:count."""
    tokens: list[str] = []
    # The order is part of what a host is booted with: hosts that are prepared already stay as they are.
    for size in sorted({each.size for each in pages if each.by_boot}):
        these = [each for each in pages if each.by_boot and each.size == size]
        nodes = ",".join(f"{each.node}:{each.count}" for each in these if each.node is not None)
        tokens += [f"hugepagesz={size}", f"hugepages={nodes or these[0].count}"]
    return tokens


def pools(pages: Sequence[Pages]) -> list[dict[str, Any]]:
    """Return the pools of the module hugepages; those that boot parameters reserve need no unit."""
    return [
        {
            "size": each.size,
            "count": each.count,
            "persistent": not each.by_boot,
            **({} if each.node is None else {"node": each.node}),
        }
        for each in pages
    ]


def mounts(pages: Sequence[Pages], group: str, default_kb: int | None) -> list[dict[str, Any]]:
    """Return a mount for each size, for a group: systemd's own for the kernel's default size, one beside it for others."""
    found = {}
    for each in pages:
        own = each.size_kb == default_kb
        path = _SYSTEMD_MOUNT if own else f"{_SYSTEMD_MOUNT}-{each.size}"
        found[path] = {"path": path, "size": each.size, "group": group}
    return list(found.values())


def memlock(pages: Collection[Pages]) -> str:
    """Return how much memory in MiB an application that uses all pages may have to lock."""
    return str(sum(each.count * each.size_kb for each in pages) // 1024 + _MORE_MIB)
