# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Descriptions carried out on fake machines: what host_plan planned, done by the modules in the order of the role."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files
from ansible_collections.dataplane.dpdk.plugins.modules import (
    access,
    dpdk_bind,
    host_plan,
    hugepages,
    kernel_args,
    sriov_vfs,
    vf_token,
    vfio_module,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes import ownership
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import VFIO, Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

MODULES: dict[str, Callable[[], None]] = {
    "kernel_args": kernel_args.main,
    "modules": vfio_module.main,
    "module": vfio_module.main,
    "pfs": dpdk_bind.main,
    "vfs": sriov_vfs.main,
    "ports": dpdk_bind.main,
    "vfs_again": sriov_vfs.main,
    "access": access.main,
    "vf_token": vf_token.main,
    "hugepages": hugepages.main,
}
# What restore leaves on purpose: the group, to which files may belong, the menu before the last change of GRUB's, and the
# lock, which is in memory.
_LEFT = ("/etc/group", "/boot/grub/grub.cfg.before-dpdk", "/run/dataplane-dpdk/lock")
_KERNELS_OWN = ("/proc/", "/.")


def make_nodes(host: FakeHost) -> None:
    """Have a node for each IOMMU group with a device on vfio-pci, which udev gives to the group that our rules name."""

    def moved(function: Function) -> None:
        number = host.link(f"{function.path}/iommu_group")
        members = host.tree.names(f"/sys/kernel/iommu_groups/{number}/devices")
        drivers = [host.pci.driver_of(host.pci.functions[each]) for each in members]
        node = f"/dev/vfio/{number}"
        if not any(each and each.name == VFIO for each in drivers):
            host.tree.remove(node)
        elif not host.tree.exists(node):
            host.tree.write(node, "", mode=0o600)
            rules = access_files.parse_rules(host.tree.read(access_files.RULES))
            if rules and {*rules.devices} & {*members}:
                ownership.chgrp(host.tree, [rules.group, node])
                ownership.chmod(host.tree, [access_files.MODE, node])

    host.pci.moved = moved


def look(host: FakeHost, description: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what host_plan finds."""
    return call(host_plan.main, host, {**description, **more})


def tasks(seen: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every task of every stage, without the verdict on the IOMMU, which has no module that changes anything."""
    return [(stage, each) for stage, found in seen["stages"].items() for each in found if stage != "iommu"]


def carry_out(host: FakeHost, seen: dict[str, Any]) -> list[str]:
    """Run the modules of all stages with what they were planned with; return what they did."""
    done = []
    for stage, each in tasks(seen):
        if each["arguments"] and (each["actions"] or each["assumes"]):
            result = call(MODULES[stage], host, each["arguments"])
            assert not result.get("failed"), (stage, result)
            done += result["actions"]
    return done


def prepare(host: FakeHost, description: dict[str, Any]) -> dict[str, Any]:
    """Prepare a host as the role does, with a reboot in which only the kernel's command line changes."""
    seen = look(host, description)
    assert seen["problems"] == []
    carry_out(host, seen)
    reboot(host)
    return seen


def reboot(host: FakeHost) -> None:
    """Boot what is configured."""
    configured = call(kernel_args.main, host, {}, check=True)["before"]["configured"]
    host.tree.write("/proc/cmdline", f"{configured}\n")


def fingerprint(host: FakeHost) -> dict[str, str]:
    """Return all files and links of a machine that something could have changed, with what they hold."""
    root = Path(host.root)
    found = {}
    for path in root.rglob("*"):
        name = f"/{path.relative_to(root)}"
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file() and not name.startswith(_KERNELS_OWN) and name not in _LEFT:
            found[name] = path.read_text(errors="replace")
    return found
