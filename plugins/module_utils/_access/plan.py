# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may run DPDK applications besides root: a group, with the nodes of its devices and enough locked memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._access import nodes as _nodes
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.nodes import Node
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import unit
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.udev import rules_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, inventory, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.access_files import Rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, Verb, write_step

_NAME = re.compile(r"[a-z_][a-z0-9_-]*")
_SERVICE = re.compile(r"[A-Za-z0-9:_.@-]+\.service")


@dataclass(frozen=True)
class Want:
    """A group and all that is to be its own; ``memlock`` is in KiB, or unlimited. ``restore`` takes it back."""

    group: str = ""
    users: tuple[str, ...] = ()
    selectors: tuple[Selector, ...] = ()
    memlock: str | None = None
    services: tuple[str, ...] = ()
    restore: bool = False
    check: bool = False


@dataclass(frozen=True)
class Have:
    """The host; ``members`` is None where there is no such group, ``homes`` are the users' own groups."""

    devices: dict[str, Device]
    records: dict[str, Record]
    members: tuple[str, ...] | None
    number: str
    homes: dict[str, str | None]
    nodes: dict[str, list[Node]]
    rules_text: str | None
    limits_text: str | None
    drop_ins: dict[str, str]

    @property
    def rules(self) -> Rules | None:
        """What the rules of this host say."""
        return _files.parse_rules(self.rules_text)


def wanted(params: Mapping[str, Any], check: bool) -> Want:
    """Check what the user wrote."""
    if params["state"] == "restored":
        return Want(restore=True)
    for name in (params["group"], *params["users"]):
        if not _NAME.fullmatch(name):
            raise HostError(f"{name!r} is no name of a user or group.", "Use small letters, digits, - and _.")
    if params["group"] == "root":
        raise HostError("root may do all of this already.", "Name a group of its own, such as dpdk.")
    for name in params["services"]:
        if not _SERVICE.fullmatch(name):
            raise HostError(f"{name!r} is no service.", "Write the unit's full name, such as vpp.service.")
    return Want(
        params["group"],
        tuple(params["users"]),
        tuple(map(_selector.parse, params["devices"])),
        _memlock(params["memlock"]),
        tuple(sorted(params["services"])),
        check=check,
    )


def _memlock(text: str | None) -> str | None:
    if text is None or text == _files.UNLIMITED:
        return text
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise HostError(f"{text!r} is no limit of locked memory.", "Give a number of MiB, or unlimited.")
    return str(int(text) * 1024)


def read(host: Host, want: Want) -> Have:
    """Read the host; raise HostError where it lacks a user."""
    homes = {user: _home(host, user) for user in want.users}
    unknown = [user for user, number in homes.items() if number is None]
    if unknown:
        raise HostError(
            f"This host has no user {', '.join(unknown)}.", "Make the user first, with ansible.builtin.user."
        )
    devices = inventory.scan(host)
    rules_text = host.read(_files.RULES)
    rules = _files.parse_rules(rules_text)
    group = want.group or (rules.group if rules else "")
    entry = host.run("getent", "group", group).out.strip().split(":") if group else []
    paths = [
        _files.drop_in_path(name[: -len(".d")]) for name in host.names(_files.UNITS) if name.endswith(".service.d")
    ]
    texts = {path: host.read(path) for path in paths}
    return Have(
        devices=devices,
        records=record.parse(host.read(record.PATH)),
        members=tuple(filter(None, entry[3].split(","))) if len(entry) > 3 else None,
        number=entry[2] if len(entry) > 3 else "",
        homes=homes,
        nodes={address: _nodes.read(host, each) for address, each in devices.items()},
        rules_text=rules_text,
        limits_text=host.read(_files.LIMITS),
        drop_ins={path: text for path, text in texts.items() if text and text.startswith(_files.HEAD)},
    )


