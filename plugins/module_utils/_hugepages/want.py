# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for: pools of hugepages, and the hugetlbfs mounts by which applications take them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import places
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes

_MODE = re.compile(r"[0-7]{3,4}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


# The options of the module, as Ansible checks them before anything here does.
_POOL = {
    "size": {"type": "str", "required": True},
    "count": {"type": "int", "required": True},
    "node": {"type": "int"},
    "persistent": {"type": "bool", "default": True},
}
_MOUNT = {
    "path": {"type": "str", "required": True},
    "size": {"type": "str", "required": True},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "root"},
    "mode": {"type": "raw", "default": "1770"},
}
OPTIONS: dict[str, Any] = {
    "pools": {"type": "list", "elements": "dict", "default": [], "options": _POOL},
    "mounts": {"type": "list", "elements": "dict", "default": [], "options": _MOUNT},
    "state": {"type": "str", "choices": ["present", "restored"], "default": "present"},
}


@dataclass(frozen=True)
class Request:
    """So many pages of one size (in KiB) on one node, or on all nodes together where that is None.

    One that is not ``persistent`` is brought back by something else, such as boot parameters.
    """

    size_kb: int
    count: int
    node: int | None = None
    persistent: bool = True


@dataclass(frozen=True)
class Want:
    """The pools and mounts that a task names; ``restored`` takes back all that was ever changed."""

    requests: tuple[Request, ...] = ()
    mounts: tuple[Mount, ...] = ()
    restored: bool = False


def parse(params: Mapping[str, Any]) -> Want:
    """Return what the task asks for; raise HostError where that makes no sense."""
    requests = tuple(map(_request, params["pools"]))
    mounts = tuple(map(_mount, params["mounts"]))
    named = [each.path for each in mounts]
    twice = sorted({path for path in named if named.count(path) > 1})
    if twice:
        raise HostError(f"{', '.join(twice)}: named twice as a mount.", "Name each mount once.")
    restored = params["state"] == "restored"
    if restored and (requests or mounts):
        raise HostError(
            "Hugepages are given back as a whole, but pools or mounts are named.",
            "Leave out pools and mounts, or state.",
        )
    return Want(requests, mounts, restored)


def _request(entry: Mapping[str, Any]) -> Request:
    size_kb = sizes.parse(entry["size"])
    if entry["count"] < 0:
        raise HostError(
            f"{entry['count']} pages of {entry['size']} cannot be reserved.", "Give 0 or more as count of a pool."
        )
    persistent = entry.get("persistent")
    return Request(size_kb, entry["count"], entry.get("node"), True if persistent is None else persistent)


def _mount(entry: Mapping[str, Any]) -> Mount:
    mode = entry["mode"]
    if not entry["path"].startswith("/") or any(each in " \\%" or not each.isprintable() for each in entry["path"]):
        raise HostError(
            f"{entry['path']!r} is no place for a mount.",
            "Write an absolute path without white space, control characters, \\ and %.",
        )
    path = places.normal(entry["path"])
    if places.of_the_system(path):
        raise HostError(
            f"{entry['path']} is a directory of the system, which a mount would hide at every boot.",
            "Choose a directory of its own, such as /dev/hugepages1G or /mnt/huge.",
        )
    # YAML reads 0770 as 504, which is a mode as well.
    if not (isinstance(mode, str) and _MODE.fullmatch(mode)):
        raise HostError(f"{mode!r} is no mode.", 'Write it in octal and in quotes, like "1770".')
    for name in (entry["owner"], entry["group"]):
        if not _NAME.fullmatch(name):
            raise HostError(f"{name!r} is no name of a user or group.", "Name an owner and group that the host has.")
    return Mount(path, sizes.name(sizes.parse(entry["size"])), entry["owner"], entry["group"], f"{mode:0>4}")
