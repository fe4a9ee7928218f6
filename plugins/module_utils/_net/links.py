# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interfaces, addresses and routes of one network namespace, as ``ip`` tells them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

MAIN = "main"
Within = tuple[str, ...]  # the words before a command that make it run in a network namespace
HERE: Within = ()
# The kinds of tunnels whose other end the kernel knows, unless it may be anywhere.
TUNNELS = (
    *("gre", "gretap", "ip6gre", "ip6gretap", "erspan", "ip6erspan", "ipip", "ip6tnl", "sit", "vti", "vti6"),
    *("vxlan", "geneve"),
)


@dataclass(frozen=True)
class Link:
    """An interface. ``lower_index`` is that of an interface in another namespace which it lies on top of.

    ``permanent_mac`` is the address of the hardware, where another one is shown: below a bond, or set by somebody.
    ``port_name`` is the port of a switch that it is (phys_port_name). ``remote`` and ``local`` are the ends of a tunnel (None:
    no tunnel, or one that the kernel knows no end of), ``mark`` the mark of its packets.
    """

    name: str
    index: int
    kind: str
    macs: tuple[str, ...]
    loopback: bool
    master: str | None
    lower: str | None
    lower_index: int | None
    addresses: tuple[str, ...]
    altnames: tuple[str, ...] = ()
    permanent_mac: str | None = None
    port_name: str = ""
    remote: str | None = None
    local: str | None = None
    mark: str | None = None


@dataclass(frozen=True)
class Route:
    """One route that somebody set, with every interface that it may take."""

    dst: str
    gateway: str | None
    table: str
    devices: tuple[str, ...]

    @property
    def text(self) -> str:
        """The route as ``ip route`` would print it."""
        via = f" via {self.gateway}" if self.gateway else ""
        return f"{self.dst}{via}{'' if self.table == MAIN else f' table {self.table}'}"


def read(host: Host, within: Within = HERE) -> list[Link]:
    """Return the interfaces with their addresses."""
    return [_link(each) for each in ask(host, within, "-d", "addr", "show") if each.get("ifname")]


def by_name(host: Host) -> dict[str, Link]:
    """Return the interfaces of this namespace by their names; none where nobody can say, as without iproute2."""
    try:
        return {link.name: link for link in read(host)}
    except HostError:
        return {}


def routes(host: Host, within: Within = HERE) -> list[Route]:
    """Return the routes of all tables and both families, without those that come with an address."""
    found = []
    for family in ("-4", "-6"):
        for each in ask(host, within, family, "route", "show", "table", "all"):
            if each.get("type", "unicast") == "unicast" and each.get("protocol") != "kernel":
                hops = [each, *each.get("nexthops", [])]
                devices = tuple(str(hop["dev"]) for hop in hops if hop.get("dev"))
                table = str(each.get("table", MAIN))
                found.append(Route(str(each.get("dst")), _gateway(each), table, devices))
    return found


def tables_for_all(host: Host, within: Within = HERE) -> set[str]:
    """Return the tables that a rule sends every packet to: one without a condition such as a source or a mark."""
    rules = [rule for family in ("-4", "-6") for rule in ask(host, within, family, "rule", "show")]
    plain = (rule for rule in rules if set(rule) <= {"priority", "src", "table", "protocol"})
    return {MAIN, *(str(rule.get("table")) for rule in plain if rule.get("src") == "all")}


def way_to(
    host: Host, server: str, source: str | None = None, mark: str | None = None, within: str | None = None
) -> str | None:
    """Return the interface through which the kernel would send to a server now, or None where it has no way.

    ``mark`` is that of the packets, ``within`` the interface that they are bound to, such as a VRF.
    """
    given = {"from": source, "mark": mark, "oif": within}
    words = ("route", "get", server, *(word for key, value in given.items() if value for word in (key, value)))
    done = host.run("ip", "-j", *words)
    return next((each.get("dev") for each in _parse(words, done.out) if each.get("dev")), None) if not done.rc else None


def ask(host: Host, within: Within, *words: str) -> list[dict[str, Any]]:
    """Return what ``ip -j`` prints; raise HostError where that is no JSON."""
    return _parse(words, host.must(*within, "ip", "-j", *words))


def _parse(words: tuple[str, ...], text: str) -> list[dict[str, Any]]:
    return objects(words, text, "who uses the ports")


def objects(words: Sequence[str], text: str, unknown: str) -> list[dict[str, Any]]:
    """Return the objects that ``ip -j`` printed; raise HostError where it printed anything else, which leaves ``unknown``."""
    try:
        # The kernel lets control characters into names, and ip prints them as they are.
        found = json.loads(text or "[]", strict=False)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise ValueError("it is no list of objects")
    except (ValueError, RecursionError) as error:
        raise HostError(
            f"'ip -j {' '.join(words)}' printed no JSON, so nobody knows {unknown}: {error}.",
            "Install iproute2 4.14 or newer.",
        ) from error
    return [each for each in found if each]


def _link(told: dict[str, Any]) -> Link:
    info = told.get("linkinfo", {})
    data = info.get("info_data") or {}
    kind = str(info.get("info_kind", ""))
    # The link of a veth is its other end. A vxlan names the interface below it in its own words.
    lower = told.get("link") or data.get("link")
    # The kernel tells it of every interface since 5.6 (IFLA_PERM_ADDRESS), and a bond of those below it since long.
    permanent = told.get("permaddr") or (info.get("info_slave_data") or {}).get("perm_hwaddr")
    return Link(
        name=str(told["ifname"]),
        index=int(told.get("ifindex", 0)),
        kind=kind,
        macs=tuple(str(each).lower() for each in (told.get("address"), permanent) if each),
        loopback=told.get("link_type") == "loopback",
        master=told.get("master"),
        lower=lower if isinstance(lower, str) else None,
        lower_index=told.get("link_index") if "link_netnsid" in told else None,
        addresses=tuple(f"{each['local']}/{each.get('prefixlen')}" for each in _inet(told)),
        altnames=tuple(map(str, told.get("altnames", ()))),
        permanent_mac=_other(permanent, told.get("address")),
        port_name=str(told.get("phys_port_name", "")),
        remote=_end(data, "remote", "remote6") if kind in TUNNELS else None,
        local=_end(data, "local", "local6") or None,
        mark=str(data["fwmark"]) if str(data.get("fwmark", "0")) not in ("0", "0x0") else None,
    )


def _end(data: dict[str, Any], *keys: str) -> str:
    """Return an end of a tunnel; nothing where it is any address."""
    text = next((str(data[key]) for key in keys if data.get(key)), "")
    return "" if text in ("any", "0.0.0.0", "::") else text


def _other(permanent: str | None, shown: str | None) -> str | None:
    """Return the permanent address where it is known and another than the one that is shown."""
    known = (permanent or "").lower()
    return known if known.strip("0:") and known != (shown or "").lower() else None


def _inet(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in told.get("addr_info", []) if each.get("local")]


def _gateway(route: dict[str, Any]) -> str | None:
    hops = [route, *route.get("nexthops", [])]
    return next(
        (hop.get("gateway") or hop["via"].get("host") for hop in hops if hop.get("gateway") or hop.get("via")), None
    )
