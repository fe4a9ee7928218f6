# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of every module that changes a host, and all that a fake host shows of what it did."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.modules import (
    access,
    dpdk_bind,
    hugepages,
    kernel_args,
    sriov_vfs,
    vf_token,
    vfio_module,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes import accounts, ownership, systemd
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as fake_hugepages
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, machine
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call


@dataclass(frozen=True)
class Case:
    """A task that changes a host, and what was done to the host before."""

    name: str
    main: Callable[[], None]
    args: dict[str, Any]
    prepare: Callable[[FakeHost], None]
    back: dict[str, Any]

    def host(self, root: Path) -> FakeHost:
        """Return a host on which the task has something to do."""
        host = machine(root)
        for directory in ("/run/dataplane-dpdk", "/var/lib", "/etc/udev/rules.d", "/etc/systemd/system"):
            host.tree.mkdir(directory)
        host.tree.write("/etc/group", accounts.GROUP)
        self.prepare(host)
        host.writes.clear()
        host.commands.clear()
        return host


def _nothing(host: FakeHost) -> None:
    return


def _done(main: Callable[[], None], args: dict[str, Any]) -> Callable[[FakeHost], None]:
    def prepare(host: FakeHost) -> None:
        result = call(main, host, args)
        if result.get("failed"):
            raise NotImplementedError(result["msg"])

    return prepare


def _with_pages(host: FakeHost) -> None:
    for node in (0, 1):
        fake_hugepages.add_node(host.tree, node, total_mib=8192, free_mib=6000)
    systemd.mount(host.tree, "/dev/hugepages")


def _with_nodes(host: FakeHost) -> None:
    _done(dpdk_bind.main, {"devices": [OTHER]})(host)
    number = host.tree.path(f"/sys/bus/pci/devices/{OTHER}/iommu_group").resolve().name
    host.tree.write(f"/dev/vfio/{number}", "", mode=0o600)


def _with_grubenv(host: FakeHost) -> None:
    """GRUB of Debian, as it tells of itself and remembers a choice."""

    def environment(text: str) -> tuple[int, str, str]:
        host.tree.write("/boot/grub/grubenv", text)
        return 0, "", ""

    menu = "if [ ${next_entry} ] ; then\n  set default=${next_entry}\nfi\n" + (host.read("/boot/grub/grub.cfg") or "")
    host.tree.write("/boot/grub/grub.cfg", menu, 0o444)
    environment("")
    host.programs["grub-probe"] = lambda words: (0, "ext2\n" if words[0] == "--target=fs" else "\n", "")
    host.programs["grub-reboot"] = lambda words: environment(f"next_entry={words[0]}\n")
    host.programs["grub-editenv"] = lambda words: environment("")


def _loaded(host: FakeHost) -> None:
    host.modules.load("vfio_pci")


_VFS = [{"vf": 0, "mac": "02:00:00:00:10:01"}, {"vf": 1, "vlan": 100}, {"vf": 2, "driver": "vfio-pci"}]
_BACK = {"state": "restored"}
CASES = (
    Case("dpdk_bind", dpdk_bind.main, {"devices": [PF, OTHER]}, _nothing, _BACK),
    Case("dpdk_bind restored", dpdk_bind.main, _BACK, _done(dpdk_bind.main, {"devices": [PF, OTHER]}), _BACK),
    Case(
        "dpdk_bind one by one",
        dpdk_bind.main,
        {"devices": [PF, OTHER], "driver": "uio_pci_generic", "all_or_nothing": False},
        _done(dpdk_bind.main, {"devices": [OTHER]}),
        _BACK,
    ),
    Case(
        "sriov_vfs",
        sriov_vfs.main,
        {"pfs": [{"device": "enp1s0", "num_vfs": 3, "vfs": _VFS}]},
        _nothing,
        _BACK,
    ),
    Case(
        "sriov_vfs made again",
        sriov_vfs.main,
        {"pfs": [{"device": "enp1s0", "num_vfs": 4}], "allow_recreate": True},
        _done(sriov_vfs.main, {"pfs": [{"device": "enp1s0", "num_vfs": 3, "vfs": _VFS}], "persistent": False}),
        _BACK,
    ),
    Case("vfio_module", vfio_module.main, {"params": {"enable_sriov": True}}, _nothing, _BACK),
    Case(
        "vfio_module again",
        vfio_module.main,
        {"params": {"disable_idle_d3": True, "enable_sriov": True}, "reload": "if_idle"},
        _loaded,
        _BACK,
    ),
    Case("vf_token", vf_token.main, {"group": "dpdk"}, _nothing, _BACK),
    Case("vf_token removed", vf_token.main, _BACK, _done(vf_token.main, {"group": "dpdk"}), _BACK),
    Case(
        "hugepages",
        hugepages.main,
        {
            "pools": [{"size": "2M", "count": 6}],
            "mounts": [
                {"path": "/dev/hugepages", "size": "2M", "group": "dpdk"},
                {"path": "/dev/huge1G", "size": "1G"},
            ],
        },
        _with_pages,
        _BACK,
    ),
    Case(
        "access",
        access.main,
        {"group": "nfv", "users": ["app"], "devices": [OTHER], "memlock": "64", "services": ["vpp.service"]},
        _with_nodes,
        _BACK,
    ),
    Case(
        "kernel_args",
        kernel_args.main,
        {"present": ["intel_iommu=on"], "absent": ["quiet"]},
        _nothing,
        {"absent": ["intel_iommu"], "present": ["quiet"]},
    ),
    Case("kernel_args tried", kernel_args.main, {"present": ["iommu=pt"], "trial": True}, _with_grubenv, _BACK),
)

# What runs leave on purpose, and what no two runs have alike: the lock, a secret, and the owners of inodes.
_PASSED_OVER = ("/run/dataplane-dpdk/lock", "/.owners/")
_SECRET = "/etc/dataplane-dpdk/vf_token"


def shown(host: FakeHost) -> dict[str, str]:
    """Return all files and links of a host: what they hold, to whom they belong, and their modes."""
    found = {}
    for directory, names, files in os.walk(host.root):
        for name in [*names, *files]:
            path = "/" + os.path.relpath(os.path.join(directory, name), host.root)
            if not path.startswith(_PASSED_OVER):
                found[path] = _shown(host, path)
    return {path: text for path, text in found.items() if text}


def _shown(host: FakeHost, path: str) -> str:
    place = host.tree.path(path)
    if place.is_symlink():
        return f"-> {os.readlink(place)}"
    kind = f"{place.stat().st_mode:o} {':'.join(ownership.owners(host.tree, path))}"
    if place.is_dir():  # one that is empty says nothing, and is not worth a step to take it back
        return kind if path == "/etc/dataplane-dpdk" and any(place.iterdir()) else ""
    return kind if path == _SECRET else f"{kind} {place.read_bytes()!r}"
