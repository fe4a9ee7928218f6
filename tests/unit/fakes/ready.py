# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fake host that was prepared, and what one more look at it takes: `python -m ...fakes.ready DIRECTORY`, JSON out.

The look is taken in a process of its own, as on a host: what it imports is what the host has to compile.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.modules import (
    access,
    dpdk_bind,
    host_plan,
    hugepages,
    kernel_args,
    sriov_vfs,
    vfio_module,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as _hugepages
from ansible_collections.dataplane.dpdk.tests.unit.fakes import steps
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import machine
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

PLUGINS = "ansible_collections.dataplane.dpdk.plugins."
MODULES: dict[str, Callable[[], None]] = {
    "kernel_args": kernel_args.main,
    "modules": vfio_module.main,
    "module": vfio_module.main,
    "vfs": sriov_vfs.main,
    "ports": dpdk_bind.main,
    "access": access.main,
    "hugepages": hugepages.main,
}
DESCRIPTION: dict[str, Any] = {
    "ports": ["enp2s0", {"device": "enp1s0", "vf": 0}],
    "vfs": [{"device": "enp1s0", "num_vfs": 2, "drivers_autoprobe": False}],
    "modules": [{"name": "vfio_pci", "params": {"enable_sriov": True}}],
    "hugepages": [{"size": "2M", "count": 64}],
    "access": {"group": "dpdk"},
    "kernel_args": ["isolcpus=2-3"],
}


def add_pages(host: FakeHost) -> None:
    """Give a host memory for hugepages."""
    _hugepages.add_node(host.tree, 0, total_mib=1024, free_mib=512, sizes=(2048,))
    host.tree.write("/proc/meminfo", "MemTotal: 1048576 kB\nHugepagesize:       2048 kB\n")


def tasks(seen: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every task of every stage, without the verdict on the IOMMU, which has no module that changes anything."""
    return [(stage, each) for stage, found in seen["stages"].items() for each in found if stage != "iommu"]


def carry_out(host: FakeHost, seen: dict[str, Any]) -> None:
    """Do all that a look found to do."""
    for stage, each in tasks(seen):
        if each["actions"]:
            result = steps.call(MODULES[stage], host, each["arguments"])
            assert not result.get("failed"), result


def prepare(host: FakeHost, description: dict[str, Any]) -> None:
    """Make a host what a description says, with the reboot that this takes."""
    first = steps.call(host_plan.main, host, description)
    carry_out(host, first)
    host.tree.write("/proc/cmdline", first["stages"]["kernel_args"][0]["after"]["configured"] + "\n")


def look(directory: Path, description: dict[str, Any]) -> dict[str, Any]:
    """Prepare a host, import host_plan as if for the first time, and return what a look takes."""
    host = machine(directory)
    add_pages(host)
    prepare(host, description)
    for name in [name for name in sys.modules if name.startswith(PLUGINS)]:
        del sys.modules[name]
    fresh = importlib.import_module(f"{PLUGINS}modules.host_plan")
    vars(steps)["_result"] = importlib.import_module(f"{PLUGINS}module_utils._result")
    host.commands.clear()
    seen = steps.call(fresh.main, host, description)
    files = [getattr(module, "__file__", None) for name, module in sys.modules.items() if name.startswith(PLUGINS)]
    return {"ready": seen["ready"], "commands": host.commands, "files": sorted(filter(None, files))}


if __name__ == "__main__":
    print(json.dumps(look(Path(sys.argv[1]), DESCRIPTION)))
