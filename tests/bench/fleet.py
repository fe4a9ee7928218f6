# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller spends on each host of a fleet, in a second converge.

The fleet is one machine under many names. It would answer two hosts at a time, while the controller waits, and asks
its workers a thousand times a second whether they are done: most of what is measured would be that. So the machine's
answers to one converge are recorded, and a program in the place of ssh gives them again. All that the controller does
is as it was: it makes each module, starts a process for each call, sends the module and reads the answer. What the
``--live`` hosts cost over ssh says how far the two agree.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import converge
import costs
from builds import BENCH, Build
from costs import WORK, Cost
from lab import Lab

HOME = WORK / "fleet"
STAND_IN = str(BENCH / "recorded_ssh")


@dataclass(frozen=True)
class Sizes:
    """How many hosts with how many forks; how many of them all builds converge; how many over ssh to the machine itself.

    The earlier build takes several times as long, and more hosts say nothing more of it.
    """

    hosts: list[int]
    forks: list[int]
    compared: list[int]
    live: list[int]

    def fleets(self) -> Iterator[tuple[int, int]]:
        """Yield hosts and forks; more forks than hosts are the same as one for each."""
        for hosts in self.hosts:
            for forks in dict.fromkeys(min(hosts, each) for each in self.forks):
                yield hosts, forks


def measure(lab: Lab, builds: list[Build], sizes: Sizes, rounds: int) -> str:
    """Let the builds take turns on fleets of each size; return the table."""
    shutil.rmtree(HOME, ignore_errors=True)
    for build in reversed(builds):  # what each makes ready is its own; ours stays
        converge.ready(lab, build)
        _record(lab, build)
    rows = []
    for hosts in sizes.live:
        # One connection carries ten sessions at most (MaxSessions of sshd).
        rows.append(_row(lab, builds, hosts, 10, rounds, live=True))
        rows.append(_row(lab, builds, hosts, 10, rounds))
    for hosts, forks in sizes.fleets():
        rows.append(_row(lab, builds, hosts, forks, rounds, compared=hosts in sizes.compared))
    heads = ["hosts", "forks", *(f"{build.name}: CPU seconds a host" for build in builds), "ours takes of the earlier"]
    return f"### CPU seconds of the controller for a host, second converge\n\n{costs.table(heads, rows)}"


def _row(
    lab: Lab, builds: list[Build], hosts: int, forks: int, rounds: int, live: bool = False, compared: bool = True
) -> list[str]:
    by_name = {build.name: build for build in (builds if compared else builds[:1])}
    found: dict[str, list[float]] = {name: [] for name in by_name}
    for number, name in costs.turns(by_name, rounds):
        costs.say(f"fleet of {hosts}{', live' if live else ''}, {forks} forks, round {number + 1} of {rounds}: {name}")
        cost = _converge(lab, by_name[name], hosts, forks, live)
        found[name].append(cost.cpu / hosts)
    values = [found.get(build.name, []) for build in builds]
    ratio = costs.spread(costs.ratios(values[0], values[-1]) if len(builds) > 1 else [], 2)
    return [f"{hosts}{', over ssh' if live else ''}", str(forks), *(costs.spread(each, 2) for each in values), ratio]


def _converge(lab: Lab, build: Build, hosts: int, forks: int, live: bool) -> Cost:
    names = [f"fleet-{number:03}" for number in range(hosts)]
    inventory = _inventory(
        lab, build, names, {"ansible_host": lab.host} if live else {"ansible_ssh_executable": STAND_IN}
    )
    calls = HOME / "calls"
    shutil.rmtree(calls, ignore_errors=True)
    calls.mkdir(parents=True)
    environment = costs.ansible(build.collections, BENCH_REPLAY=str(_answers(build)), BENCH_CALLS=str(calls))
    argv = ["ansible-playbook", "-i", str(inventory), "--forks", str(forks), *build.prepare]
    cost = costs.measure(argv, environment)
    changed = costs.changes(cost.output)
    if sorted(changed) != names or any(changed.values()):
        sys.exit(f"Not a second converge of {hosts} hosts:\n{cost.output[-4000:]}")
    if not live:
        _require_calls(build, calls, names)
    return cost


def _require_calls(build: Build, calls: Path, names: Iterable[str]) -> None:
    """See that every host was asked as often as the machine was."""
    wanted = (_answers(build) / "calls").read_text()
    if wrong := [name for name in names if (calls / name).read_text() != wanted]:
        sys.exit(f"{build.name}: {wrong[0]} was not asked {wanted.strip()} times.")


def _record(lab: Lab, build: Build) -> None:
    """Converge the machine once more, and keep its answers."""
    answers = _answers(build)
    answers.mkdir(parents=True)
    inventory = _inventory(lab, build, [lab.host], {"ansible_ssh_executable": STAND_IN})
    environment = costs.ansible(build.collections, BENCH_RECORD=str(answers))
    cost = costs.measure(["ansible-playbook", "-i", str(inventory), *build.prepare], environment)
    if costs.changes(cost.output)[lab.host]:
        sys.exit(f"The converge that was recorded changed something:\n{cost.output[-4000:]}")


def _answers(build: Build) -> Path:
    return HOME / "answers" / build.name.replace(" ", "_")


def _inventory(lab: Lab, build: Build, names: list[str], more: dict[str, str]) -> Path:
    """Write an inventory whose hosts all have the machine's variables."""
    path, variables = HOME / "inventory.json", {**_variables(lab, build), **more}
    hosts: dict[str, dict[str, str]] = {name: {} for name in names}
    path.write_text(json.dumps({"all": {"vars": variables, "children": {"dpdk": {"hosts": hosts}}}}))
    return path


@cache
def _variables(lab: Lab, build: Build) -> dict[str, object]:
    argv = ["ansible-inventory", "-i", str(lab.inventory), "--host", lab.host]
    printed = costs.measure(argv, costs.ansible(build.collections)).output
    found: dict[str, object] = json.loads(printed[printed.index("{") :])  # after warnings
    return found
