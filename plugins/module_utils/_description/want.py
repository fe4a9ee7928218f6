# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a description of a whole host asks for, with the names and meanings of the variables of the role dpdk_host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import size as _size

STAGES = ("access", "hugepages", "ports", "vfs", "modules", "kernel_args")
ALL = "all"

_MODULE = {
    "name": {"type": "str"},
    "params": {"type": "dict"},
    "noiommu": {"type": "str"},
    "reload": {"type": "str"},
}
_PAGES = {
    "size": {"type": "str", "required": True},
    "count": {"type": "int", "required": True},
    "node": {"type": "int"},
    "boot_parameter": {"type": "bool"},
}
_ACCESS = {
    "group": {"type": "str", "required": True},
    "users": {"type": "list", "elements": "str", "default": []},
    "services": {"type": "list", "elements": "str", "default": []},
    "memlock": {"type": "str"},
}
OPTIONS: dict[str, Any] = {
    "ports": {"type": "list", "elements": "raw", "default": []},
    "vfs": {"type": "list", "elements": "dict", "default": []},
    "driver": {"type": "str"},
    "iommu": {"type": "bool", "default": True},
    "iommu_passthrough": {"type": "bool", "default": True},
    "modules": {"type": "list", "elements": "dict", "default": [], "options": _MODULE},
    "hugepages": {"type": "list", "elements": "dict", "default": [], "options": _PAGES},
    "hugepages_mounts": {"type": "list", "elements": "dict"},
    "access": {"type": "dict", "options": _ACCESS},
    "kernel_args": {"type": "list", "elements": "str", "default": []},
    "kernel_args_absent": {"type": "list", "elements": "str", "default": []},
    "kernel_args_replace": {"type": "list", "elements": "str", "default": []},
    "restore": {"type": "list", "elements": "str", "choices": [*STAGES, ALL]},
    "gather_info": {"type": "bool", "default": False},
    "fail": {"type": "bool", "default": True},
}


@dataclass(frozen=True)
class Pages:
    """Hugepages of one size in KiB; ``by_boot`` has boot parameters reserve them, and not a unit."""

    size_kb: int
    count: int
    node: int | None
    by_boot: bool

    @property
    def size(self) -> str:
        """The size as people write it, such as 2M."""
        return _size.name(self.size_kb)


@dataclass(frozen=True)
class Description:
    """A host as it should become; ``restore`` names the stages to take back instead, which may be none.

    ``gather_info`` adds what dpdk_info returns, and how devices differ from what is recorded of them.
    """

    ports: tuple[Any, ...] = ()
    vfs: tuple[Mapping[str, Any], ...] = ()
    driver: str | None = None
    iommu: bool = True
    iommu_passthrough: bool = True
    modules: tuple[Mapping[str, Any], ...] = ()
    hugepages: tuple[Pages, ...] = ()
    mounts: tuple[Mapping[str, Any], ...] | None = None
    access: Mapping[str, Any] | None = None
    kernel_args: tuple[str, ...] = ()
    kernel_args_absent: tuple[str, ...] = ()
    kernel_args_replace: tuple[str, ...] = ()
    restore: tuple[str, ...] | None = None
    gather_info: bool = False
    fail: bool = True


def parse(params: Mapping[str, Any]) -> Description:
    """Return what the task asks for; what single stages make of it is checked stage by stage."""
    mounts, restore = params["hugepages_mounts"], params["restore"]
    return Description(
        ports=tuple(params["ports"]),
        vfs=tuple(params["vfs"]),
        driver=params["driver"] or None,
        iommu=params["iommu"],
        iommu_passthrough=params["iommu_passthrough"],
        modules=tuple(params["modules"]),
        hugepages=tuple(map(_pages, params["hugepages"])),
        mounts=None if mounts is None else tuple(mounts),
        access=params["access"],
        kernel_args=tuple(params["kernel_args"]),
        kernel_args_absent=tuple(params["kernel_args_absent"]),
        kernel_args_replace=tuple(params["kernel_args_replace"]),
        restore=None if restore is None else tuple(stage for stage in STAGES if {stage, ALL} & set(restore)),
        gather_info=params["gather_info"],
        fail=params["fail"],
    )


def _pages(entry: Mapping[str, Any]) -> Pages:
    """Pages of 1G and more are rarely to be had on a running host, so boot parameters reserve them unless told otherwise."""
    size_kb, by_boot = _size.parse(entry["size"]), entry.get("boot_parameter")
    if entry["count"] < 0:
        raise HostError(
            f"{entry['count']} pages of {entry['size']} cannot be reserved.", "Give 0 or more as count of hugepages."
        )
    gigantic = size_kb >= _size.parse("1G")
    return Pages(size_kb, entry["count"], entry.get("node"), gigantic if by_boot is None else by_boot)
