# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses a network interface or a PCI function, and whether it carries the way by which this host is managed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import field, replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts as _mounts
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links as _links
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.links import Link, Within
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import connection as _connection
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import disks as _disks
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import namespaces as _namespaces
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import stack as _stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import storage as _storage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import tunnels as _tunnels
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.connection import Connection
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.namespaces import Visit
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.reason import Reason, merge

_LOST = Reason(
    "its network interface is in a network namespace that has neither a name nor a process, or cannot be entered"
)
_OPAQUE = Reason("may hold any address: its bridges cannot be told apart from here", True)


@dataclass(frozen=True)
class Usage:
    """Why something is used; ``management`` where losing it may lose the host."""

    management: str | None = None
    other: str | None = None


@dataclass(frozen=True)
class Network:
    """What uses the host's interfaces and functions.

    By interface: what lies on top of it and of which kind it is, its addresses, its routes, and
    further ``reasons``. ``connection`` holds the addresses at which this connection arrives. By PCI
    address: the interfaces below it, and the uses that no interface of this namespace shows.
    """

    uppers: dict[str, tuple[str, ...]]
    addresses: dict[str, tuple[str, ...]]
    routes: dict[str, tuple[str, ...]]
    connection: tuple[str, ...]
    kinds: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    interfaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    functions: dict[str, tuple[Reason, ...]] = field(default_factory=dict)


def read(host: Host, among: Collection[str] | None = None) -> Network:
    """Read addresses of both families, the routes of every table, other namespaces, and disks near and far.

    ``among`` are the addresses of the devices that are asked about, None for all.
    """
    links, mounts, connections = _links.read(host), _mounts.scan(host), _connection.scan(host)
    disks = _disks.scan(host, mounts)
    own = _one(host, links, connections, _links.HERE, True)
    visits = _namespaces.visit_all(host, mounts)
    functions = merge(*(_moved(host, visit, connections) for visit in visits), _disks.by_function(disks))
    lost = {address: (_LOST,) for address in _namespaces.emptied(host, among) if address not in functions}
    places = (host.target(f"{_stack.NET}/{name}") or "" for name in host.names(_stack.NET))
    answers = _answers(host, connections)
    managing = _managing(own, answers)
    further = merge(
        own.reasons,
        answers,
        _tunnels.below(host, links, own.routes, managing),
        _storage.scan(host, links, mounts, disks),
        *(_on_top(links, visit) for visit in visits),
    )
    return replace(own, reasons=further, interfaces=_namespaces.by_function(places), functions=merge(functions, lost))


def device_usage(network: Network, device: Device) -> Usage:
    """Judge a PCI function by all that is below it."""
    names = [each.name for each in device.interfaces]
    names += [name for name in network.interfaces.get(device.address, ()) if name not in names]
    found = [usage(network, name) for name in names]
    beside = network.functions.get(device.address, ())
    managing = [*(each.management for each in found), *(each.text for each in beside if each.vital)]
    others = [*(each.other for each in found), *(each.text for each in beside if not each.vital)]
    return Usage(next(filter(None, managing), None), next(filter(None, others), None))


def usage(network: Network, interface: str) -> Usage:
    """Judge an interface, looking up through bond, team, bridge, VLAN, macvlan, VRF and OVS."""
    management: list[str] = []
    other: list[str] = []
    chains = _stack.chains(network.uppers, (interface,))
    for chain in chains:
        top, phrase = chain[-1], _stack.phrase(network.kinds, chain)
        for address in network.addresses.get(top, ()):
            if any(_arrives(each, address, top) for each in network.connection):
                management.append(f"{phrase} holds {address}, the address of this connection")
            elif not address.startswith("fe80"):  # these come by themselves with every interface that is up
                other.append(f"{phrase} holds {address}")
        for reason in network.reasons.get(top, ()):
            (management if reason.vital else other).append(f"{phrase} {reason.text}")
        other += [f"{phrase} carries the route '{route}'" for route in network.routes.get(top, ())]
    other += [f"{interface} {_stack.relation(network.kinds, chain[1])}" for chain in chains if len(chain) == 2]
    return Usage(management[0] if management else None, other[0] if other else None)


