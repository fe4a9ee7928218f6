# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages of a host that is given back, in the order in which that is possible.

A PF with VFs does not change its driver, so its VFs go first; what is bound keeps its module loaded, so modules come after
the ports. Each stage is planned for the host as those before it leave it, so all that stands in the way is known before the
first change.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import arguments, features, later
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.stages import Result, Results, stage
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, remember
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules, module_files

_RESTORED = {"state": "restored"}
_FOLLOWING = ("ports", "vfs_again", "access", "modules")  # what they find depends on what others leave
_FILES = (module_files.load_path("*"), module_files.modprobe_path("*"))


def restoring(host: Host, asked: Description) -> Results:
    """Return what each stage that is named would take back; ``vfs_again`` makes VFs that a PF had on its own driver."""
    named, ahead = asked.restore or (), remember(host)
    found: Results = {}
    busy = _busy(host) if "ports" in named else []
    if "vfs" in named:
        free = arguments.of_freed_pfs(asked, busy)
        options = free if busy else arguments.of_restored_vfs(asked)
        found["vfs"] = [_followed(ahead, later.after_vfs, stage(host, features.sriov_vfs, options, ahead=ahead))]
    if "ports" in named:
        ports = stage(ahead, features.dpdk_bind, arguments.of_restored_ports(asked), ahead=ahead)
        found["ports"] = [_followed(ahead, later.after_bind, ports)]
    if "vfs" in named and busy:
        found["vfs_again"] = [stage(ahead, features.sriov_vfs, arguments.of_restored_vfs(asked), ahead=ahead)]
    simple = {
        "vf_token": (features.vf_token, arguments.of_restored_vf_token(asked)),
        "access": (features.access, {"users": [], "services": [], "devices": [], **_RESTORED}),
        "hugepages": (features.hugepages, {"pools": [], "mounts": [], **_RESTORED}),
    }
    found.update({name: [stage(ahead, *each)] for name, each in simple.items() if name in named})
    if "modules" in named:
        found["modules"] = [_unloaded(ahead, name) for name in _modules(host, asked)]
    if "kernel_args" in named:
        found["kernel_args"] = _kernel_args(ahead, asked)
    return _with_earlier(found)


def _busy(host: Host) -> list[str]:
    """Return the PFs that lose their VFs to change their driver, and get others on the one that they come back to."""
    records = record.parse(host.read(record.PATH))
    there = [address for address, known in records.items() if known.binding and known.vfs and known.vfs.num_vfs]
    devices = _device.read(host, (address for address in there if host.exists(_device.home(address))))
    return [
        address
        for address, each in devices.items()
        if each.sriov and each.sriov.num_vfs and each.driver != (records[address].binding or each).driver
    ]


def _followed(ahead: Memory, effect: Any, result: Result) -> Result:
    effect(ahead, result)
    return result


def _unloaded(ahead: Memory, name: str) -> Result:
    result = stage(ahead, features.vfio_module, arguments.of_restored_module(name), ahead=ahead)
    later.after_module(ahead, name, result)
    return result


def _kernel_args(ahead: Memory, asked: Description) -> list[Result]:
    """Return the stage of the boot parameters; where they cannot be taken back, that keeps nothing else from it.

    Named by itself it is a problem.
    """
    options = {"present": [], "absent": [], "replace": [], **_RESTORED}
    result = stage(ahead, features.kernel_args, options)
    if not (asked.everything and result.get("failed")):
        return [result]
    said = f"The boot parameters stay as they are. {result['msg']}"
    return [{"arguments": {}, "assumes": [], "changed": False, "before": {}, "actions": [], "warnings": [said]}]


def _with_earlier(found: Results) -> Results:
    """Note in each stage which earlier ones it takes for done."""
    done: list[str] = []
    for name, results in found.items():
        for each in results if name in _FOLLOWING else ():
            each["assumes"] = list(done)
        done += [name] if any(each["actions"] for each in results) else []
    return found


def _modules(host: Host, asked: Description) -> list[str]:
    """Return the driver's module first, and of the others the last first: a module is in use by those after it.

    Those that the description does not name are known by their files. Where nothing was ever bound or written, no module
    is this collection's to unload.
    """
    files = _own_files(host)
    touched = bool(files) or any(host.exists(path) for path in (record.PATH, bind_rules.BIND_PATH))
    names = [asked.driver or drivers.default(drivers.PCI)] if asked.driver or touched else []
    names += [arguments.name_of_module(each) for each in reversed(asked.modules)]
    return list(dict.fromkeys([*(name.replace("-", "_") for name in names), *sorted(files, key=len, reverse=True)]))


def _own_files(host: Host) -> list[str]:
    """Return the modules that files of this collection load, or give their parameters."""
    found = []
    for path in _FILES:
        directory, pattern = path.rpartition("/")[::2]
        before, after = pattern.split("*")
        named = (each for each in host.names(directory) if each.startswith(before) and each.endswith(after))
        found += [each[len(before) : len(each) - len(after)] for each in named]
    return list(dict.fromkeys(found))
