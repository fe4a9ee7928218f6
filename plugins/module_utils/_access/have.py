# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host has: the group and its members, the nodes of its devices, and the files of this collection."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._access import nodes as _nodes
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.nodes import Node
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import unit
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import inventory, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.access_files import Rules

_UNIT_PATH = (
    *("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"),
    *("/lib/systemd/system", "/run/systemd/generator", "/run/systemd/generator.late", "/run/systemd/transient"),
)


@dataclass(frozen=True)
class Have:
    """The host; ``members`` is None where there is no such group.

    ``number`` is the group's, and ``homes`` are the numbers of the users' own groups. ``drop_ins`` are those that this
    collection wrote, by their path, and ``unread`` the services whose files systemd has not read yet. ``without_unit`` are
    wanted services that have no unit file.
    """

    devices: dict[str, Device]
    records: dict[str, Record]
    members: tuple[str, ...] | None
    number: str
    homes: dict[str, str | None]
    nodes: dict[str, list[Node]]
    rules_text: str | None
    limits_text: str | None
    drop_ins: dict[str, str]
    without_unit: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()

    @property
    def rules(self) -> Rules | None:
        """What the rules of this host say."""
        return _files.parse_rules(self.rules_text)

    @property
    def granted(self) -> tuple[str, ...]:
        """The devices that the rules give to their group."""
        return self.rules.devices if self.rules else ()

    def is_member(self, user: str) -> bool:
        """Whether a user is in the group, by name or because it is the user's own."""
        return user in (self.members or ()) or (bool(self.number) and self.homes.get(user) == self.number)

    def nodes_of(self, addresses: Iterable[str]) -> list[Node]:
        """Return the nodes of devices, each once: devices can share /dev/iommu, or an IOMMU group."""
        nodes = {node.path: node for address in addresses for node in self.nodes.get(address, [])}
        return [nodes[path] for path in sorted(nodes)]


def read(host: Host, want: Want) -> Have:
    """Read the host; raise HostError where it lacks a user."""
    homes = _homes(host, want.users)
    devices = inventory.scan(host)
    rules_text = host.read(_files.RULES)
    rules = _files.parse_rules(rules_text)
    drop_ins = _drop_ins(host)
    members, number = _group(host, want.group or (rules.group if rules else ""))
    return Have(
        devices=devices,
        records=record.parse(host.read(record.PATH)),
        members=members,
        number=number,
        homes=homes,
        nodes={address: _nodes.read(host, each) for address, each in devices.items()},
        rules_text=rules_text,
        limits_text=host.read(_files.LIMITS),
        drop_ins=drop_ins,
        without_unit=tuple(each for each in want.services if not _has_unit(host, each)),
        unread=unit.unread(host, _files.services_of(drop_ins.items())),
    )


def _has_unit(host: Host, service: str) -> bool:
    """Whether systemd finds a service: in its unit path (systemd.unit(5)), an instance by its template."""
    name, at, _instance = service.partition("@")
    names = {service, f"{name}@.service"} if at else {service}
    return any(host.exists(f"{place}/{each}") for place in _UNIT_PATH for each in names)


def _homes(host: Host, users: Iterable[str]) -> dict[str, str | None]:
    """Return the numbers of the users' own groups (getent passwd)."""
    entries = {user: _entry(host, "passwd", user) for user in users}
    unknown = [user for user, entry in entries.items() if len(entry) < 4]
    if unknown:
        raise HostError(
            f"This host has no user {', '.join(unknown)}.", "Make the user first, with ansible.builtin.user."
        )
    return {user: entry[3] for user, entry in entries.items()}


def _group(host: Host, name: str) -> tuple[tuple[str, ...] | None, str]:
    """Return the members of a group (None: no such group) and its number (getent group)."""
    entry = _entry(host, "group", name) if name else []
    return (tuple(filter(None, entry[3].split(","))), entry[2]) if len(entry) > 3 else (None, "")


def _entry(host: Host, database: str, name: str) -> list[str]:
    return host.run("getent", database, name).out.strip().split(":")


def _drop_ins(host: Host) -> dict[str, str]:
    names = (name for name in host.names(_files.UNITS) if name.endswith(".service.d"))
    paths = [_files.drop_in_path(name[: -len(".d")]) for name in names]
    texts = {path: host.read(path) for path in paths}
    return {path: text for path, text in texts.items() if text and text.startswith(_files.HEAD)}
