# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sizes of hugepages, in KiB and as people and mount options write them."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

_SIZE = re.compile(r"([1-9][0-9]{0,9})([KMG])B?", re.IGNORECASE)
_KB = {"K": 1, "M": 1024, "G": 1024 * 1024}


def parse(text: str) -> int:
    """Return a size such as 2M or 1G in KiB; raise HostError where the text is none."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise HostError(f"{text!r} is no size of hugepages.", "Write it like 2M or 1G.")
    return int(match[1]) * _KB[match[2].upper()]


def name(size_kb: int) -> str:
    """Return how a size in KiB is written: 2M, 1G."""
    for unit in ("G", "M"):
        if size_kb % _KB[unit] == 0:
            return f"{size_kb // _KB[unit]}{unit}"
    return f"{size_kb}K"
