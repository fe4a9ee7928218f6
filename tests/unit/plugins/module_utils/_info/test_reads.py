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
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import Want
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


def test_reads_for_each_function(tmp_path: Path) -> None:
    asked = {}
    for functions in (FEW, MANY):
        host = large(tmp_path / str(functions), functions)
        seen = overview.describe(have.read(host, Want()), Want())
        ports = [each for each in seen["devices"] if each["kind"] == "net"]
        assert len(ports) == functions // 3
        assert sum(each["pf"] is not None for each in ports) == functions // 4
        asked[functions] = len(host.answers)
    assert (asked[MANY] - asked[FEW]) / (MANY - FEW) <= MOST_READS
