# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks of a host's IOMMU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector


@dataclass(frozen=True)
class Want:
    """What the host has to be like, the devices to judge one by one, and whether what is not so is a failure.

    ``log`` holds the lines of a kernel log to explain; None stands for what that of the host says of ``devices``.
    """

    require: str
    devices: tuple[Selector, ...] = ()
    log: tuple[str, ...] | None = None
    fail: bool = True


def parse(params: Mapping[str, Any]) -> Want:
    """Return the want of a task; raise HostError where an entry names no device."""
    log = params["kernel_log"]
    return Want(
        require=params["require"],
        devices=tuple(selector.parse_all(params["devices"])),
        log=None if log is None else tuple(log.splitlines()),
        fail=params["fail"],
    )
