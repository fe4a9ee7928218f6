# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that vendors gave their devices, from the list of the PCI ID project where the host has one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

PATHS = ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids")
# The lines of a vendor's devices begin with a tab.
_OTHER_VENDOR = re.compile(rb"\n[^\t#]")


def read(host: Host, ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Return the vendor's and the device's name of each vendor:device; no device's where the list has only the vendor."""
    text = next((data for path in PATHS if (data := host.read_bytes(path)) is not None), b"")
    found = {each: _find(text, each) for each in dict.fromkeys(ids)}
    return {each: names for each, names in found.items() if names is not None}


def _find(text: bytes, ids: str) -> tuple[str, str | None] | None:
    """Search as bytes: to take the list apart line by line would cost more than the rest of the module."""
    vendor, _colon, device = ids.partition(":")
    start = _after(text, f"\n{vendor}  ", 0, len(text))
    if start is None:
        return None
    other = _OTHER_VENDOR.search(text, start)
    place = _after(text, f"\n\t{device}  ", start, other.start() if other else len(text))
    return _line(text, start), None if place is None else _line(text, place)


def _after(text: bytes, mark: str, start: int, end: int) -> int | None:
    place = text.find(mark.encode(), start, end)
    return None if place < 0 else place + len(mark)


def _line(text: bytes, start: int) -> str:
    end = text.find(b"\n", start)
    return text[start : end if end >= 0 else len(text)].decode("utf-8", "replace").strip()
