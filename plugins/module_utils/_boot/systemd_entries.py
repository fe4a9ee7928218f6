# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemd-boot that left no word in the firmware, known by its entries alone.

It comes behind the stacks that keep entries of their own, or beside which entries of systemd-boot were left.
"""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import entries, systemd_boot
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

NAME = systemd_boot.NAME
SIGN = f"entries in loader/entries below {', '.join(systemd_boot.PLACES)}"
TRIAL = systemd_boot.TRIAL
HINT = systemd_boot.HINT
read = systemd_boot.read
preview = systemd_boot.preview
write = systemd_boot.write
original = systemd_boot.original


def detect(host: Host) -> bool:
    """Whether there are entries where systemd-boot looks for them."""
    return any(entries.read(host, f"{place}/loader/entries") for place in systemd_boot.PLACES)
