# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a command costs on the controller, and how commands take turns."""

from __future__ import annotations

import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
WORK = CHECKOUT / ".cache" / "bench"
RECAP = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of this machine's processors (user and system), and what was printed."""

    seconds: float
    cpu: float
    output: str


def measure(argv: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a command that has to succeed.

    The processor time is that of the command and all its children that have ended, so not that of ssh's
    master process, which stays for the next command.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        argv,
        cwd=WORK,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"'{' '.join(argv)}' ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout)


def ansible(collections: Path, **more: str) -> dict[str, str]:
    """Return the environment of an Ansible command that finds one set of collections and no settings of a user."""
    settings = WORK / "ansible.cfg"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON"))}
    given = {"ANSIBLE_CONFIG": str(settings), "ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_NOCOLOR": "1"}
    return {**kept, **given, "LC_ALL": "C.UTF-8", **more}


def changes(output: str) -> dict[str, int]:
    """Return the number of changes of each host by the recap; a host that failed ends the measurement."""
    recap = RECAP.findall(output)
    if not recap or any(int(unreachable) or int(failed) for _host, _changed, unreachable, failed in recap):
        sys.exit(f"A converge failed:\n{output[-4000:]}")
    return {host: int(changed) for host, changed, _unreachable, _failed in recap}


def turns(names: Iterable[str], rounds: int) -> Iterator[tuple[int, str]]:
    """Return whose turn it is: A B, then B A, so that nobody always runs in the wake of the same other."""
    order = list(names)
    for number in range(rounds):
        yield from ((number, name) for name in (order if number % 2 == 0 else reversed(order)))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return our part of theirs, round by round."""
    return [mine / other for mine, other in zip(ours, theirs)]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return the median with the smallest and the largest value."""
    if not values:
        return "-"
    low, middle, high = (f"{each:.{digits}f}" for each in (min(values), statistics.median(values), max(values)))
    return middle if low == high else f"{middle} ({low}..{high})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))


def say(text: str) -> None:
    """Say how far it is; what is to be kept goes to the standard output alone."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
