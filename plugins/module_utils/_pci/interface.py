# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network interfaces that a device's driver made: its own, and those that stand for other ports of its switch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.links import Link

# The ports of a card's switch that are not those to the cable (__devlink_port_phys_port_name_get in net/devlink/port.c);
# the one to the host of a BlueField is pf0hpf.
_REPRESENTED = re.compile(r"(?:c\d+)?pf\d+(?:(?P<kind>vf|sf)(?P<number>\d+)|hpf)?")


@dataclass(frozen=True)
class Interface:
    """A network interface that a function's driver made.

    ``permanent_mac`` is the address of the hardware, where ``mac``, the one of now, is another: below a bond, or set by
    somebody.
    """

    name: str
    mac: str
    altnames: tuple[str, ...] = ()
    permanent_mac: str | None = None

    @property
    def identity(self) -> str:
        """The MAC address that stays: whatever is shown for a while, this port is meant by it."""
        return self.permanent_mac or self.mac

    @property
    def names(self) -> tuple[str, ...]:
        """All names by which the kernel knows it."""
        return (self.name, *self.altnames)


@dataclass(frozen=True)
class Representor:
    """An interface of a PF that stands for another port of its switch: a VF, a subfunction, the PF of another host.

    ``port`` is the name of that port (phys_port_name), such as ``pf0vf1``.
    """

    names: tuple[str, ...]
    port: str

    @property
    def vf(self) -> int | None:
        """The index of the VF that it stands for, or None where it stands for something else."""
        match = _REPRESENTED.fullmatch(self.port)
        return int(match["number"]) if match and match["kind"] == "vf" else None

    @property
    def meaning(self) -> str:
        """What it stands for, for a person."""
        match = _REPRESENTED.fullmatch(self.port)
        kind = {"vf": "VF", "sf": "subfunction"}.get(match["kind"] or "") if match else None
        return f"{kind} {match['number']}" if match and kind else f"the port {self.port} of the switch"


def interfaces(host: Host, path: str, links: Mapping[str, Link]) -> tuple[Interface, ...]:
    """Return the network interfaces of a device by its directory, with what ``ip`` says of them."""
    return own(host, netdevs(host, path, host.names(path)), links)


def netdevs(host: Host, path: str, there: Sequence[str]) -> dict[str, str]:
    """Return where the interfaces that a device's driver made are, by name."""
    # virtio keeps its netdev one level deeper, below the virtio device.
    places = [f"{path}/net"] * ("net" in there)
    places += [f"{path}/{name}/net" for name in there if name.startswith("virtio")]
    return {name: f"{place}/{name}" for place in places for name in host.names(place)}


def own(host: Host, places: Mapping[str, str], links: Mapping[str, Link]) -> tuple[Interface, ...]:
    """Return the interfaces at these places that are the device's own."""
    found = []
    for name, place in places.items():
        link = links.get(name)
        mac = link.macs[0] if link and link.macs else (host.attr(f"{place}/address") or "").lower()
        if link is None:
            found.append(Interface(name, mac))
        elif not _REPRESENTED.fullmatch(link.port_name):
            found.append(Interface(name, mac, link.altnames, link.permanent_mac))
    return tuple(found)


def representors(places: Mapping[str, str], links: Mapping[str, Link]) -> tuple[Representor, ...]:
    """Return those that stand for other ports."""
    known = (links[name] for name in places if name in links)
    return tuple(
        Representor((link.name, *link.altnames), link.port_name)
        for link in known
        if _REPRESENTED.fullmatch(link.port_name)
    )
