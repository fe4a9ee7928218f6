# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses of devices as the kernel writes them: of PCI (domain, bus, slot and function), and GUIDs of the VMBus."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses

MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
BUSES = tuple(each.name for each in buses.TABLE)
_WITHOUT_DOMAIN = re.compile(r"[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")


def parse(text: str) -> str | None:
    """Return an address as sysfs names it (``0000:04:00.1``), or None where the text is none.

    The domain may be left out and is then 0000; capitals are accepted. A GUID names a device of the VMBus.
    """
    lower = text.strip().lower()
    whole = f"0000:{lower}" if _WITHOUT_DOMAIN.fullmatch(lower) else lower
    return whole if any(each.address.fullmatch(whole) for each in buses.TABLE) else None


def bus(address: str) -> str:
    """Return the bus of a device, by how its address looks."""
    return buses.of(address).name


def devices(bus_name: str) -> str:
    """Return the directory of sysfs that holds the devices of a bus."""
    return f"/sys/bus/{bus_name}/devices"


def mac(text: str) -> str:
    """Return a text in the form that the kernel gives MAC addresses; ``MAC`` says whether it is one."""
    return text.strip().lower().replace("-", ":")


def offset(address: str, distance: int) -> str:
    """Return the address whose routing ID lies ``distance`` behind another's, in the same domain.

    This is the rule by which a PF numbers its VFs (PCI Express Base Specification, SR-IOV:
    First VF Offset and VF Stride). Use it to predict; what exists is in the virtfn links.
    """
    domain, bus, rest = address.split(":")
    slot, function = rest.split(".")
    routing = (int(bus, 16) << 8 | int(slot, 16) << 3 | int(function)) + distance
    return f"{domain}:{routing >> 8:02x}:{routing >> 3 & 0x1F:02x}.{routing & 7}"
