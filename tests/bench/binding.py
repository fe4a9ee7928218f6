# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One to eight devices to vfio-pci, with each tool in turn."""

from __future__ import annotations

import json

import converge
import costs
from builds import BENCH, Build
from costs import WORK
from lab import PF, PORT, Lab

TOOLS = {
    "dpdk_bind": "`dpdk_bind`, one task",
    "devbind": "`dpdk-devbind.py`, a task for each",
    "devbind_once": "`dpdk-devbind.py`, one task",
    "driverctl": "`driverctl`, a task for each",
}


def measure(lab: Lab, ours: Build, devices: list[int], rounds: int) -> str:
    """Let the tools take turns on one host; return the table."""
    converge.ready(lab, ours)
    converge.restore(lab, ours)
    costs.say(f"bind, {rounds} rounds of {', '.join(map(str, devices))} devices with {len(TOOLS)} tools")
    turns = [(number, tool) for number in devices for _round, tool in costs.turns(TOOLS, rounds)]
    times = _run(lab, ours, turns)
    _clean(lab)
    converge.restore(lab, ours)
    converge.ready(lab, ours)
    return f"### Devices to vfio-pci\n\n{_table(times, devices)}"


def _run(lab: Lab, ours: Build, turns: list[tuple[int, str]]) -> dict[tuple[int, str], list[float]]:
    out = WORK / "bind.json"
    given = {"bench_hosts": lab.host, "bench_pf": PF, "bench_port": PORT, "bench_turns": turns, "bench_out": str(out)}
    ours.run(lab, (str(BENCH / "bind.yml"), "-e", json.dumps(given)))
    found: dict[tuple[int, str], list[float]] = {}
    for number, tool, seconds in json.loads(out.read_text()):
        found.setdefault((number, tool), []).append(seconds)
    return found


def _clean(lab: Lab) -> None:
    """Take away what the other tools leave, which the collection would take for somebody's settings."""
    lab.shell("rm -f /etc/driverctl.d/pci-*; udevadm control --reload")


def _table(times: dict[tuple[int, str], list[float]], devices: list[int]) -> str:
    heads = ["seconds", *(f"{number} device{'s' if number > 1 else ''}" for number in devices)]
    rows = [[words, *(costs.spread(times[number, tool]) for number in devices)] for tool, words in TOOLS.items()]
    for tool in list(TOOLS)[1:]:
        parts = [costs.spread(costs.ratios(times[n, "dpdk_bind"], times[n, tool]), 2) for n in devices]
        rows.append([f"`dpdk_bind` takes of {TOOLS[tool]}", *parts])
    return costs.table(heads, rows)
