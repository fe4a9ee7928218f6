# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemd-boot that left no word in the firmware, known by its entries alone.

It comes behind the stacks that keep entries of their own, or beside which entries of systemd-boot were left.
"""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import signs, systemd_boot

NAME = systemd_boot.NAME
SIGN = f"entries in loader/entries below {', '.join(signs.PLACES)}"
TRIAL = systemd_boot.TRIAL
HINT = systemd_boot.HINT
detect = signs.systemd_entries
read = systemd_boot.read
preview = systemd_boot.preview
write = systemd_boot.write
original = systemd_boot.original
