# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages of a host: which options the module of each gets from the description, and what it would do with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import features, pages
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.features import Feature, predict
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, failure
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import args as _iommu_args
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have as _iommu_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import overview as _iommu_overview
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import want as _iommu_want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers

# The stages by their keys, in the order in which they are reported, with the names that people read.
TITLES = {
    "iommu": "IOMMU",
    "kernel_args": "Boot parameters",
    "modules": "Parameters of modules",
    "module": "Modules",
    "vfs": "VFs",
    "ports": "Ports",
    "access": "Access",
    "hugepages": "Hugepages",
}
# Verdicts on the IOMMU that boot parameters and a reboot can turn into an effective one.
_CURABLE = ("active", "passthrough", "off_by_cmdline", "supported_but_not_enabled")
_DEFAULT_SIZE = re.compile(r"^Hugepagesize: +(\d+) kB$", re.MULTILINE)
Results = dict[str, list[dict[str, Any]]]


def preparing(host: Host, asked: Description, iommu: Mapping[str, Any]) -> Results:
    """Return what each stage would do; a stage has one result for each task, and none where nothing is described.

    ``iommu`` is what ``judge`` returned for the host.
    """
    modules = [_stage(host, features.VFIO_MODULE, _module(each)) for each in asked.modules]
    args = _stage(host, features.KERNEL_ARGS, _boot_parameters(host, asked, iommu, modules))
    driver = asked.driver or drivers.default(drivers.PCI)
    mounts, pools = _mounts(host, asked), pages.pools(asked.hugepages)
    ports = {"devices": list(asked.ports), "assume_prepared": True, **_given(driver=asked.driver)}
    return {
        "iommu": [_iommu_stage(asked, iommu, args)],
        "kernel_args": [args],
        "modules": modules,
        "module": [_stage(host, features.VFIO_MODULE, {"name": driver})],
        "vfs": [_stage(host, features.SRIOV_VFS, {"pfs": list(asked.vfs)})] if asked.vfs else [],
        "ports": [_stage(host, features.DPDK_BIND, ports)] if asked.ports else [],
        "access": [_stage(host, features.ACCESS, _access(asked))] if asked.access else [],
        "hugepages": [_stage(host, features.HUGEPAGES, {"pools": pools, "mounts": mounts})] if pools or mounts else [],
    }


def restoring(host: Host, asked: Description) -> Results:
    """Return what each stage that is named would take back, in the order in which that is done."""
    restored = {"state": "restored"}
    tasks: dict[str, list[tuple[Feature, dict[str, Any]]]] = {
        "access": [(features.ACCESS, restored)],
        "hugepages": [(features.HUGEPAGES, restored)],
        "ports": [(features.DPDK_BIND, restored)],
        "vfs": [(features.SRIOV_VFS, restored)],
        "modules": [(features.VFIO_MODULE, {"name": name, **restored}) for name in _modules_to_unload(asked)],
        "kernel_args": [(features.KERNEL_ARGS, restored)],
    }
    return {
        stage: [_stage(host, feature, options) for feature, options in tasks[stage]] for stage in asked.restore or ()
    }


def judge(host: Host) -> dict[str, Any]:
    """Return what iommu_check returns for the host as a whole, or the failure to look."""
    options: dict[str, Any] = {"require": "effective", "devices": [], "kernel_log": None, "fail": False}
    try:
        want = _iommu_want.parse(options)
        return _iommu_overview.describe(_iommu_have.read(host, want), want)
    except HostError as error:
        return {"failed": True, **failure(error)}


def _stage(host: Host, feature: Feature, options: dict[str, Any]) -> dict[str, Any]:
    return {"arguments": options, **predict(host, feature, options)}


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _module(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"params": {}, **_given(**entry)}


def _iommu_stage(asked: Description, seen: Mapping[str, Any], args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict as a stage: a problem where neither boot parameters nor a reboot can change it."""
    curable = seen.get("verdict") in _CURABLE
    pending = args.get("reboot_required", True)
    if not asked.iommu or seen.get("effective") or (curable and pending):
        return {"arguments": {}, "changed": False, "actions": []}
    if seen.get("failed"):
        return {"arguments": {}, **seen, "actions": []}
    error = HostError(" ".join(seen["causes"]), *seen["remedies"])
    return {"arguments": {}, "failed": True, **failure(error), "actions": []}


def _boot_parameters(
    host: Host, asked: Description, iommu: Mapping[str, Any], modules: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the options of kernel_args: what the IOMMU, the modules, the description and hugepages ask for."""
    booted = cmdline.parse(host.attr("/proc/cmdline") or "")
    platform = iommu.get("platform")
    needed = _iommu_args.needed(booted, platform, asked.iommu_passthrough) if asked.iommu else {}
    found = [needed, *(each.get("kernel_args", {}) for each in modules)]
    present = [token for each in found for token in each.get("present", [])]
    absent = [token for each in found for token in each.get("absent", [])]
    return {
        "present": [*present, *asked.kernel_args, *pages.boot_parameters(asked.hugepages)],
        "absent": [*absent, *asked.kernel_args_absent],
        "replace": list(asked.kernel_args_replace),
    }


def _mounts(host: Host, asked: Description) -> list[dict[str, Any]]:
    if asked.mounts is not None:
        return [dict(each) for each in asked.mounts]
    if asked.access is None:
        return []
    size = _DEFAULT_SIZE.search(host.attr("/proc/meminfo") or "")
    return pages.mounts(asked.hugepages, asked.access["group"], int(size[1]) if size else None)


def _access(asked: Description) -> dict[str, Any]:
    """Return the options of access; the keys of a port that say what it becomes do not help to find it."""
    given = asked.access or {}
    return {
        "group": given["group"],
        "users": given.get("users") or [],
        "services": given.get("services") or [],
        "devices": [
            {key: value for key, value in each.items() if key != "driver"} if isinstance(each, Mapping) else each
            for each in asked.ports
        ],
        "memlock": given.get("memlock") or pages.memlock(asked.hugepages),
    }


def _modules_to_unload(asked: Description) -> list[str]:
    """Return the driver's module first, and of the others the last first: a module is in use by those after it."""
    default = drivers.default(drivers.PCI)
    names = [asked.driver or default]
    names += [each.get("name") or ("vfio" if each.get("noiommu") else default) for each in reversed(asked.modules)]
    return list(dict.fromkeys(name.replace("-", "_") for name in names))
