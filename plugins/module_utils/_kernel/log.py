# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel log, as dmesg prints it."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_LAST_LINES = 6


def lines(host: Host) -> tuple[str, ...]:
    """Return the lines that are still there; none without dmesg, or where dmesg_restrict closes the log to us."""
    return tuple(host.output("dmesg").splitlines())


def about(host: Host, address: str) -> str:
    """Return what the kernel last said of a device, or an empty text where the log has nothing."""
    found = [line.strip() for line in lines(host) if address in line]
    return "; ".join(found[-_LAST_LINES:])
