# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for: where the VF token should be, and who may read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file

# The options of the module, as Ansible checks them before anything here does.
OPTIONS: dict[str, Any] = {
    "path": {"type": "path", "default": "/etc/dataplane-dpdk/vf_token"},
    "group": {"type": "str", "default": "root"},
    "rotate": {"type": "bool", "default": False},
    "return_token": {"type": "bool", "default": False, "no_log": False},
    "state": {"type": "str", "choices": ["present", "absent", "restored"], "default": "present"},
}


@dataclass(frozen=True)
class Want:
    """The file of the token, and the group that may read it.

    ``rotate`` makes a new token, ``restored`` removes the file, ``returned`` makes the token part of the result.
    """

    path: str = token_file.PATH
    group: str = "root"
    rotate: bool = False
    restored: bool = False
    returned: bool = False


def parse(params: Mapping[str, Any]) -> Want:
    """Return what the task asks for; raise HostError where that makes no sense."""
    group = params["group"]
    if group.isdecimal():
        raise HostError(f"The group {group} is a number.", "Write the name of the group.")
    restored = params["state"] in ("absent", "restored")
    return Want(params["path"], group, params["rotate"], restored, params["return_token"])
