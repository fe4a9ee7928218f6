# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sizes of memory as people write them: the one reader for pages, limits and all else. Pure."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

_SIZE = re.compile(r"([1-9][0-9]{0,9})(?:([KMG])B?)?", re.IGNORECASE)
_KB = {"K": 1, "M": 1024, "G": 1024 * 1024}


def parse(text: str, alone: str = "") -> int:
    """Return a size such as 64K, 2M, 2048kB or 1G in KiB; raise HostError where the text is none.

    ``alone`` is the unit of a number that has none, where such a number is a size.
    """
    match = _SIZE.fullmatch(text.strip()) if text.isascii() else None
    unit = (match[2] or alone).upper() if match else ""
    if match is None or not unit:
        raise HostError(f"{text!r} is no size.", "Write it like 2M or 1G.")
    return int(match[1]) * _KB[unit]


def name(size_kb: int) -> str:
    """Return how a size in KiB is written: 2M, 1G."""
    for unit in ("G", "M"):
        if size_kb % _KB[unit] == 0:
            return f"{size_kb // _KB[unit]}{unit}"
    return f"{size_kb}K"
