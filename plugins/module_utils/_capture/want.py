# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is captured: all that a description needs, and what other descriptions would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import want as _description
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description

_OF_A_LOOK = ("restore", "gather_info", "capture", "assume", "fail")
OPTIONS: dict[str, Any] = {
    **{name: spec for name, spec in _description.OPTIONS.items() if name not in _OF_A_LOOK},
    "anonymize": {"type": "bool", "default": False},
    "dest": {"type": "path"},
}


@dataclass(frozen=True)
class Want:
    """The description that a capture is for, and whether it shall not say whose host it is."""

    description: Description
    anonymize: bool


def parse(params: Mapping[str, Any]) -> Want:
    """Return the want of a task; where the file goes is not the host's business."""
    everything = {**params, "restore": None, "gather_info": True, "fail": False}
    return Want(_description.parse(everything), params["anonymize"])
