# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a network interface is set up, by the administrator's will (IFF_UP); its link is another matter."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_IFF_UP = 0x1


def is_up(host: Host, interface: str) -> bool:
    """Return whether an interface is there and set up."""
    return bool(int(host.attr(f"/sys/class/net/{interface}/flags") or "0", 16) & _IFF_UP)


def set_up(host: Host, interface: str, up: bool) -> None:
    """Set an interface up or down."""
    word = "up" if up else "down"
    host.must("ip", "link", "set", "dev", interface, word)
    if is_up(host, interface) != up:
        raise HostError(
            f"{interface} was set {word}, but is not.",
            f"Look for another tool that manages {interface}, and into the kernel log.",
        )
