# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that give a group what it needs, or take it back."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._access import nodes as _nodes
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.nodes import Node
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import unit
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.udev import rules_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb, write_step


def make_group(group: str) -> Step:
    """Return the step that makes the group."""

    def remove(host: Host) -> None:
        if host.run("getent", "group", group).rc == 0:
            host.must("groupdel", group)

    return Step(f"Made the group {group}", _runner("groupadd", "--system", group), remove)


def join(user: str, group: str) -> Step:
    """Return the step that makes a user a member."""
    return Step(f"Added {user} to the group {group}", _joining(user, group), _leaving(user, group))


def leave(user: str, group: str) -> Step:
    """Return the step that takes the membership back."""
    return Step(f"Took {user} out of the group {group}", _leaving(user, group), _joining(user, group))


def write_files(have: Have, goal: Have) -> list[Step]:
    """Return the steps that make the rules, the limits and the drop-ins those of the goal."""
    found = []
    if have.rules_text != goal.rules_text:
        found.append(rules_step(_files.RULES, have.rules_text, goal.rules_text))
    if have.limits_text != goal.limits_text:
        found.append(write_step(_files.LIMITS, have.limits_text, goal.limits_text))
    drop_ins = _drop_in_steps(have.drop_ins, goal.drop_ins)
    return [*found, *drop_ins, *([unit.read_again_step(have.unread)] if have.unread and not drop_ins else [])]


def give_nodes(have: Have, goals: Mapping[str, Node]) -> list[Step]:
    """Return the steps that make nodes those of the goals, by their path; what was given before and has none is closed."""
    before = have.nodes_of(have.granted)
    changes = [(node, _nodes.closed(node)) for node in before if node.path not in goals]
    changes += [(node, goals[node.path]) for node in have.nodes_of(have.nodes) if node.path in goals]
    return [_nodes.step(old, new) for old, new in changes if old != new]


def _drop_in_steps(before: Mapping[str, str], after: Mapping[str, str]) -> list[Step]:
    return [
        unit.drop_in_step(path, before.get(path), after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _joining(user: str, group: str) -> Verb:
    return _runner("gpasswd", "--add", user, group)


def _leaving(user: str, group: str) -> Verb:
    def remove(host: Host) -> None:
        entry = host.run("getent", "group", group).out.strip().split(":")
        if user in entry[-1].split(","):  # gpasswd fails where there is nothing to take away
            host.must("gpasswd", "--delete", user, group)

    return remove


def _runner(*argv: str) -> Verb:
    def run(host: Host) -> None:
        host.must(*argv)

    return run
