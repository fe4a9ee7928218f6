#!/usr/bin/env python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long sriov_vfs takes for a number of VFs, over the bare write to sriov_numvfs.

Runs on the machine that has the PF, with the collection in PYTHONPATH: `many_vfs.py PF NUMBER ROUNDS`. Bare write and
module take turns. What is measured of the module is all that it does: read the host, plan, write, count, read again.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as vf_state
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import plan as vfs
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, Want


def run(argv: list[str], environ_update: dict[str, str], **_more: object) -> tuple[int, str, str]:
    environment = {"PATH": "/usr/sbin:/usr/bin", **environ_update}
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def write(path: str, value: str) -> float:
    """Write as `echo` would, and return the seconds that the kernel took."""
    start = time.perf_counter()
    with open(path, "w") as stream:
        stream.write(value)
    return time.perf_counter() - start


def rest(path: str) -> None:
    """Take the VFs away, and wait until udev is done with them: what it does would count against who comes next."""
    with open(f"{path}/sriov_numvfs", "w") as stream:
        stream.write("0")
    subprocess.run(["udevadm", "settle"], check=True)


def module(host: Host, pf: str, number: int) -> float:
    """Do what the module does, and return the seconds that it took."""
    start = time.perf_counter()
    want = Want((PfWant(pf, number, None),), persistent=False)
    have = vf_state.read(host, want)
    plan = vfs.plan(have, want)
    apply(host, plan)
    after = vfs.describe(vf_state.read(host, want), want)
    seconds = time.perf_counter() - start
    if after != plan.after or after["pfs"][0]["num_vfs"] != number:
        raise SystemExit(f"asked for {number} VFs, got {after}")
    return seconds


def main(pf: str, number: int, rounds: int) -> None:
    path = f"/sys/bus/pci/devices/{pf}"
    host = Host(run_command=run)
    write(f"{path}/sriov_drivers_autoprobe", "0")
    bare, ours = [], []
    rest(path)
    for _round in range(rounds):
        bare.append(write(f"{path}/sriov_numvfs", str(number)))
        rest(path)
        ours.append(module(host, pf, number))
        rest(path)
    middle = statistics.median(bare), statistics.median(ours)
    print(json.dumps({"vfs": number, "bare": middle[0], "ours": middle[1], "over": middle[1] - middle[0]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
