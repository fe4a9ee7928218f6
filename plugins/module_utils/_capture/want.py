# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is captured: all that a description needs, and what other descriptions would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import want as _description
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description

# What of a description decides what is read. The rest decides what is made of it.
_ASKS = [
    "ports",
    "pfs",
    "driver",
    "iommu",
    "iommu_passthrough",
    "modules",
    "hugepages",
    "hugepages_mounts",
    "access",
    "vf_token",
    "kernel_args",
    "kernel_args_absent",
    "kernel_args_replace",
]
_DEFAULTS: dict[str, Any] = {name: spec.get("default") for name, spec in _description.OPTIONS.items()}
OPTIONS: dict[str, Any] = {
    **{name: _description.OPTIONS[name] for name in _ASKS},
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
    return Want(describe(**{name: params[name] for name in _ASKS}), params["anonymize"])


def describe(**asked: Any) -> Description:
    """Return a description with these options, of which everything is gathered."""
    return _description.parse({**_DEFAULTS, **asked, "gather_info": True, "fail": False})
