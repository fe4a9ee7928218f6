# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other tools that keep a device on a driver, and would fight over it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

DRIVERCTL = "/etc/driverctl.d"
MODPROBE = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")


@dataclass(frozen=True)
class Owner:
    """A setting of another tool: which driver it gives, and the file or boot parameter that says so.

    ``text`` is the file's text where taking it over means removing that file.
    """

    tool: str
    driver: str
    path: str
    text: str | None = None


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
        if bus == "pci" and text and text.strip():
            yield address, Owner("driverctl", text.strip(), f"{DRIVERCTL}/{name}", text)


def _vfio_ids(host: Host) -> Iterable[tuple[str, Owner]]:
    for directory in MODPROBE:
        for name in host.names(directory):
            for line in (host.read(f"{directory}/{name}") or "").splitlines():
                yield from _ids(_option(line), f"{directory}/{name}")
    for token in cmdline.parse(host.attr("/proc/cmdline") or ""):
        if cmdline.key(token) == "vfio_pci.ids":
            yield from _ids(cmdline.plain(token).partition("=")[2], f"the boot parameter {token}")


def _option(line: str) -> str:
    """Return the value of ids in a line of modprobe.d that sets options of vfio-pci."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return ""
    if words[:1] != ["options"] or [word.replace("-", "_") for word in words[1:2]] != ["vfio_pci"]:
        return ""
    return next((word[len("ids=") :] for word in words[2:] if word.startswith("ids=")), "")


def _ids(value: str, path: str) -> Iterable[tuple[str, Owner]]:
    for entry in filter(None, value.split(",")):
        vendor, _colon, rest = entry.lower().partition(":")
        yield f"{vendor:0>4}:{rest.partition(':')[0]:0>4}", Owner("the option ids of vfio-pci", "vfio-pci", path)
