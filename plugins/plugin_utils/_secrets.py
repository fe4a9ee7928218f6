# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in boot parameters and in sentences about them, masked before they go into a file or onto a terminal."""

from __future__ import annotations

import re
from typing import Any

MASK = "********"
# rd.iscsi.password= and rd.iscsi.in.password= (dracut.cmdline), inst.rootpw= (Anaconda), systemd.set_credential= (systemd),
# and whatever else is called so. Not "pass" alone, which iommu.passthrough= begins with.
_KEY = r"[\w.-]*(?:passw(?:or)?d|passphrase|rootpw|secret|token|credential|psk|api_?key|private_?key)[\w.-]*="
_SECRET = re.compile(
    rf"""(?P<quoted>"{_KEY})[^"]*|(?P<plain>(?<![\w.-]){_KEY})(?:"[^"]*"?|'[^']*'?|[^\s"']+)""", re.IGNORECASE
)
# https://user:password@host/, and netroot=iscsi:user:password@host (dracut.cmdline).
_LOGIN = re.compile(r"((?:://|=iscsi:)[^/\s:@]*):[^\s@]+@")


def masked(text: str) -> str:
    """Return a text without the values of what is called a password, a secret and the like."""
    if "=" not in text and "://" not in text:
        return text
    return _LOGIN.sub(rf"\1:{MASK}@", _SECRET.sub(lambda match: f"{match['quoted'] or match['plain']}{MASK}", text))


def masked_all(value: Any) -> Any:
    """Return a value with every text in it masked; dictionaries and lists are new."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: masked_all(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked_all(each) for each in value]
    return value
