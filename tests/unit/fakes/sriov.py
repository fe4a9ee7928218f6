# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SR-IOV of the fake machine: what a write to sriov_numvfs does (drivers/pci/iov.c)."""

from __future__ import annotations

import errno

from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import VFIO, Driver, Function, PciBus

_U16 = 1 << 16


def add_capability(bus: PciBus, function: Function) -> None:
    """Make the attributes of a PF."""
    attributes = {
        "sriov_totalvfs": function.total_vfs,
        "sriov_numvfs": 0,
        "sriov_offset": function.vf_offset,
        "sriov_stride": function.vf_stride,
        "sriov_vf_device": function.vf_ids.split(":")[1],
        "sriov_drivers_autoprobe": 1,
    }
    for name, value in attributes.items():
        bus.tree.write(f"{function.path}/{name}", f"{value}\n")


def store_autoprobe(bus: PciBus, function: Function, value: str) -> None:
    """sriov_drivers_autoprobe_store: it counts for VFs that are probed from now on."""
    if value.strip() not in ("0", "1"):
        raise OSError(errno.EINVAL, "no boolean")
    bus.tree.write(f"{function.path}/sriov_drivers_autoprobe", f"{value.strip()}\n")


def store_numvfs(bus: PciBus, function: Function, value: str) -> None:
    """sriov_numvfs_store, check by check; fewer VFs than asked for are a line in the log and a success."""
    number = _u16(value)
    if number > function.total_vfs:
        raise OSError(errno.ERANGE, "too many")
    if number == len(function.vfs):
        return
    driver = bus.driver_of(function)
    if driver is None:
        bus.log(f"pci {function.address}: no driver bound to device; cannot configure SR-IOV")
        raise OSError(errno.ENOENT, "no driver")
    if not driver.sriov:
        bus.log(f"{driver.name} {function.address}: driver does not support SR-IOV configuration via sysfs")
        raise OSError(errno.ENOENT, "no sriov_configure")
    if number and function.vfs:
        bus.log(f"{driver.name} {function.address}: {len(function.vfs)} VFs already enabled. Disable before enabling")
        raise OSError(errno.EBUSY, "disable first")
    if driver.name == VFIO and bus.module_parameter("vfio_pci", "enable_sriov") != "Y":
        raise OSError(errno.ENOENT, "enable_sriov is N")
    _configure(bus, function, driver, number)


def _configure(bus: PciBus, function: Function, driver: Driver, number: int) -> None:
    if number == 0:
        bus.remove_vfs(function)
        return
    made = max(0, number - driver.fewer_vfs)
    if made < number:
        bus.log(f"{driver.name} {function.address}: {number} VFs requested; only {made} enabled")
    bus.tree.write(f"{function.path}/sriov_numvfs", f"{made}\n")
    if driver.resets_link and function.interface:
        bus.network.linkless[function.interface] = driver.resets_link
    for index in range(made):
        _make_vf(bus, function, driver, index)


def _make_vf(bus: PciBus, pf: Function, driver: Driver, index: int) -> None:
    vf = Function(
        address=_behind(pf.address, pf.vf_offset + index * pf.vf_stride),
        ids=pf.vf_ids,
        interface=f"{pf.interface}v{index}" if pf.interface else None,
        mac=f"{pf.mac[:-5]}{index + 1:02x}:{pf.mac[-2:]}",
        group=bus.next_group() if pf.group is not None else None,
        pf=pf,
    )
    pf.vfs.append(vf)
    bus.add(vf)
    bus.tree.link(f"{vf.path}/physfn", pf.path)
    bus.tree.link(f"{pf.path}/virtfn{index}", vf.path)
    if driver.name == VFIO:
        bus.log(f"vfio-pci {pf.address}: Captured SR-IOV VF {vf.address} driver_override")
        bus.store_override(vf, VFIO)
    bus.probe(vf)


def _behind(address: str, distance: int) -> str:
    domain, bus, rest = address.split(":")
    slot, function = rest.split(".")
    number = int(bus, 16) * 256 + int(slot, 16) * 8 + int(function) + distance
    return f"{domain}:{number // 256:02x}:{number % 256 // 8:02x}.{number % 8}"


def _u16(value: str) -> int:
    try:
        number = int(value, 0)
    except ValueError:
        number = -1
    if not 0 <= number < _U16:
        raise OSError(errno.EINVAL, "no u16")
    return number