def _arrives(local: str, address: str, interface: str) -> bool:
    text, _dummy, scope = local.partition("%")
    return address.split("/")[0] == text and scope in ("", interface)


def _one(host: Host, links: Sequence[Link], connections: Iterable[Connection], within: Within, home: bool) -> Network:
    """Return one network namespace by itself; ``home`` where its default route is the host's."""
    routes = _links.routes(host, within)
    defaults = [route for route in routes if route.dst == "default" and home]
    policy = any(route.table != _links.MAIN for route in defaults)
    tables = _links.tables_for_all(host, within) if policy else {_links.MAIN}
    vital = [route for route in defaults if route.table in tables]
    opaque = {} if any(map(_stack.is_internal_port, links)) else {_stack.OVS: (_OPAQUE,)}
    return Network(
        uppers=_stack.uppers(links, {} if within else _stack.shown_by_sysfs(host)),
        addresses={link.name: link.addresses for link in links},
        routes=merge(*({name: (each.text,)} for each in routes if each not in vital for name in each.devices)),
        connection=tuple(each.local for each in connections),
        kinds={link.name: link.kind for link in links},
        reasons=merge(
            opaque,
            *({name: (Reason(f"carries the route '{each.text}'", True),)} for each in vital for name in each.devices),
        ),
    )


def _answers(host: Host, connections: Iterable[Connection]) -> dict[str, tuple[Reason, ...]]:
    """Return the interfaces through which the answers to the controller leave, wherever its address is held."""
    found: dict[str, tuple[Reason, ...]] = {}
    for each in connections:
        remote, _dummy, scope = each.remote.partition("%")
        way = scope or (_links.way_to(host, remote, each.local) if not remote.startswith("fe80") else None)
        if way:
            found[way] = (Reason(f"leads to {remote}, where this connection comes from", True),)
    return found


def _managing(own: Network, answers: dict[str, tuple[Reason, ...]]) -> list[str]:
    """Return the interfaces by which the host is managed: with the connection's address, its way back, or the default route."""
    held = [
        name
        for name, addresses in own.addresses.items()
        if any(_arrives(each, address, name) for each in own.connection for address in addresses)
    ]
    vital = [
        name for name, reasons in own.reasons.items() if name != _stack.OVS and any(each.vital for each in reasons)
    ]
    return list(dict.fromkeys([*held, *answers, *vital]))


def _moved(host: Host, visit: Visit, connections: Iterable[Connection]) -> dict[str, tuple[Reason, ...]]:
    """Return the PCI functions whose interfaces are in another namespace."""
    if not visit.ports:
        return {}
    there = _one(host, visit.links, connections, visit.namespace.within, visit.namespace.first)
    return {
        address: tuple(_moved_reason(visit, name, usage(there, name)) for name in names)
        for address, names in visit.ports.items()
    }


def _moved_reason(visit: Visit, name: str, use: Usage) -> Reason:
    reason = use.management or use.other
    text = f"its interface {name} is in the network namespace {visit.namespace.label}"
    return Reason(f"{text}, where {reason}" if reason else text, bool(use.management))


def _on_top(links: Iterable[Link], visit: Visit) -> dict[str, tuple[Reason, ...]]:
    """Return our interfaces below those that were made here and moved to another namespace.

    The kernel shows only the number of the interface below, so one of the same number in a third
    namespace looks alike; that is why this is never vital.
    """
    names = {link.index: link.name for link in links}
    return merge(
        *(
            {names[link.lower_index]: (Reason(_on_top_text(link, visit)),)}
            for link in visit.links
            if link.kind in _stack.CHILDREN and link.lower_index in names
        )
    )


def _on_top_text(link: Link, visit: Visit) -> str:
    kind = _stack.CHILDREN[link.kind]
    return f"is the parent of the {kind} {link.name} in the network namespace {visit.namespace.label}"
