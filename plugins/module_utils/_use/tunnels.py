# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tunnels by which this host is managed, and the ports that lead to their other ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links as _links
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.links import Link
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import stack as _stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.reason import Reason, merge

_WIREGUARD = "wireguard"
# The kernel knows nothing of the other end of these: a process does, or whoever hands them their packets.
_UNKNOWN = ("tun", "ppp", "ovpn", "xfrm", "l2tp", "gtp", "bareudp", "amt")


@dataclass(frozen=True)
class _End:
    """The other end of a tunnel, as the kernel looks for it."""

    address: str
    source: str | None = None
    mark: str | None = None
    within: str | None = None


def below(
    host: Host, links: Sequence[Link], routes: Mapping[str, object], managing: Iterable[str]
) -> dict[str, tuple[Reason, ...]]:
    """Return the interfaces that packets of tunnels leave by, given those that the host is managed by.

    A tunnel may go through another one. Where nobody knows its other end, every interface counts that could lead there:
    each with an address or with ``routes``.
    """
    known = {link.name: link for link in links}
    found: dict[str, tuple[Reason, ...]] = {}
    todo = list(managing)
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        ways = _ways(host, known[name], links, routes)
        found = merge(found, {way: (reason,) for way, reason in ways.items() if way not in seen})
        todo += [*ways, *_carrying(known[name], links)]
    return found


def _ways(host: Host, link: Link, links: Iterable[Link], routes: Mapping[str, object]) -> dict[str, Reason]:
    """Return the interfaces that the packets of a tunnel leave by; none where the interface is no tunnel.

    What a tunnel is bound to lies below it, and is found as all that lies below an interface.
    """
    ends = list(_ends(host, link))
    found = {}
    for end in ends:
        way = _links.way_to(host, end.address, end.source, end.mark, end.within)
        if way and way != link.name:
            found[way] = Reason(
                f"leads to {end.address}, the other end of {link.name}, by which this host is managed", True
            )
    if found or link.lower or not (link.kind in (*_UNKNOWN, _WIREGUARD) or link.remote is not None):
        return found
    text = f"may lead to the other end of {link.name}, by which this host is managed, and nobody can say where that is"
    return {each.name: Reason(text, True) for each in links if _could_lead(each, link, routes)}


def _ends(host: Host, link: Link) -> Iterator[_End]:
    if link.kind == _WIREGUARD:
        mark = host.output("wg", "show", link.name, "fwmark").strip()
        for line in host.output("wg", "show", link.name, "endpoints").splitlines():
            endpoint = line.partition("\t")[2].strip().rpartition(":")[0].strip("[]")
            if endpoint:
                yield _End(endpoint, mark=None if mark in ("", "off") else mark)
    elif link.remote:
        yield _End(link.remote, link.local, link.mark, link.lower)


def _could_lead(link: Link, tunnel: Link, routes: Mapping[str, object]) -> bool:
    held = any(not address.startswith("fe80") for address in link.addresses)
    return link.name != tunnel.name and not link.loopback and (held or bool(routes.get(link.name)))


def _carrying(link: Link, links: Iterable[Link]) -> list[str]:
    """Return the interfaces below one that may be tunnels; a tap that is a port of a bridge is a virtual machine."""
    found = [link.lower] if link.lower and link.kind in _stack.CHILDREN else []
    members = (each for each in links if each.master == link.name and link.kind in ("bond", "team", "bridge"))
    return found + [each.name for each in members if link.kind != "bridge" or each.kind not in _UNKNOWN]
