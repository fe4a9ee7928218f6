# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mode of a network card's embedded switch, by way of `devlink`."""

from __future__ import annotations

import json

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

LEGACY = "legacy"


def read(host: Host, address: str) -> str | None:
    """Return legacy or switchdev, or None where devlink offers no switch for this device."""
    try:
        done = host.run("devlink", "-j", "dev", "eswitch", "show", f"pci/{address}")
    except HostError:  # no devlink here: most cards do not need it
        return None
    try:
        mode = json.loads(done.out or "{}", strict=False).get("dev", {}).get(f"pci/{address}", {}).get("mode")
    except (ValueError, AttributeError, RecursionError):  # older ones print something else
        return None
    return str(mode) if done.rc == 0 and mode else None


def set_mode(host: Host, address: str, mode: str) -> None:
    """Switch the mode; cards want to have no VFs meanwhile."""
    host.must("devlink", "dev", "eswitch", "set", f"pci/{address}", "mode", mode)
    now = read(host, address)
    if now != mode:
        raise HostError(
            f"The eswitch of {address} was set to {mode}, but devlink tells {now or 'nothing'}.",
            f"Look into the kernel log for what the driver of {address} says about its mode.",
        )
