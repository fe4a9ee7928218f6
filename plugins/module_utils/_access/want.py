# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for: a group, its users and services, the devices that it may open, and memory that it may lock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.access_files import UNLIMITED
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes

_NAME = re.compile(r"[a-z_][a-z0-9_-]*")
_SERVICE = re.compile(r"[A-Za-z0-9:_.@-]+\.service")


# The options of the module, as Ansible checks them before anything here does.
REQUIRED_IF = [("state", "present", ["group"])]
OPTIONS: dict[str, Any] = {
    "group": {"type": "str"},
    "users": {"type": "list", "elements": "str", "default": []},
    "devices": {"type": "list", "elements": "raw", "default": []},
    "memlock": {"type": "str"},
    "services": {"type": "list", "elements": "str", "default": []},
    "state": {"type": "str", "choices": ["present", "restored"], "default": "present"},
}


@dataclass(frozen=True)
class Want:
    """A group and all that should be its own; ``memlock`` is in KiB, or unlimited. ``restored`` takes it back.

    ``addresses`` are the devices that the selectors mean, once they are resolved; ``missing`` holds an error for each
    VF among them that does not exist yet.
    """

    group: str = ""
    users: tuple[str, ...] = ()
    selectors: tuple[Selector, ...] = ()
    memlock: str | None = None
    services: tuple[str, ...] = ()
    restored: bool = False
    addresses: tuple[str, ...] = ()
    missing: tuple[HostError, ...] = ()


def parse(params: Mapping[str, Any]) -> Want:
    """Return what the task asks for; raise HostError where that makes no sense."""
    if params["state"] == "restored":
        return Want(restored=True)
    for name in (params["group"], *params["users"]):
        if not _NAME.fullmatch(name):
            raise HostError(f"{name!r} is no name of a user or group.", "Use small letters, digits, - and _.")
    if params["group"] == "root":
        raise HostError("root may do all of this already.", "Name a group of its own, such as dpdk.")
    for name in params["services"]:
        if not _SERVICE.fullmatch(name):
            raise HostError(f"{name!r} is no service.", "Write the unit's full name, such as vpp.service.")
    return Want(
        params["group"],
        tuple(params["users"]),
        tuple(_selector.parse_all(params["devices"])),
        _memlock(params["memlock"]),
        tuple(sorted(params["services"])),
    )


def _memlock(text: str | None) -> str | None:
    if text is None or text == UNLIMITED:
        return text
    try:
        return str(sizes.parse(text, alone="M"))
    except HostError:
        raise HostError(
            f"{text!r} is no limit of locked memory.", "Give a size such as 512M or 1G, a number of MiB, or unlimited."
        ) from None
