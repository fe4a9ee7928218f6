# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network interfaces of the fake machine: /sys/class/net, and what `ip` prints of addresses and routes."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

NET = "/sys/class/net"


@dataclass(frozen=True)
class Route:
    """One route; ``hops`` are the interfaces of a multipath route."""

    dst: str
    dev: str
    gateway: str | None = None
    protocol: str = "static"
    kind: str = "unicast"
    family: int = 4
    hops: tuple[str, ...] = ()

    @property
    def devices(self) -> tuple[str, ...]:
        return self.hops or (self.dev,)


class Network:
    """Interfaces come and go with their drivers, and take their addresses and routes with them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.addresses: dict[str, list[tuple[str, str]]] = {}
        self.routes: list[Route] = []
        tree.mkdir(NET)

    def appear(self, name: str, mac: str, parent: str = "/sys/devices/virtual") -> None:
        """Make an interface below the device that it belongs to."""
        path = f"{parent}/net/{name}"
        self.tree.write(f"{path}/address", f"{mac}\n")
        self.tree.write(f"{path}/operstate", "up\n")
        self.tree.link(f"{NET}/{name}", path)

    def vanish(self, name: str) -> None:
        path = self.tree.real(f"{NET}/{name}")
        for lower in self.tree.names(NET):
            self.tree.remove(f"{NET}/{lower}/lower_{name}")
        self.tree.remove(path)
        self.tree.remove(f"{NET}/{name}")
        self.addresses.pop(name, None)
        self.routes = [route for route in self.routes if name not in route.devices]

    def stack(self, upper: str, *lowers: str) -> None:
        """Put an interface (bond, bridge, VLAN) on top of others."""
        if not self.tree.exists(f"{NET}/{upper}"):
            self.appear(upper, "02:00:00:00:00:01")
        for lower in lowers:
            self.tree.link(f"{self.tree.real(f'{NET}/{lower}')}/upper_{upper}", self.tree.real(f"{NET}/{upper}"))
            self.tree.link(f"{self.tree.real(f'{NET}/{upper}')}/lower_{lower}", self.tree.real(f"{NET}/{lower}"))

    def address(self, name: str, address: str, scope: str = "global") -> None:
        self.addresses.setdefault(name, []).append((address, scope))

    def route(self, dst: str, dev: str, gateway: str | None = None, **more: Any) -> None:
        family = 6 if ":" in dst + (gateway or "") else 4
        self.routes.append(Route(dst, dev, gateway, **{"family": family, **more}))

    def ip(self, words: list[str]) -> str:
        """Answer `ip -j addr show` and `ip -j -4|-6 route show table all`."""
        if words == ["-j", "addr", "show"]:
            return json.dumps([self._link(name) for name in self.tree.names(NET)] + [{}])
        family = {"-4": 4, "-6": 6}[words[1]]
        if words[2:] != ["route", "show", "table", "all"]:
            raise NotImplementedError(f"ip {' '.join(words)}")
        return json.dumps([_route(route) for route in self.routes if route.family == family])

    def _link(self, name: str) -> dict[str, Any]:
        return {"ifname": name, "addr_info": [_address(*each) for each in self.addresses.get(name, [])]}


def _address(text: str, scope: str) -> dict[str, Any]:
    interface = ipaddress.ip_interface(text)
    return {
        "family": "inet" if interface.version == 4 else "inet6",
        "local": str(interface.ip),
        "prefixlen": interface.network.prefixlen,
        "scope": scope,
    }


def _route(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {"dst": route.dst, "protocol": route.protocol}
    if route.kind != "unicast":
        told["type"] = route.kind
    if route.gateway:
        told["gateway"] = route.gateway
    if route.hops:
        return {**told, "nexthops": [{"gateway": route.gateway, "dev": name} for name in route.hops]}
    return {**told, "dev": route.dev}
