# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices a task asks about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector


@dataclass(frozen=True)
class Want:
    """The devices to show; all that DPDK may use where none is named."""

    devices: tuple[Selector, ...] = ()


def parse(params: Mapping[str, Any]) -> Want:
    """Return the want of a task; raise HostError where an entry names no device."""
    return Want(tuple(selector.parse_all(params["devices"])))
