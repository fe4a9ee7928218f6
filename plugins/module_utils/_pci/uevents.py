# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The events by which the kernel tells udev of devices that come and go."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_SECONDS = 60


def settle(host: Host) -> None:
    """Wait until udev is done with them: before, an interface that just came is called eth0, and not by its own name.

    A deadline that passes is no failure: what has to be there is checked by the steps behind it.
    """
    host.run("udevadm", "settle", f"--timeout={_SECONDS}")
