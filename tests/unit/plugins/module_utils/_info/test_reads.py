# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a host is asked for the picture of many functions: what is measured on a large server, counted on a small one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import have, overview
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import parse
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, remember
from ansible_collections.dataplane.dpdk.tests.bench import sysfs_tree

# Files, links, listings and commands for each function more.
MOST_READS = 8
FEW, MANY = 60, 180  # each twelve functions are alike


def large(root: Path, functions: int) -> Memory:
    """A host with that many functions: a PF with three VFs among each twelve."""
    root.mkdir()
    sysfs_tree.make(root, functions)

    def ip(argv: list[str], **dummy: Any) -> tuple[int, str, str]:
        done = subprocess.run([str(root / "bin" / argv[0]), *argv[1:]], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    return remember(Host(str(root), ip))


def asked(root: Path, functions: int, one: bool = False) -> int:
    """How often a host is asked for the picture of all its devices, or of one VF by its address."""
    host = large(root / f"{functions}{one}", functions)
    want = parse({"devices": ["0000:01:01.0"] if one else []})
    seen = overview.describe(have.read(host, want), want)["devices"]
    ports = [each for each in seen if each["kind"] == "net"]
    assert len(ports) == (1 if one else functions // 3)
    assert one or sum(each["pf"] is not None for each in ports) == functions // 4
    return len(host.answers)


def test_reads_for_each_function(tmp_path: Path) -> None:
    assert (asked(tmp_path, MANY) - asked(tmp_path, FEW)) / (MANY - FEW) <= MOST_READS


def test_one_device_takes_a_tenth_of_what_all_take(tmp_path: Path) -> None:
    more = [asked(tmp_path, MANY, one) - asked(tmp_path, FEW, one) for one in (True, False)]
    assert more[0] <= more[1] / 10
