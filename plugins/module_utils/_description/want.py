# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a description of a whole host asks for, with the names and meanings of the variables of the role dpdk_host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import lists, sizes

# In the order in which they can be taken back: VFs keep their PF from changing its driver, and ports their module loaded.
STAGES = ("vfs", "ports", "vf_token", "access", "hugepages", "modules", "kernel_args")
ALL = "all"

_OLD_PFS = {"name": "vfs", "version": "2.0.0", "collection_name": "dataplane.dpdk"}
_MODULE = {
    "name": {"type": "str"},
    "params": {"type": "dict"},
    "noiommu": {"type": "str"},
    "reload": {"type": "str"},
    "persistent": {"type": "bool"},
    "path": {"type": "path"},
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
_VF_TOKEN = {
    "path": {"type": "path"},
    "group": {"type": "str"},
}
_BOOT_PARAMETERS = {
    name: {"type": "list", "elements": "str", "default": []} for name in ("present", "absent", "replace")
}
# What single modules refuse unless they are told otherwise; each counts for the whole description.
CONSENT: dict[str, Any] = {
    "persistent": {"type": "bool", "default": True},
    "group_policy": {"type": "str", "choices": ["refuse", "bind_all", "ignore"], "default": "refuse"},
    "all_or_nothing": {"type": "bool", "default": True},
    "takeover": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "allow_management": {"type": "bool", "default": False},
    "allow_bifurcated": {"type": "bool", "default": False},
    "allow_unlisted": {"type": "bool", "default": False},
    "allow_recreate": {"type": "bool", "default": False},
}
_ASSUME = {
    "release": {"type": "str"},
    "cmdline": {"type": "str"},
    "files": {"type": "dict"},
}
OPTIONS: dict[str, Any] = {
    "ports": {"type": "list", "elements": "raw", "default": []},
    "pfs": {"type": "list", "elements": "dict", "default": [], "aliases": ["vfs"], "deprecated_aliases": [_OLD_PFS]},
    "driver": {"type": "str"},
    "iommu": {"type": "bool", "default": True},
    "iommu_passthrough": {"type": "bool", "default": True},
    "modules": {"type": "list", "elements": "dict", "default": [], "options": _MODULE},
    "hugepages": {"type": "list", "elements": "dict", "default": [], "options": _PAGES},
    "hugepages_mounts": {"type": "list", "elements": "dict"},
    "access": {"type": "dict", "options": _ACCESS},
    "vf_token": {"type": "dict", "options": _VF_TOKEN, "no_log": False},
    **{f"kernel_args{kind}": {"type": "raw", "default": []} for kind in ("", "_absent", "_replace")},
    "boot_parameters": {"type": "dict", "options": _BOOT_PARAMETERS},
    **CONSENT,
    "variables": {"type": "list", "elements": "str", "default": []},
    "restore": {"type": "list", "elements": "str", "choices": [*STAGES, ALL]},
    "gather_info": {"type": "bool", "default": False},
    "capture": {"type": "path"},
    "assume": {"type": "dict", "options": _ASSUME},
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
        return sizes.name(self.size_kb)


@dataclass(frozen=True)
class Description:
    """A host as it should become; ``restore`` names the stages to take back instead, which may be none.

    ``boot_parameters`` are those that a reboot was just for: they are compared with, and not derived again. ``consent`` is
    what single modules refuse otherwise. ``gather_info`` adds what dpdk_info returns, and how devices differ from what is
    recorded of them.
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
    kernel_args: tuple[Any, ...] = ()
    kernel_args_absent: tuple[Any, ...] = ()
    kernel_args_replace: tuple[Any, ...] = ()
    vf_token: Mapping[str, Any] | None = None
    boot_parameters: Mapping[str, Any] | None = None
    consent: Mapping[str, Any] = field(default_factory=dict)
    restore: tuple[str, ...] | None = None
    everything: bool = False
    gather_info: bool = False
    fail: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether it describes nothing that a host should have."""
        named = (self.ports, self.vfs, self.driver, self.modules, self.hugepages, self.mounts, self.access)
        boot = (self.kernel_args, self.kernel_args_absent, self.kernel_args_replace)
        return self.vf_token is None and not any((*named, *boot))


def parse(params: Mapping[str, Any]) -> Description:
    """Return what the task asks for; what single stages make of it is checked stage by stage."""
    variables.check(params["variables"])
    mounts, restore = params["hugepages_mounts"], params["restore"]
    return Description(
        ports=tuple(params["ports"]),
        vfs=tuple(params["pfs"]),
        driver=params["driver"] or None,
        iommu=params["iommu"],
        iommu_passthrough=params["iommu_passthrough"],
        modules=tuple(params["modules"]),
        hugepages=tuple(map(_pages, params["hugepages"])),
        mounts=None if mounts is None else tuple(mounts),
        access=params["access"],
        kernel_args=tuple(lists.entries(params["kernel_args"])),
        kernel_args_absent=tuple(lists.entries(params["kernel_args_absent"])),
        kernel_args_replace=tuple(lists.entries(params["kernel_args_replace"])),
        vf_token=params["vf_token"],
        boot_parameters=params["boot_parameters"],
        consent={name: params[name] for name in CONSENT},
        restore=None if restore is None else tuple(stage for stage in STAGES if {stage, ALL} & set(restore)),
        everything=ALL in (restore or ()),
        gather_info=params["gather_info"],
        fail=params["fail"],
    )


def _pages(entry: Mapping[str, Any]) -> Pages:
    """Pages of 1G and more are rarely to be had on a running host, so boot parameters reserve them unless told otherwise."""
    size_kb, by_boot = sizes.parse(entry["size"]), entry.get("boot_parameter")
    if entry["count"] < 0:
        raise HostError(
            f"{entry['count']} pages of {entry['size']} cannot be reserved.", "Give 0 or more as count of hugepages."
        )
    gigantic = size_kb >= sizes.parse("1G")
    return Pages(size_kb, entry["count"], entry.get("node"), gigantic if by_boot is None else by_boot)
