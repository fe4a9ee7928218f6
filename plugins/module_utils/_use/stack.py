# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lies on top of what: bonds, bridges, VLANs and the like, and how a chain of them is put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.links import Link

NET = "/sys/class/net"
# All ports of Open vSwitch lie below this one; the addresses are on internal ports beside it.
OVS = "ovs-system"
_STACK_DEPTH = 16  # the kernel allows 8 levels of stacked interfaces (MAX_NEST_DEV); a veth adds some

# An interface of these kinds has members ...
_MEMBERS = {
    "bond": "is a slave of",
    "team": "is a port of the team",
    "bridge": "is a port of the bridge",
    "vrf": "is in the VRF",
    "veth": "leads to the veth",
}
# ... and one of these is made from the one below it.
CHILDREN = {
    "vlan": "VLAN",
    "macvlan": "macvlan",
    "macvtap": "macvtap",
    "ipvlan": "ipvlan",
    "ipvtap": "ipvtap",
    "macsec": "MACsec interface",
    "vxlan": "VXLAN",
    "openvswitch": "internal port",
}

Uppers = Mapping[str, tuple[str, ...]]


def uppers(links: Iterable[Link], shown: Uppers) -> dict[str, tuple[str, ...]]:
    """Return what lies directly on top of each interface; ``shown`` is what sysfs shows of it."""
    links = tuple(links)
    kinds = {link.name: link.kind for link in links}
    pairs = [(lower, upper) for lower, names in shown.items() for upper in names]
    for link in links:
        if link.master:
            pairs.append((link.name, link.master))
        if link.lower and link.kind != "veth":
            pairs.append((link.lower, link.name))
        # Who sends into a bridge comes out of its veth as well, at the other end.
        if link.kind == "veth" and link.lower and kinds.get(link.master or "") in ("bridge", "openvswitch"):
            pairs.append((str(link.master), link.lower))
        if is_internal_port(link):
            pairs.append((OVS, link.name))
    found: dict[str, tuple[str, ...]] = {link.name: () for link in links}
    for lower, upper in dict.fromkeys(pairs):
        found[lower] = (*found.get(lower, ()), upper)
    return found


def shown_by_sysfs(host: Host) -> dict[str, tuple[str, ...]]:
    """Return what lies on top of each interface as the links in sysfs show it."""
    return {
        name: tuple(each[len("upper_") :] for each in host.names(f"{NET}/{name}") if each.startswith("upper_"))
        for name in host.names(NET)
    }


def is_internal_port(link: Link) -> bool:
    """Whether an interface is one that Open vSwitch made for the host itself."""
    return link.kind == "openvswitch" and link.name != OVS


def chains(above: Uppers, start: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return every way up from an interface, the interface itself first."""
    found = [start]
    if len(start) < _STACK_DEPTH:
        for upper in above.get(start[-1], ()):
            if upper not in start:
                found.extend(chains(above, (*start, upper)))
    return found


def relation(kinds: Mapping[str, str], upper: str) -> str:
    """Return what an interface is to one on top of it: ``is a slave of bond0``."""
    kind = kinds.get(upper, "")
    if upper == OVS:
        return f"is a port of Open vSwitch ({OVS})"
    if kind in CHILDREN:
        return f"is the parent of the {CHILDREN[kind]} {upper}"
    return f"{_MEMBERS.get(kind, 'is below')} {upper}"


def phrase(kinds: Mapping[str, str], chain: tuple[str, ...]) -> str:
    """Put a chain into words from the port up, as far as the verb: ``enp2s0 is a slave of bond0, whose VLAN bond0.10``."""
    text, joint = chain[0], ""
    for upper in chain[1:]:
        child = CHILDREN.get(kinds.get(upper, "")) if upper != OVS else None
        if joint and child:
            text, joint = f"{text}, whose {child} {upper}", ""
        else:
            text, joint = f"{text}{joint} {relation(kinds, upper)}", ", which"
    return text + joint
