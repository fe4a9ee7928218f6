# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The other network namespaces of the host: how they are found, named and entered."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.mounts import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links as _links
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.links import Link
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import BUSES

# sysfs shows the interfaces of the namespace in which it was mounted, so it is mounted once more, unseen by others.
_LIST = "mount -t sysfs sysfs /sys && readlink -f /sys/class/net/*"


@dataclass(frozen=True)
class Namespace:
    """A network namespace: the file that it is entered by; ``first`` where it is that of process 1."""

    path: str
    label: str
    first: bool = False

    @property
    def within(self) -> tuple[str, ...]:
        """The words that run a command in it."""
        return ("nsenter", f"--net={self.path}")


@dataclass(frozen=True)
class Visit:
    """What was seen in a namespace: its interfaces, and by PCI address those that hardware made."""

    namespace: Namespace
    links: tuple[Link, ...]
    ports: dict[str, tuple[str, ...]]


def visit_all(host: Host, mounts: Iterable[Mount]) -> list[Visit]:
    """Look into every other namespace; one that is gone by now, or closed to us, is left out."""
    found = []
    for namespace in scan(host, mounts):
        try:
            links = _links.read(host, namespace.within)
            found.append(Visit(namespace, tuple(links), _ports(host, namespace, links)))
        except HostError:
            continue
    return found


def scan(host: Host, mounts: Iterable[Mount]) -> list[Namespace]:
    """Return the namespaces that have a name or a process, except our own."""
    own, first = host.target("/proc/self/ns/net"), host.target("/proc/1/ns/net")
    found: dict[str, Namespace] = {}
    if own is None:
        return []
    for mount in mounts:
        if mount.kind == "nsfs" and mount.root.startswith("net:"):
            name = mount.point.rpartition("/")[2]
            found.setdefault(mount.root, Namespace(mount.point, name, mount.root == first))
    for pid in filter(str.isdigit, host.names("/proc")):
        identity = host.target(f"/proc/{pid}/ns/net")
        if identity and identity not in found:
            label = f"of {host.attr(f'/proc/{pid}/comm') or 'a process'} (pid {pid})"
            found[identity] = Namespace(f"/proc/{pid}/ns/net", label, identity == first)
    return [each for identity, each in found.items() if identity != own]


def by_function(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return interfaces by the PCI address of every function that their places in sysfs lie below."""
    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        parts = path.split("/")
        for component in parts:
            if _address.parse(component) == component:
                found[component] = (*found.get(component, ()), parts[-1])
    return found


def emptied(host: Host, among: Collection[str] | None = None) -> list[str]:
    """Return the devices (of all, or ``among`` some) that have a directory for interfaces with none in it.

    The kernel removes the directory with its last interface (cleanup_glue_dir in drivers/base/core.c),
    so one that looks empty from here holds an interface of another namespace.
    """
    return [
        address
        for bus in BUSES
        for address in host.names(bus)
        if among is None or address in among
        for name in host.names(f"{bus}/{address}")
        if (name == "net" and not host.names(f"{bus}/{address}/net"))
        or (
            name[:6] == "virtio"
            and host.exists(f"{bus}/{address}/{name}/net")
            and not host.names(f"{bus}/{address}/{name}/net")
        )
    ]


def _ports(host: Host, namespace: Namespace, links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
    """Return the interfaces in a namespace that PCI functions made, by PCI address."""
    if all(link.kind or link.loopback for link in links):
        return {}
    done = host.run(*namespace.within, "unshare", "--mount", "sh", "-c", _LIST)
    return by_function(done.out.split("\n"))
