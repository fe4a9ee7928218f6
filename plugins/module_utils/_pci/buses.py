# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The buses that DPDK takes devices from, one a row: how the devices of each are named, and what to call them."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass

PCI, VMBUS = "pci", "vmbus"


@dataclass(frozen=True)
class Bus:
    """A bus as it is named below /sys/bus, and what the address of a device looks like there, in lower case.

    ``key`` is what results call the address; ``place`` says of a device where it is, ``devices`` of a driver what it is for;
    ``native`` is the kernel's own driver for all devices of the bus; None where the modalias of each decides.
    """

    name: str
    address: re.Pattern[str]
    key: str
    place: str
    devices: str
    native: str | None = None


TABLE = (
    # A domain has four digits, or up to eight behind controllers such as VMD (10000:).
    Bus(PCI, re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]"), "address", "is a PCI device", "PCI devices"),
    Bus(
        VMBUS,
        re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        "guid",
        "is on the VMBus of Hyper-V",
        "the VMBus of Hyper-V",
        native="hv_netvsc",
    ),
)
_BY_NAME = {each.name: each for each in TABLE}


def find(name: str) -> Bus:
    """Return the row of a bus."""
    return _BY_NAME[name]


def of(address: str) -> Bus:
    """Return the bus of a device, by how its address looks."""
    return next((each for each in TABLE if each.address.fullmatch(address)), _BY_NAME[PCI])
