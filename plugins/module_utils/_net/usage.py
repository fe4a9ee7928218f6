# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses a network interface, and whether it carries the way by which this host is managed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

NET = "/sys/class/net"
# All ports of Open vSwitch lie below this one; the addresses are on internal ports beside it.
_OVS = "ovs-system"
_STACK_DEPTH = 16  # the kernel allows 8 levels of stacked interfaces (MAX_NEST_DEV)


@dataclass(frozen=True)
class Usage:
    """Why an interface is used; ``management`` where losing it may lose the host."""

    management: str | None = None
    other: str | None = None


@dataclass(frozen=True)
class Network:
    """The host's interfaces: what lies on top of each, their addresses and the routes through them."""

    uppers: dict[str, tuple[str, ...]]
    addresses: dict[str, tuple[str, ...]]
    routes: dict[str, tuple[str, ...]]
    connection: str | None


def read(host: Host) -> Network:
    """Read addresses of both families and the routes of every table."""
    uppers = {
        name: tuple(each[len("upper_") :] for each in host.names(f"{NET}/{name}") if each.startswith("upper_"))
        for name in host.names(NET)
    }
    return Network(uppers, _addresses(host), _routes(host), _connection(host))


def device_usage(network: Network, device: Device) -> Usage:
    """Judge a PCI function by all that is below it."""
    found = [usage(network, interface.name) for interface in device.interfaces]
    return Usage(
        next((each.management for each in found if each.management), None),
        next((each.other for each in found if each.other), None),
    )


def usage(network: Network, interface: str) -> Usage:
    """Judge an interface, looking up through bond, team, bridge, VLAN, macvlan, VRF and OVS."""
    management: list[str] = []
    other: list[str] = []
    for chain in _chains(network, (interface,)):
        top = chain[-1]
        if top == _OVS:
            management.append(f"{_story(chain)} may hold any address: its bridges cannot be told apart from here")
        for address in network.addresses.get(top, ()):
            if address.split("/")[0] == network.connection:
                management.append(f"{_story(chain)} holds {address}, the address of this connection")
            elif not address.startswith("fe80"):  # these come by themselves with every interface that is up
                other.append(f"{_story(chain)} holds {address}")
        for route in network.routes.get(top, ()):
            if route.startswith("default"):
                management.append(f"{_story(chain)} carries the route '{route}'")
            else:
                other.append(f"{_story(chain)} carries the route '{route}'")
        if top != interface:
            other.append(f"{_story(chain)} lies on top of it")
    return Usage(management[0] if management else None, other[0] if other else None)


def _chains(network: Network, start: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = [start]
    if len(start) < _STACK_DEPTH:
        for upper in network.uppers.get(start[-1], ()):
            if upper not in start:
                found.extend(_chains(network, (*start, upper)))
    return found


def _story(chain: tuple[str, ...]) -> str:
    """Tell a chain from the port up: ``enp2s0 is below bond0, below bond0.10, which``."""
    return chain[0] if len(chain) == 1 else f"{chain[0]} is below {', below '.join(chain[1:])}, which"


def _addresses(host: Host) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for link in _ip(host, "addr", "show"):
        inet = [each for each in link.get("addr_info", []) if each.get("local")]
        found[link.get("ifname", "")] = tuple(f"{each['local']}/{each.get('prefixlen')}" for each in inet)
    return found


def _routes(host: Host) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for family in ("-4", "-6"):
        for route in _ip(host, family, "route", "show", "table", "all"):
            if route.get("type", "unicast") != "unicast" or route.get("protocol") == "kernel":
                continue
            text = f"{route.get('dst')} via {route['gateway']}" if route.get("gateway") else str(route.get("dst"))
            for name in [route.get("dev")] + [hop.get("dev") for hop in route.get("nexthops", [])]:
                if name:
                    found[name] = (*found.get(name, ()), text)
    return found


def _ip(host: Host, *words: str) -> list[dict[str, Any]]:
    text = host.must("ip", "-j", *words)
    try:
        return [each for each in json.loads(text or "[]") if each]
    except ValueError as error:
        raise HostError(
            f"'ip -j {' '.join(words)}' printed no JSON, so nobody knows who uses the ports: {error}.",
            "Install iproute2 4.14 or newer.",
        ) from error


def _connection(host: Host) -> str | None:
    """Return the address of this host at which the controller's SSH connection arrives."""
    words = (host.environment("SSH_CONNECTION") or "").split()
    return words[2].split("%")[0] if len(words) == 4 else None
