# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host: its first converge without a reboot, and the second, which changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import costs
from builds import Build
from costs import Cost
from lab import READY, RESTORED, Lab


@dataclass(frozen=True)
class Turn:
    """Both converges of one build, with the number of modules that each ran on the host."""

    first: Cost
    first_modules: int
    second: Cost
    second_modules: int


def measure(lab: Lab, builds: list[Build], rounds: int) -> str:
    """Let the builds take turns on one host; return the tables."""
    ready(lab, builds[0])
    restore(lab, builds[0])
    found: dict[str, list[Turn]] = {build.name: [] for build in builds}
    pings: list[Cost] = []
    by_name = {build.name: build for build in builds}
    for number, name in costs.turns(by_name, rounds):
        costs.say(f"converge, round {number + 1} of {rounds}: {name}")
        found[name].append(_turn(lab, by_name[name]))
        if name == builds[0].name:
            pings.append(_ping(lab))
        restore(lab, by_name[name])
    ready(lab, builds[0])
    return _tables(found, pings)


def ready(lab: Lab, build: Build) -> None:
    """Make the host ready, with a reboot where it needs its boot parameters, and see that it is."""
    build.run(lab, build.prepare)
    lab.require(READY)


def restore(lab: Lab, build: Build) -> None:
    """Bring the host back to where a first converge starts, and see that it is there."""
    build.run(lab, build.restore)
    lab.settle()
    lab.require(RESTORED)


def _turn(lab: Lab, build: Build) -> Turn:
    if build.arrange:
        build.run(lab, build.arrange)
    lab.require(RESTORED)
    first, first_modules = _converge(lab, build)
    if not costs.changes(first.output)[lab.host]:
        sys.exit(f"The first converge of {build.name} changed nothing.")
    lab.require(READY)
    second, second_modules = _converge(lab, build)
    if costs.changes(second.output)[lab.host]:
        sys.exit(f"The second converge of {build.name} changed something:\n{second.output}")
    lab.require(READY)
    return Turn(first, first_modules, second, second_modules)


def _converge(lab: Lab, build: Build) -> tuple[Cost, int]:
    """Converge with ssh's connection already open, as it is for all but the first command of a user."""
    lab.settle()
    _ping(lab)
    cursor = lab.cursor()
    cost = build.run(lab, build.prepare)
    return cost, lab.executions(cursor)


def _ping(lab: Lab) -> Cost:
    argv = ["ansible", "-i", str(lab.inventory), lab.host, "-m", "ansible.builtin.ping"]
    return costs.measure(argv, costs.ansible(costs.WORK))


def _tables(found: dict[str, list[Turn]], pings: list[Cost]) -> str:
    first = {
        name: ([turn.first for turn in turns], [turn.first_modules for turn in turns]) for name, turns in found.items()
    }
    second = {
        name: ([turn.second for turn in turns], [turn.second_modules for turn in turns])
        for name, turns in found.items()
    }
    second["ansible -m ping"] = (pings, [1] * len(pings))
    return "\n\n".join(
        [
            "### A second converge, of a ready host",
            _table(second),
            "### The first converge, without the reboot",
            _table(first),
        ]
    )


def _table(found: dict[str, tuple[list[Cost], list[int]]]) -> str:
    """Compare each with the first, which is ours."""
    heads = [
        "",
        "seconds",
        "ours takes of it",
        "CPU seconds of the controller",
        "ours takes of it",
        "modules run on the host",
    ]
    first = next(iter(found.values()))
    return costs.table(heads, _rows(found, first[0]))


def _rows(found: dict[str, tuple[list[Cost], list[int]]], ours: list[Cost]) -> Iterable[list[str]]:
    for name, (all_costs, modules) in found.items():
        row = [name]
        for kind in ("seconds", "cpu"):
            mine, theirs = ([getattr(each, kind) for each in side] for side in (ours, all_costs))
            row += [costs.spread(theirs), "1" if theirs == mine else costs.spread(costs.ratios(mine, theirs), 2)]
        yield [*row, costs.spread(modules, 0)]
