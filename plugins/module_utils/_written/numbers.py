# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What YAML makes of addresses without quotes: digits with colons are a number to the base of 60.

YAML 1.1 reads 0000:02:00.0 as 120.0 and 52:54:00:00:01:02 as 41135040062 (https://yaml.org/type/int.html and float.html,
"base 60"). A digit above 59, or a letter, keeps it a text, so the next card may be read as it should. Pure.
"""

from __future__ import annotations

import re
from typing import Any

_TEXT = re.compile(r"[0-9]{1,12}(?:\.[0-7])?")
_PAIR = 60


def remedy(given: Any) -> list[str]:
    """Return what to do about a number where an address or a name belongs; nothing where it is none.

    An option that is a text has the number as text: that counts where it may have been an address.
    """
    number = isinstance(given, (int, float)) and not isinstance(given, bool)
    written = _address(str(given)) if number or isinstance(given, str) else None
    if written is None and not number:
        return []
    return [f"Put it in quotes, because YAML read it as a number{'' if written is None else f': {written}'}."]


def _address(text: str) -> str | None:
    """Return the PCI address or the MAC address that YAML read as this number, in quotes."""
    if not (text.isascii() and _TEXT.fullmatch(text)):
        return None
    whole, point, function = text.partition(".")
    pairs = 2 if point else 5
    first = int(whole) // _PAIR**pairs
    others = ":".join(f"{int(whole) // _PAIR**place % _PAIR:02}" for place in reversed(range(pairs)))
    if point:
        return f'"{first:04}:{others}.{function}"'
    return f'"{first:02}:{others}"' if 0 < first < 100 else None
