# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages of a host that is prepared: what the module of each would do with the options it gets from the description."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import (
    arguments,
    features,
    given,
    pages,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.features import Feature, predict
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, combined, failure
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import args as _iommu_args
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have as _iommu_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import overview as _iommu_overview
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import want as _iommu_want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, remember
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step

# The stages by their keys, in the order in which they are reported, with the names that people read.
TITLES = {
    "iommu": "IOMMU",
    "kernel_args": "Boot parameters",
    "modules": "Parameters of modules",
    "module": "Modules",
    "pfs": "PFs",
    "vfs": "VFs",
    "ports": "Ports",
    "vfs_again": "VFs",
    "access": "Access",
    "vf_token": "VF token",
    "hugepages": "Hugepages",
}
# Verdicts on the IOMMU that boot parameters and a reboot can turn into an effective one.
_CURABLE = ("active", "passthrough", "off_by_cmdline", "supported_but_not_enabled")
_DEFAULT_SIZE = re.compile(r"^Hugepagesize: +(\d+) kB$", re.MULTILINE)
Result = dict[str, Any]
Results = dict[str, list[Result]]


def preparing(host: Host, asked: Description, iommu: Mapping[str, Any]) -> Results:
    """Return what each stage would do; a stage has one result for each task, and none where nothing is described.

    ``iommu`` is what ``judge`` returned for the host. A stage that follows from an earlier one is planned for the host as
    that leaves it, and ``assumes`` names the earlier one.
    """
    pfs, ports = given.split(host, asked)
    ahead = remember(host)
    described = arguments.needs_sriov(asked.modules) if pfs else asked.modules
    modules = [stage(host, features.vfio_module, arguments.of_module(asked, each)) for each in described]
    args = _boot_stage(host, _boot_parameters(host, asked, iommu, modules))
    driver = asked.driver or drivers.default(drivers.PCI)
    found: Results = {
        "iommu": [_iommu_stage(asked, iommu, args)],
        "kernel_args": [args],
        "modules": modules,
        "module": []
        if asked.is_empty
        else [stage(host, features.vfio_module, arguments.of_module(asked, {"name": driver}))],
        "pfs": [stage(host, features.dpdk_bind, arguments.of_ports(asked, pfs), ahead=ahead)] if pfs else [],
    }
    _follow(ahead, "module", (*modules, *found["module"]) if pfs else ())
    _follow(ahead, "pfs", found["pfs"])
    of_vfs = arguments.of_vfs(asked)
    found["vfs"] = [stage(ahead if pfs else host, features.sriov_vfs, each, ahead=ahead) for each in of_vfs]
    _assume(found, "vfs", "pfs")
    return {**found, **_given_away(host, ahead, asked, ports, found)}


def _given_away(host: Host, ahead: Memory, asked: Description, ports: Sequence[Any], found: Results) -> Results:
    """Return the stages that give ports to applications, for the host with its PFs and VFs."""
    _follow(ahead, "vfs", found["vfs"])
    if any(map(arguments.names_all_vfs, asked.ports)):  # VFs are counted only then
        from ansible_collections.dataplane.dpdk.plugins.module_utils._description import counted

        asked = replace(asked, ports=tuple(counted.ports(host, asked.ports, found["vfs"])))
        ports = counted.ports(host, ports, found["vfs"])
    changed = bool(found["pfs"]) or _fewer(found["vfs"])
    seen, of_ports = ahead if changed else host, arguments.of_ports(asked, ports)
    bind = stage(seen, features.dpdk_bind, of_ports, ahead=ahead) if ports else None
    found = {**found, "ports": [_with_denied(seen, found, _with_missing(seen, found["vfs"], bind))] if bind else []}
    found["module"] = [] if _stays(asked, found["ports"]) else found["module"]
    _assume(found, "ports", "pfs", *(["vfs"] if _fewer(found["vfs"]) else []))
    _follow(ahead, "ports", found["ports"])
    found["access"] = _access(ahead, asked, found)
    _assume(found, "access", "pfs", "vfs", "ports")
    _follow(ahead, "access", found["access"])
    token = asked.vf_token is not None
    found["vf_token"] = [stage(ahead, features.vf_token, arguments.of_vf_token(asked), False)] if token else []
    mounts, pools = _mounts(host, asked), pages.pools(asked.hugepages)
    wanted = {"pools": pools, "mounts": mounts, "state": "present"}
    found["hugepages"] = [stage(ahead, features.hugepages, wanted, False)] if pools or mounts else []
    return found


def judge(host: Host) -> Result:
    """Return what iommu_check returns for the host as a whole, or the failure to look."""
    options: dict[str, Any] = {"require": "effective", "devices": [], "kernel_log": None, "fail": False}
    try:
        want = _iommu_want.parse(options)
        return _iommu_overview.describe(_iommu_have.read(host, want), want)
    except HostError as error:
        return {"failed": True, **failure(error)}


def stage(
    host: Host,
    feature: Callable[[], Feature],
    options: dict[str, Any],
    assume: bool = True,
    ahead: Memory | None = None,
) -> Result:
    """Return what a module would do with these options, and the options; ``ahead`` is given the files that it would write."""
    done = functools.partial(_write, ahead) if ahead else None
    return {"arguments": options, "assumes": [], **predict(host, feature(), options, assume, done)}


def _write(ahead: Memory, steps: Sequence[Step]) -> None:
    if not steps:
        return
    from ansible_collections.dataplane.dpdk.plugins.module_utils._description import later

    later.after_files(ahead, steps)


