# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a host as lines for people, in columns. Pure, on the controller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils._watch import plain

_COLUMNS = ("device", "driver", "interface", "node", "group", "vfs", "DPDK", "what it is")


def lines(info: Mapping[str, Any]) -> list[str]:
    """Return a line for each device of what dpdk_info returned, with a headline, and a line for each kind of hugepages."""
    rows = [_COLUMNS, *(_row(each) for each in (*info.get("devices", ()), *info.get("vmbus_devices", ())))]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    table = ["  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows]
    return [*table, *_pages(info.get("hugepages", ()))]


def _row(device: Mapping[str, Any]) -> Sequence[str]:
    vfs = device.get("vfs") or ()
    pf = device.get("pf")
    cells = (
        device.get("address") or device.get("guid"),
        device.get("driver"),
        ", ".join(str(each.get("name")) for each in device.get("interfaces") or ()) or _last(device),
        device.get("numa_node"),
        device.get("iommu_group"),
        f"{len(vfs)} of {device['total_vfs']}" if device.get("total_vfs") else f"of {pf}" if pf else None,
        _ready(device),
        " ".join(str(device[key]) for key in ("vendor_name", "device_name") if device.get(key)) or device.get("ids"),
    )
    return [plain("-" if each in (None, "") else str(each)) for each in cells]


def _last(device: Mapping[str, Any]) -> str | None:
    return f"({device['last_interface']})" if device.get("last_interface") else None


def _ready(device: Mapping[str, Any]) -> str:
    if device.get("dpdk_ready"):
        return "ready"
    return "not ready" if device.get("dpdk_driver") else "no"


def _pages(pools: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        plain(
            f"hugepages of {pool['size_kb']} KiB on node {pool['node']}: "
            f"{pool['total']}, of which {pool.get('free', '?')} are free"
        )
        for pool in pools
        if pool["total"]
    ]
