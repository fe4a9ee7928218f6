# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel log."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host


def lines(host: Host) -> tuple[str, ...]:
    """Return the lines that are still there; none where the log is closed to us."""
    try:
        return tuple(host.run("dmesg").out.splitlines())
    except HostError:
        return ()
