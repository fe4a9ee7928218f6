# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other tools that keep a device on a driver, and would fight over it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.address import BUSES

DRIVERCTL = "/etc/driverctl.d"
# What vfio_pci_fill_ids takes (vfio_pci.c): hexadecimal numbers, at least the first two; it passes over all else.
_ID = re.compile(r"(?:0x)?([0-9a-f]{1,4}):(?:0x)?([0-9a-f]{1,4})(?::|$)")


@dataclass(frozen=True)
class Owner:
    """A setting of another tool: which driver it gives, and the file or boot parameter that says so.

    ``text`` is the file's text where taking it over means removing that file, ``command`` what takes it back by hand.
    """

    tool: str
    driver: str
    path: str
    text: str | None = None
    command: str = ""


@dataclass(frozen=True)
class Owners:
    """What driverctl saved, by address, and what ``ids`` of vfio-pci take, by vendor:device."""

    driverctl: dict[str, Owner]
    vfio_ids: dict[str, Owner]


def read(host: Host) -> Owners:
    """Read all of them."""
    return Owners(dict(_driverctl(host)), dict(_vfio_ids(host)))


def _driverctl(host: Host) -> Iterable[tuple[str, Owner]]:
    for name in host.names(DRIVERCTL):
        bus, _dash, address = name.partition("-")
        text = host.read(f"{DRIVERCTL}/{name}")
        if bus in BUSES and text and text.strip():
            command = f"driverctl {'' if bus == 'pci' else f'-b {bus} '}unset-override {address}"
            yield address, Owner("driverctl", text.strip(), f"{DRIVERCTL}/{name}", text, command)


def _vfio_ids(host: Host) -> Iterable[tuple[str, Owner]]:
    ids = modprobe_d.read(host).option("vfio_pci", "ids")
    if ids is None:
        return
    for entry in ids.meaning.lower().split(","):
        match = _ID.match(entry)
        if match:
            yield f"{match[1]:0>4}:{match[2]:0>4}", Owner("the option ids of vfio-pci", "vfio-pci", ids.place)
