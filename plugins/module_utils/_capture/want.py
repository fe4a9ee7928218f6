# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is captured: all that a description needs, and what other descriptions would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import want as _description
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description

_OF_A_LOOK = ("restore", "gather_info", "capture", "assume", "fail")
OPTIONS: dict[str, Any] = {name: spec for name, spec in _description.OPTIONS.items() if name not in _OF_A_LOOK}


def parse(params: Mapping[str, Any]) -> Description:
    """Return the description as a look takes it that gathers everything."""
    return _description.parse({**params, "restore": None, "gather_info": True, "fail": False})
