# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PCI addresses (domain, bus, slot and function), and the GUIDs of the VMBus, as the kernel writes them."""

from __future__ import annotations

import re

# A domain has four digits, or up to eight behind controllers such as VMD (10000:).
_ADDRESS = re.compile(r"(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# How a device is named on each bus, as the bus is called below /sys/bus: a GUID is an address on the VMBus of Hyper-V.
BUSES = {"pci": _ADDRESS, "vmbus": _GUID}


def parse(text: str) -> str | None:
    """Return an address as sysfs names it (``0000:04:00.1``), or None where the text is none.

    The domain may be left out and is then 0000; capitals are accepted. A GUID names a device of the VMBus.
    """
    lower = text.strip().lower()
    match = _ADDRESS.fullmatch(lower)
    if match is None:
        return lower if _GUID.fullmatch(lower) else None
    domain, bus, slot, function = match.groups()
    return f"{domain or '0000'}:{bus}:{slot}.{function}"


def bus(address: str) -> str:
    """Return the bus of a device, by how its address looks."""
    return next((name for name, pattern in BUSES.items() if pattern.fullmatch(address)), "pci")


def devices(bus_name: str) -> str:
    """Return the directory of sysfs that holds the devices of a bus."""
    return f"/sys/bus/{bus_name}/devices"


def offset(address: str, distance: int) -> str:
    """Return the address whose routing ID lies ``distance`` behind another's, in the same domain.

    This is the rule by which a PF numbers its VFs (PCI Express Base Specification, SR-IOV:
    First VF Offset and VF Stride). Use it to foretell; what exists is in the virtfn links.
    """
    domain, bus, rest = address.split(":")
    slot, function = rest.split(".")
    routing = (int(bus, 16) << 8 | int(slot, 16) << 3 | int(function)) + distance
    return f"{domain}:{routing >> 8:02x}:{routing >> 3 & 0x1F:02x}.{routing & 7}"
