# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a network interface has a link to its other end, and the wait until it has."""

from __future__ import annotations

import time

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import admin_state

# Copper at 10 Gbit/s negotiates for up to ten seconds, and links that train for longer.
SECONDS = 30.0
_EVERY = 0.1


def has(host: Host, interface: str) -> bool:
    """Return whether an interface has a link; one that is down has none (carrier_show refuses to say)."""
    return host.attr(f"/sys/class/net/{interface}/carrier") == "1"


def wait(host: Host, interface: str) -> bool:
    """Wait until an interface has a link; return False where it has none in time, or is down."""
    until = time.monotonic() + SECONDS
    while not has(host, interface):
        if time.monotonic() >= until or not admin_state.is_up(host, interface):
            return False
        time.sleep(_EVERY)
    return True