def _follow(ahead: Memory, name: str, results: Iterable[Result]) -> None:
    """Have the host ahead as a stage leaves it; one with nothing to do leaves it as it is."""
    acting = [each for each in results if each["actions"]]
    if not acting:
        return
    from ansible_collections.dataplane.dpdk.plugins.module_utils._description import later

    for each in acting:
        later.EFFECTS[name](ahead, each)


def _assume(found: Results, name: str, *earlier: str) -> None:
    """Note in a stage which earlier ones it takes for done: its module alone, on the host as it is, would say less."""
    named = [each for each in earlier if any(result["actions"] for result in found[each])]
    for result in found[name]:
        result["assumes"] = named


def _fewer(vfs: Iterable[Result]) -> bool:
    """Whether a PF has fewer VFs afterwards."""
    for each in vfs:
        before = {pf["address"]: pf["num_vfs"] for pf in each["before"].get("pfs", ())}
        after = (each.get("after") or {}).get("pfs", ())
        if any(pf["num_vfs"] < before[pf["address"]] for pf in after):
            return True
    return False


def _with_missing(host: Host, vfs: Iterable[Result], bind: Result) -> Result:
    """Return the stage of the ports, as a failure where it counts on VFs that no earlier stage makes."""
    if bind.get("failed") or any(each.get("failed") for each in vfs):
        return bind
    made = {vf["address"] for each in vfs for pf in each["after"]["pfs"] for vf in pf["vfs"]}
    there = {*host.names(DEVICES), *made}
    names = [each["address"] for each in bind["after"]["devices"] if ":" in each["address"]]
    lost = [
        HostError(
            f"{name} is not there, and no PF of the description gets a VF with that address.",
            "Raise num_vfs of its PF, or take the VF out of the ports.",
        )
        for name in names
        if name not in there
    ]
    return {**bind, "failed": True, **failure(combined(lost)), "actions": []} if lost else bind


def _with_denied(host: Host, found: Results, bind: Result) -> Result:
    """Return the stage of the ports, as a failure where vfio-pci would deny a device; a ready host has none to bind."""
    if not bind["actions"]:
        return bind
    from ansible_collections.dataplane.dpdk.plugins.module_utils._description import denied

    return denied.refused(host, found, bind)


def _stays(asked: Description, ports: Iterable[Result]) -> bool:
    """Whether no port gets the default driver, so that its module is needless: some kernels of clouds have none."""
    if asked.driver or asked.vfs:
        return False
    after = [device["driver"] for each in ports for device in (each.get("after") or {}).get("devices", ())]
    return bool(after) and drivers.default(drivers.PCI) not in after


def _access(ahead: Memory, asked: Description, found: Results) -> list[Result]:
    if not asked.access:
        return []
    owned = [each["address"] for result in found["pfs"] for each in (result.get("after") or {}).get("devices", ())]
    vfs = [{"device": pf, "vf": index} for pf, index, dummy in given.vfs(found["vfs"], owned)]
    return [stage(ahead, features.access, arguments.of_access(asked, vfs))]


def _iommu_stage(asked: Description, seen: Mapping[str, Any], args: Mapping[str, Any]) -> Result:
    """Return the verdict as a stage: a problem where neither boot parameters nor a reboot can change it."""
    nothing: Result = {"arguments": {}, "assumes": [], "actions": []}
    curable = seen.get("verdict") in _CURABLE
    pending = args.get("reboot_required", True)
    if not asked.iommu or seen.get("effective") or (curable and pending):
        return {**nothing, "changed": False}
    if seen.get("failed"):
        return {**nothing, **seen}
    error = HostError(" ".join(seen["causes"]), *seen["remedies"])
    return {**nothing, "failed": True, **failure(error)}


def _boot_stage(host: Host, options: dict[str, Any]) -> Result:
    """Return the stage of the boot parameters; what is configured is known also where the description is refused."""
    found = stage(host, features.kernel_args, options)
    return found if found["before"] else {**found, "before": predict(host, features.kernel_args(), {})["before"]}


def _boot_parameters(
    host: Host, asked: Description, iommu: Mapping[str, Any], modules: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the options of kernel_args: what the IOMMU, the modules, the description and hugepages ask for.

    After a reboot these are the ones that it was for: what is needed is derived from what was booted.
    """
    if asked.boot_parameters is not None:
        return {**asked.boot_parameters, "state": "present"}
    booted = cmdline.parse(host.attr("/proc/cmdline") or "")
    platform = iommu.get("platform")
    x86 = host.exists(_iommu_have.X86)
    needed = _iommu_args.needed(booted, platform, asked.iommu_passthrough, x86) if asked.iommu else {}
    found = [needed, *(each.get("kernel_args", {}) for each in modules)]
    present = [token for each in found for token in each.get("present", [])]
    absent = [token for each in found for token in each.get("absent", [])]
    return {
        "present": [*present, *asked.kernel_args, *pages.boot_parameters(asked.hugepages)],
        "absent": [*absent, *asked.kernel_args_absent],
        "replace": list(asked.kernel_args_replace),
        "state": "present",
    }


def _mounts(host: Host, asked: Description) -> list[dict[str, Any]]:
    if asked.mounts is not None:
        return [dict(each) for each in asked.mounts]
    if asked.access is None:
        return []
    size = _DEFAULT_SIZE.search(host.attr("/proc/meminfo") or "")
    return pages.mounts(asked.hugepages, asked.access["group"], int(size[1]) if size else None)
