# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for: where the VF token should be, and who may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file


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
    if group.isdigit():
        raise HostError(f"The group {group} is a number.", "Write the name of the group.")
    restored = params["state"] in ("absent", "restored")
    return Want(params["path"], group, params["rotate"], restored, params["return_token"])
