# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it takes to look at a host with many PCI functions.

On this machine, on a generated sysfs: the modules' main() and the whole of dpdk-devbind.py, each as a process without
Ansible around it, with the same interpreter. Both see the same files: lspci, which the script calls, is the real one.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import costs
import sysfs_tree
from builds import BENCH, Build
from costs import WORK
from lab import Lab
from scan_inside import DEVBIND

FILES = WORK / "machine"
COUNTED = 1000  # functions: up to here the calls are counted, which takes long
# Of the machine: the script, the names of devices, and which module knows which device.
WANTED = """
cd /
tar --create --dereference usr/bin/dpdk-devbind.py usr/share/misc/pci.ids lib/modules/$(uname -r)/modules.*
"""


def measure(lab: Lab, builds: list[Build], sizes: list[int], rounds: int) -> str:
    """Let modules and script take turns on trees of each size; return the tables."""
    _fetch(lab)
    found = {size: _measure(builds, size, rounds) for size in sizes}
    tables = {
        "seconds of the whole process": _times(found, "process"),
        "seconds in the module, without the start of Python": _times(found, "seconds"),
        "calls to the kernel about paths below /sys, for each function": _calls(found),
    }
    titled = (f"### Looking at many functions: {title}\n\n{table}" for title, table in tables.items())
    return "\n\n".join((f"Looked at with {_lspci()}.", *titled))


def _lspci() -> str:
    return subprocess.run(["lspci", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _fetch(lab: Lab) -> None:
    """Bring what is needed of the machine here, once."""
    if not FILES.exists():
        part = FILES.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with tarfile.open(fileobj=io.BytesIO(lab.fetch(WANTED))) as archive:
            archive.extractall(part, filter="data")
        part.rename(FILES)


def _measure(builds: list[Build], size: int, rounds: int) -> dict[str, Any]:
    costs.say(f"scan of {size} functions, {rounds} rounds")
    # In memory, as sysfs is.
    with tempfile.TemporaryDirectory(prefix="dpdk-bench-", dir="/dev/shm") as home:
        tree = Path(home)
        functions = sysfs_tree.make(tree, size)
        plan = {
            "tree": home,
            "modules": str(next(FILES.glob("lib/modules/*"))),
            "rounds": rounds,
            "count": size <= COUNTED,
            "asked": _asked(builds, functions),
        }
        (tree / "plan.json").write_text(json.dumps(plan))
        found = _inside(tree / "plan.json")
    seen = {name: {each["net"] for each in answers} for name, answers in found["times"].items()}
    wanted = sum(each.kind.class_code.startswith("02") for each in functions)
    if any(seen[name] != {wanted} for name in (DEVBIND, _name(builds[0], "dpdk_info"))):
        sys.exit(f"Not all see {wanted} network functions: {seen}")
    return found


def _asked(builds: list[Build], functions: list[sysfs_tree.Function]) -> dict[str, list[str]]:
    """Return the commands that are compared, by their names in the tables."""
    one = next(each.address for each in functions if each.kind.vf is not None)
    questions = {
        "dpdk_info": ["dpdk_info", "{}"],
        "dpdk_info, one device": ["dpdk_info", json.dumps({"devices": [one]})],
        "iommu_check": ["iommu_check", json.dumps({"fail": False})],
    }
    ours = {
        _name(build, name): [
            "env",
            f"PYTHONPATH={build.collections}",
            sys.executable,
            str(BENCH / "scan_ours.py"),
            *question,
        ]
        for build in builds
        for name, question in questions.items()
    }
    return {**ours, DEVBIND: [sys.executable, str(FILES / "usr/bin/dpdk-devbind.py"), "--status"]}


def _name(build: Build, question: str) -> str:
    return f"{question}, {build.name}"


def _inside(plan: Path) -> dict[str, Any]:
    """Run the measurement where mounts and processes of this machine are not seen."""
    argv = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", sys.executable, str(BENCH / "scan_inside.py")]
    done = subprocess.run([*argv, str(plan)], stdout=subprocess.PIPE, env=dict(os.environ), text=True, check=False)
    if done.returncode:
        sys.exit(f"'{' '.join(argv)}' ended with {done.returncode}. It needs root.")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _times(found: dict[int, dict[str, Any]], key: str) -> str:
    """Return the seconds of all, with the part that modules take of the script's whole process."""
    rows = []
    for name in next(iter(found.values()))["times"]:
        taken = {size: _take(each, name, key) for size, each in found.items()}
        if not any(taken.values()):
            continue
        rows.append([name, *(costs.spread(each, 2) for each in taken.values())])
        if name != DEVBIND:
            parts = (costs.ratios(each, _take(found[size], DEVBIND, "process")) for size, each in taken.items())
            rows.append([f"- takes of `{DEVBIND}`", *(costs.spread(each, 2) for each in parts)])
    return costs.table(_heads(found), rows)


def _heads(found: dict[int, dict[str, Any]]) -> list[str]:
    return ["", *(f"{size:,} functions" for size in found)]


def _take(found: dict[str, Any], name: str, key: str) -> list[float]:
    return [each[key] for each in found["times"][name] if key in each]


def _calls(found: dict[int, dict[str, Any]]) -> str:
    counted = {size: each["counted"] for size, each in found.items() if each["counted"]}
    names = next(iter(found.values()))["times"]
    rows = ([name, *(_calls_of(each[name], size) for size, each in counted.items())] for name in names)
    return costs.table(["", *(f"{size:,} functions" for size in counted)], rows)


def _calls_of(calls: dict[str, int], size: int) -> str:
    kinds = ", ".join(f"{name} {number / size:.1f}" for name, number in sorted(calls.items()) if number / size >= 0.05)
    return f"{sum(calls.values()) / size:.1f} ({kinds})"
