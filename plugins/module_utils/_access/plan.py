# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may run DPDK applications besides root: a group, with the nodes of its devices and enough locked memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._access import steps as _steps
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.nodes import Node
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.access_files import Rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before``, ``after`` and what is predicted of it."""
    rules = have.rules
    return {
        "group": want.group or (rules.group if rules else None),
        "exists": have.members is not None,
        "users": sorted(user for user in want.users if have.is_member(user)),
        "devices": sorted(have.granted),
        "nodes": [
            {"path": node.path, "group": node.group, "mode": node.mode}
            for node in have.nodes_of([*have.granted, *want.addresses])
        ],
        "memlock": (have.limits_text or "").strip().rpartition(" ")[2] or None,
        "services": _files.services_of(have.drop_ins.items()),
    }


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that give the group what it needs, or that take it back."""
    if want.restored:
        return _taking_back(have, want)
    added = [user for user in want.users if not have.is_member(user)]
    goal = _goal(have, want, added)
    steps = [_steps.make_group(want.group)] if have.members is None else []
    steps += [_steps.join(user, want.group) for user in added]
    steps += _steps.write_files(have, goal)
    steps += _steps.give_nodes(have, {node.path: node for node in goal.nodes_of(want.addresses)})
    said = tuple(" ".join([each.message, *each.remedy]) for each in want.missing)
    return Plan(tuple(steps), describe(goal, want), (*_warnings(have, goal, added), *said), assumed=want.missing)


def _taking_back(have: Have, want: Want) -> Plan:
    """The group stays: files may belong to it."""
    rules = have.rules
    added = rules.users if rules else ()
    goal = replace(have, members=None, number="", rules_text=None, limits_text=None, drop_ins={})
    steps = [*_steps.write_files(have, goal), *_steps.give_nodes(have, {})]
    steps += [_steps.leave(user, rules.group) for user in added if rules and user in (have.members or ())]
    return Plan(tuple(steps), describe(goal, want))


def _goal(have: Have, want: Want, added: Sequence[str]) -> Have:
    """Return the host as it will be once the group has all that the task names."""
    drop_in = _files.render_drop_in(want.group, want.memlock)
    nodes = {
        address: [Node(node.path, _files.MODE, want.group) for node in have.nodes.get(address, [])]
        for address in want.addresses
    }
    return replace(
        have,
        members=(*(have.members or ()), *added),
        nodes={**have.nodes, **nodes},
        rules_text=_files.render_rules(_rules(have, want, added)),
        limits_text=_files.render_limits(want.group, want.memlock),
        drop_ins={_files.drop_in_path(name): drop_in for name in want.services},
    )


def _rules(have: Have, want: Want, added: Sequence[str]) -> Rules:
    """Return the rules; users that were added stay on record for as long as the group is the same."""
    old = have.rules
    known = old.users if old and old.group == want.group else ()
    present = [have.devices[address] for address in want.addresses if address in have.devices]
    nodes = {each.address: drivers.nodes(each.driver, each.bus) for each in present}
    subsystems = {address: found.subsystem for address, found in nodes.items() if found}
    return Rules(want.group, tuple(sorted({*known, *added})), want.addresses, subsystems)


def _warnings(have: Have, goal: Have, added: Sequence[str]) -> tuple[str, ...]:
    found = [f"{', '.join(added)}: a login that is open now becomes a member at its next start."] if added else []
    changed = {path: text for path, text in goal.drop_ins.items() if have.drop_ins.get(path) != text}
    if changed:
        services = ", ".join(_files.services_of(changed.items()))
        found.append(f"Restart {services}: a service has its group and limits from when it was started.")
    if have.without_unit:
        found.append(
            f"There is no unit {', '.join(have.without_unit)} on this host: correct the name, or install the service; its drop-in "
            "counts once it is there."
        )
    return (*found, *_unguarded(have, goal))


def _unguarded(have: Have, goal: Have) -> list[str]:
    """Return what to know of ports of the VMBus that are given away now (hn_fill_sg in DPDK's netvsc PMD)."""
    given = [have.devices[address] for address in goal.granted if address in have.devices]
    ports = [each.label for each in given if each.bus == drivers.VMBUS and each.address not in have.granted]
    if not ports:
        return []
    return [
        f"No IOMMU guards the memory of this host from whoever opens the node of {', '.join(ports)}. An application needs "
        "CAP_SYS_ADMIN besides, because Hyper-V takes physical addresses from it."
    ]