def _home(host: Host, user: str) -> str | None:
    """Return the number of a user's own group, or None where there is no such user."""
    entry = host.run("getent", "passwd", user).out.strip().split(":")
    return entry[3] if len(entry) > 3 else None


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``."""
    rules = have.rules
    granted = rules.devices if rules else ()
    return {
        "group": want.group or (rules.group if rules else None),
        "exists": have.members is not None,
        "users": sorted(user for user in want.users if _belongs(have, user)),
        "devices": sorted(granted),
        "nodes": [
            {"path": node.path, "group": node.group, "mode": node.mode}
            for node in _distinct(have, [*granted, *(() if want.restore else _addresses(have, want))])
        ],
        "memlock": (have.limits_text or "").strip().rpartition(" ")[2] or None,
        "services": _files.services_of(have.drop_ins.items()),
    }


def _distinct(have: Have, addresses: list[str]) -> list[Node]:
    nodes = {node.path: node for address in addresses for node in have.nodes.get(address, [])}
    return [nodes[path] for path in sorted(nodes)]


def _addresses(have: Have, want: Want) -> list[str]:
    return sorted({_address(have, selector, want.check) for selector in want.selectors})


def _address(have: Have, selector: Selector, check: bool) -> str:
    """Return the address of a device; in check mode also that of a VF that is yet to be made."""
    if check and selector.vf is not None:
        pf = _selector.find(have.devices, have.records, selector.text, selector.slot)
        if _selector.find_vf(have.devices, pf, selector.vf) is None:
            return _selector.foretold_vf(pf, selector.vf)
    return _selector.find_present(have.devices, have.records, selector).address


def _belongs(have: Have, user: str) -> bool:
    return user in (have.members or ()) or (bool(have.number) and have.homes.get(user) == have.number)


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that give the group what it needs, or that take it back."""
    if want.restore:
        return _restoring(have)
    addresses = _addresses(have, want)
    added = [user for user in want.users if not _belongs(have, user)]
    text = _files.render_rules(_rules(have, want, addresses, added))
    nodes = _distinct(have, addresses)
    steps = [_group_step(want.group)] if have.members is None else []
    steps += [_member_step(user, want.group) for user in added]
    steps += [rules_step(_files.RULES, have.rules_text, text)] if text != have.rules_text else []
    steps += _limit_steps(have, want.group, want.memlock, want.services)
    dropped = _dropped(have, nodes)
    steps += _node_steps(dropped, list(map(_nodes.closed, dropped)))
    steps += _node_steps(nodes, [Node(node.path, _files.MODE, want.group) for node in nodes])
    after = {
        "group": want.group,
        "exists": True,
        "users": sorted(want.users),
        "devices": addresses,
        "nodes": [{"path": node.path, "group": want.group, "mode": _files.MODE} for node in nodes],
        "memlock": want.memlock,
        "services": sorted(want.services),
    }
    return Plan(tuple(steps), after, _warnings(added, have, want))


def _dropped(have: Have, kept: list[Node]) -> list[Node]:
    """Return the nodes that earlier rules gave away and that no device of the task has."""
    rules = have.rules
    paths = {node.path for node in kept}
    return [node for node in _distinct(have, list(rules.devices)) if node.path not in paths] if rules else []


def _rules(have: Have, want: Want, addresses: list[str], added: list[str]) -> Rules:
    """Return the rules; users that were added stay on record for as long as the group is the same."""
    old = have.rules
    known = old.users if old and old.group == want.group else ()
    verbs = [each for each in addresses if each in have.devices and drivers.is_bifurcated(have.devices[each].driver)]
    return Rules(want.group, tuple(sorted({*known, *added})), tuple(addresses), tuple(verbs))


def _warnings(added: list[str], have: Have, want: Want) -> tuple[str, ...]:
    told = [f"{', '.join(added)}: a login that is open now becomes a member at its next start."] if added else []
    changed = [name for name in want.services if have.drop_ins.get(_files.drop_in_path(name)) != _drop_in(want)]
    if changed:
        told.append(f"Restart {', '.join(changed)}: a service has its group and limits from when it was started.")
    return tuple(told)


def _drop_in(want: Want) -> str:
    return _files.render_drop_in(want.group, want.memlock)


def _limit_steps(have: Have, group: str, memlock: str | None, services: tuple[str, ...]) -> list[Step]:
    limits = _files.render_limits(group, memlock)
    steps = [write_step(_files.LIMITS, have.limits_text, limits)] if limits != have.limits_text else []
    texts: dict[str, str | None] = dict.fromkeys(have.drop_ins)
    texts.update({_files.drop_in_path(name): _files.render_drop_in(group, memlock) for name in services})
    return steps + [
        unit.drop_in_step(path, have.drop_ins.get(path), text)
        for path, text in sorted(texts.items())
        if text != have.drop_ins.get(path)
    ]


def _restoring(have: Have) -> Plan:
    """The group stays: files may belong to it."""
    rules = have.rules
    nodes = _distinct(have, list(rules.devices)) if rules else []
    group = rules.group if rules else ""
    leaving = [user for user in (rules.users if rules else ()) if user in (have.members or ())]
    steps = [rules_step(_files.RULES, have.rules_text, None)] if have.rules_text is not None else []
    steps += _limit_steps(have, group, None, ())
    steps += _node_steps(nodes, list(map(_nodes.closed, nodes)))
    steps += [_leave_step(user, group) for user in leaving]
    after: dict[str, Any] = {
        "group": None,
        "exists": False,
        "users": [],
        "devices": [],
        "nodes": [],
        "memlock": None,
        "services": [],
    }
    return Plan(tuple(steps), after)


def _node_steps(nodes: list[Node], goals: list[Node]) -> list[Step]:
    return [_nodes.step(old, new) for old, new in zip(nodes, goals) if old != new]


def _group_step(group: str) -> Step:
    return Step(
        f"Made the group {group}",
        lambda host: _must(host, "groupadd", "--system", group),
        lambda host: _must(host, "groupdel", group),
    )


def _member_step(user: str, group: str) -> Step:
    return Step(f"Added {user} to the group {group}", _joining(user, group), _leaving(user, group))


def _leave_step(user: str, group: str) -> Step:
    return Step(f"Took {user} out of the group {group}", _leaving(user, group), _joining(user, group))


def _joining(user: str, group: str) -> Verb:
    return lambda host: _must(host, "gpasswd", "--add", user, group)


def _leaving(user: str, group: str) -> Verb:
    return lambda host: _must(host, "gpasswd", "--delete", user, group)


def _must(host: Host, *argv: str) -> None:
    host.must(*argv)
