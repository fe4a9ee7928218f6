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
RULES = ({"priority": 0, "src": "all", "table": "local"}, {"priority": 32766, "src": "all", "table": "main"})
Answer = tuple[int, str, str]


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
    table: str | None = None

    @property
    def devices(self) -> tuple[str, ...]:
        return self.hops or (self.dev,)


class Network:
    """Interfaces come and go with their drivers, and take their addresses and routes with them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.addresses: dict[str, list[tuple[str, str]]] = {}
        self.details: dict[str, dict[str, Any]] = {}
        self.rules: dict[int, list[dict[str, Any]]] = {4: list(RULES), 6: list(RULES)}
        self.routes: list[Route] = []
        self.linkless: dict[str, int] = {}
        self.ways: dict[str, str] = {}  # what rules and further tables decide, by the words of `ip route get`
        tree.mkdir(NET)

    def appear(self, name: str, mac: str, parent: str = "/sys/devices/virtual") -> None:
        """Make an interface below the device that it belongs to."""
        path = f"{parent}/net/{name}"
        self.tree.write(f"{path}/address", f"{mac}\n")
        self.tree.write(f"{path}/operstate", "up\n")
        self.tree.write(f"{path}/flags", "0x1003\n")
        self.tree.write(f"{path}/carrier", "1\n")
        self.tree.link(f"{NET}/{name}", path)

    def vanish(self, name: str) -> None:
        path = self.tree.real(f"{NET}/{name}")
        self.leave(name)
        place = path.rpartition("/")[0]
        if not self.tree.names(place):  # cleanup_glue_dir in drivers/base/core.c
            self.tree.remove(place)

    def leave(self, name: str) -> None:
        """Take an interface out of this namespace; its directory stays, as long as the interface is somewhere."""
        path = self.tree.real(f"{NET}/{name}")
        for lower in self.tree.names(NET):
            self.tree.remove(f"{NET}/{lower}/lower_{name}")
        self.tree.remove(path)
        self.tree.remove(f"{NET}/{name}")
        self.addresses.pop(name, None)
        self.details.pop(name, None)
        self.routes = [route for route in self.routes if name not in route.devices]

    def stack(self, upper: str, *lowers: str, kind: str = "") -> None:
        """Put an interface (bond, bridge, VLAN) on top of others."""
        if not self.tree.exists(f"{NET}/{upper}"):
            self.appear(upper, "02:00:00:00:00:01")
        if kind:
            self.detail(upper, linkinfo={"info_kind": kind})
        for lower in lowers:
            self.tree.link(f"{self.tree.real(f'{NET}/{lower}')}/upper_{upper}", self.tree.real(f"{NET}/{upper}"))
            self.tree.link(f"{self.tree.real(f'{NET}/{upper}')}/lower_{lower}", self.tree.real(f"{NET}/{lower}"))

    def detail(self, name: str, **told: Any) -> None:
        """Let `ip -d` tell more of an interface: its kind, its master, its link."""
        self.details.setdefault(name, {}).update(told)

    def carrier(self, name: str) -> str | None:
        """What an interface's carrier reads: nothing while it is down, and 0 as often as ``linkless`` says."""
        if self.tree.read(f"{NET}/{name}/flags") != "0x1003":
            return None
        self.linkless[name] = self.linkless.get(name, 0) - 1
        return "0" if self.linkless[name] >= 0 else self.tree.read(f"{NET}/{name}/carrier")

    def address(self, name: str, address: str, scope: str = "global") -> None:
        self.addresses.setdefault(name, []).append((address, scope))

    def route(self, dst: str, dev: str, gateway: str | None = None, **more: Any) -> None:
        family = 6 if ":" in dst + (gateway or "") else 4
        self.routes.append(Route(dst, dev, gateway, **{"family": family, **more}))

    def ip(self, words: list[str]) -> Answer:
        """Answer `ip -j -d addr show`, `ip -j -4|-6 route|rule show` and `ip -j route get`."""
        if words == ["-j", "-d", "addr", "show"]:
            return 0, json.dumps([self._link(name) for name in self.tree.names(NET)] + [{}]), ""
        if words[:3] == ["-j", "route", "get"]:
            way = self.ways.get(" ".join(words[3:])) or self._way(ipaddress.ip_address(words[3]))
            return (0, json.dumps([{"dst": words[3], "dev": way}]), "") if way else (2, "", "Network is unreachable")
        family = {"-4": 4, "-6": 6}[words[1]]
        if words[2:] == ["rule", "show"]:
            return 0, json.dumps(self.rules[family]), ""
        if words[2:] != ["route", "show", "table", "all"]:
            raise NotImplementedError(f"ip {' '.join(words)}")
        return 0, json.dumps([_route(route) for route in self.routes if route.family == family]), ""

    def _way(self, server: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str | None:
        """The longest prefix of the main table, with the networks of all addresses."""
        held = [
            (ipaddress.ip_interface(address).network, name)
            for name, addresses in self.addresses.items()
            for address, dummy in addresses
        ]
        told = [(_network(each), each.devices[0]) for each in self.routes if each.kind == "unicast" and not each.table]
        ways = [(net.prefixlen, name) for net, name in held + told if net.version == server.version and server in net]
        return max(ways, key=lambda way: way[0])[1] if ways else None

    def _link(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = {"ifindex": self.tree.names(NET).index(name) + 1, "ifname": name}
        told["link_type"] = "loopback" if name == "lo" else "ether"
        told["address"] = self.tree.read(f"{NET}/{name}/address")
        told["addr_info"] = [_address(*each) for each in self.addresses.get(name, [])]
        return {**told, **self.details.get(name, {})}


def _network(route: Route) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    everything = "0.0.0.0/0" if route.family == 4 else "::/0"
    return ipaddress.ip_network(everything if route.dst == "default" else route.dst)


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
    if route.table:
        told["table"] = route.table
    if route.gateway:
        told["gateway"] = route.gateway
    if route.hops:
        return {**told, "nexthops": [{"gateway": route.gateway, "dev": name} for name in route.hops]}
    return {**told, "dev": route.dev}
