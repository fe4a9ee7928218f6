# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host as earlier stages will leave it: a memory in which the answers are those that it will give then.

Only what later stages ask for is changed: which devices there are, the drivers that have them, the nodes that come with
those, loaded modules, and groups. What nobody can know before, such as the IOMMU group of a VF, is not made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import arguments
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import MODULES
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, GROUPS, driver_of, home
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step

_CLOSED = "600 root root"  # as the kernel makes the node of an IOMMU group (vfio_group.c names no mode)


def after_files(host: Memory, steps: Iterable[Step]) -> None:
    """Give files the text that steps give them."""
    for change in (step.file for step in steps if step.file):
        directory, name = change.path.rpartition("/")[::2]
        there = change.after is not None
        text = change.after.encode("utf-8", "surrogateescape") if change.after is not None else None
        host.answers["read", change.path, "-1"] = text
        host.answers["attr", change.path] = change.after.strip() if change.after is not None else None
        host.answers["exists", change.path] = there
        _list(host, directory, **{"come" if there else "gone": [name]})


def after_vfs(host: Memory, result: Mapping[str, Any]) -> None:
    """Take away the VFs that go with what sriov_vfs was planned to do; those that come are not made up."""
    for pf in (result.get("after") or {}).get("pfs", ()):
        _without_vfs(host, pf["address"], pf["num_vfs"])


def after_bind(host: Memory, result: Mapping[str, Any]) -> None:
    """Move the devices that are there to the drivers that dpdk_bind was planned to give them."""
    before = {each["address"]: each for each in (result.get("before") or {}).get("devices", ())}
    for each in (result.get("after") or {}).get("devices", ()):
        address, driver = each["address"], each["driver"]
        if host.exists(home(address)) and before.get(address, {}).get("driver") != driver:
            _move(host, address, driver, each["driver_override"])


def after_task(host: Memory, result: Mapping[str, Any]) -> None:
    """Load or unload the module that a task of vfio_module is for."""
    after_module(host, arguments.name_of_module(result["arguments"]), result)


def after_module(host: Memory, name: str, result: Mapping[str, Any]) -> None:
    """Load or unload a module, and give it its parameters."""
    name, after = name.replace("-", "_"), result.get("after") or {}
    if after.get("loaded") is False and host.exists(f"{MODULES}/{name}/initstate"):
        _unload(host, name)
    elif after.get("loaded"):
        _load(host, name)
        for key, value in after.get("params", {}).items():
            host.answers["attr", f"{MODULES}/{name}/parameters/{key}"] = value


def after_access(host: Memory, result: Mapping[str, Any]) -> None:
    """Make the group that access makes."""
    group = (result.get("after") or {}).get("group")
    if group and host.run("getent", "group", group).rc:
        host.answers["run", "getent", "group", group] = Completed(0, f"{group}:x:0:\n", "")


# What each stage does to the host that later ones see.
EFFECTS: Mapping[str, Callable[[Memory, Mapping[str, Any]], None]] = {
    "module": after_task,
    "pfs": after_bind,
    "vfs": after_vfs,
    "ports": after_bind,
    "access": after_access,
}


def _without_vfs(host: Memory, pf: str, number: int) -> None:
    path = f"{DEVICES}/{pf}"
    links = [name for name in host.names(path) if name.startswith("virtfn") and name[6:].isdigit()]
    gone = {name: host.link(f"{path}/{name}") for name in links if int(name[6:]) >= number}
    addresses = [address for address in gone.values() if address]
    for address in addresses:
        _release(host, address)
    for name in gone:
        host.answers["link", f"{path}/{name}"] = None
    _list(host, path, gone=gone)
    _list(host, DEVICES, gone=addresses)


def _move(host: Memory, address: str, driver: str | None, override: str | None) -> None:
    path = home(address)
    _release(host, address)
    # A driver for DPDK makes no interface; what a native one will call its own is not known.
    _list(host, path, gone=["driver", "net", "vfio-dev"], come=["driver"] if driver else [])
    host.answers["link", f"{path}/driver"] = f"../../{driver}" if driver else None
    host.answers["attr", f"{path}/driver_override"] = override or "(null)"
    if driver:
        bus = path.split("/")[3]
        _list(host, f"/sys/bus/{bus}/drivers/{driver}", come=[address])
        host.answers["link", f"/sys/bus/{bus}/drivers/{driver}/{address}"] = f"../../{address}"
    _group_node(host, address)
    _interface(host, address, driver)


def _interface(host: Memory, address: str, driver: str | None) -> None:
    """Have the interface that a device had, where it comes back to the driver that it had then."""
    known = record.parse(host.asked.read(record.PATH)).get(address)
    if driver and known and known.interface and known.binding and known.binding.driver == driver:
        path = home(address)
        _list(host, path, come=["net"])
        host.answers["names", f"{path}/net"] = [known.interface]
        host.answers["attr", f"{path}/net/{known.interface}/address"] = known.mac or ""


def _release(host: Memory, address: str) -> None:
    """Take a device from its driver, and the node of its IOMMU group away where no other device needs it."""
    driver, bus = driver_of(host, address), home(address).split("/")[3]
    if driver:
        _list(host, f"/sys/bus/{bus}/drivers/{driver}", gone=[address])
        host.answers["link", f"{home(address)}/driver"] = None
        _group_node(host, address)


def _group_node(host: Memory, address: str) -> None:
    """Have the node of a device's IOMMU group exist if a member is on VFIO; the rules of access give it their group."""
    number = host.link(f"{home(address)}/iommu_group")
    if number is None:
        return
    node, members = f"/dev/vfio/{number}", host.names(f"{GROUPS}/{number}/devices")
    there, before = any(drivers.is_vfio(driver_of(host, each)) for each in members), host.exists(node)
    host.answers["exists", node] = there
    if there and not before:
        rules = access_files.parse_rules(host.read(access_files.RULES))
        given = rules is not None and bool({*rules.devices} & {*members})
        owner = f"{access_files.MODE.lstrip('0')} root {rules.group}" if rules and given else _CLOSED
        host.answers["run", "stat", "-c", "%a %U %G", node] = Completed(0, f"{owner}\n", "")


def _load(host: Memory, name: str) -> None:
    host.answers["exists", f"{MODULES}/{name}"] = host.answers["exists", f"{MODULES}/{name}/initstate"] = True
    for each in drivers.TABLE:
        if each.module == name:
            host.answers["exists", f"/sys/bus/{each.bus}/drivers/{each.name}"] = True


def _unload(host: Memory, name: str) -> None:
    """Unload a module, and what only it needed: modprobe --remove does the same."""
    gone = [name]
    while gone:
        current = gone.pop()
        host.answers["names", f"{MODULES}/{current}/parameters"] = []
        host.answers["exists", f"{MODULES}/{current}/initstate"] = host.answers["exists", f"{MODULES}/{current}"] = (
            False
        )
        for other in host.names(MODULES):
            holders = host.names(f"{MODULES}/{other}/holders")
            if current in holders:
                references = max(0, int(host.attr(f"{MODULES}/{other}/refcnt") or 0) - 1)
                _list(host, f"{MODULES}/{other}/holders", gone=[current])
                host.answers["attr", f"{MODULES}/{other}/refcnt"] = str(references)
                gone += [other] if len(holders) == 1 and not references else []


def _list(host: Memory, path: str, gone: Iterable[str] = (), come: Iterable[str] = ()) -> None:
    host.answers["names", path] = sorted({*host.names(path)} - {*gone} | {*come})
