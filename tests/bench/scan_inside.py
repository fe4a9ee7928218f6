# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes the times on a tree of sysfs, in a mount namespace of its own: `scan_inside.py PLAN`, JSON both ways.

There the tree lies over /sys, and the list of modules of another machine in /lib/modules, for all that is measured.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import costs

DEVBIND = "dpdk-devbind.py --status"
# The calls that name a path; a directory is opened before it is listed, a file before it is read.
PATHS = "openat,readlink,readlinkat,stat,lstat,newfstatat,statx,access,faccessat,faccessat2"
ABOUT_SYS = re.compile(r'\d+ +(\w+)\([^"]*"/sys')


def mount(tree: Path, modules: Path) -> None:
    """Put the tree over /sys, and the list of modules where the running kernel's would be."""
    lower = tree / "usr_lib"
    (lower / "modules").mkdir(parents=True)
    (lower / "modules" / platform.release()).symlink_to(modules)
    library = os.path.realpath("/lib")
    for argv in (
        ["mount", "-t", "overlay", "-o", f"ro,lowerdir={lower}:{library}", "overlay", library],
        ["mount", "--bind", str(tree / "sys"), "/sys"],
    ):
        subprocess.run(argv, check=True)


def ours(argv: list[str]) -> dict[str, Any]:
    """Run a module in a process; return its own seconds, and those of the process."""
    seconds, printed = _run(argv)
    return {**json.loads(printed), "process": seconds}


def devbind(argv: list[str]) -> dict[str, Any]:
    """Run the script in a process; return its seconds, and how many network devices it shows."""
    seconds, printed = _run(argv)
    network = printed.partition("Baseband")[0]  # the second kind of device, shown or said to be missing
    return {"process": seconds, "net": len(re.findall(r"^\S+:\S+ '", network, re.MULTILINE))}


def calls(argv: list[str], log: str) -> dict[str, int]:
    """Run a process, and return how often it and its children asked the kernel for something below /sys, by call."""
    _run(["strace", "--follow-forks", "--quiet=all", f"--trace={PATHS}", f"--output={log}", *argv])
    with open(log) as lines:
        return dict(Counter(found[1] for line in lines if (found := ABOUT_SYS.match(line))))


def _run(argv: list[str]) -> tuple[float, str]:
    start = time.monotonic()
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - start
    if done.returncode:
        sys.exit(f"'{' '.join(argv)}' ended with {done.returncode}: {done.stderr}")
    return seconds, done.stdout


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text())
    mount(Path(plan["tree"]), Path(plan["modules"]))
    os.environ["PATH"] = f"{plan['tree']}/bin:{os.environ['PATH']}"
    times: dict[str, list[dict[str, Any]]] = {name: [] for name in plan["asked"]}
    for _round, name in costs.turns(times, plan["rounds"]):
        times[name].append((devbind if name == DEVBIND else ours)(plan["asked"][name]))
    log = f"{plan['tree']}/strace"
    counted = {name: calls(argv, log) for name, argv in plan["asked"].items()} if plan["count"] else {}
    print(json.dumps({"times": times, "counted": counted}))


if __name__ == "__main__":
    main()
