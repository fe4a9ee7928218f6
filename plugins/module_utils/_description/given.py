# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a description gives to DPDK: its ports, and VFs that it names no port for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector


def split(host: Host, asked: Description) -> tuple[list[Any], list[Any]]:
    """Return the ports that are PFs on VFIO and get their VFs there, so they move before these are made; and the others."""
    if not (asked.ports and asked.vfs):
        return [], list(asked.ports)
    devices = _device.scan_without_vfs(host)
    records = record.parse(host.read(record.PATH))
    with_vfs = {each for pf in asked.vfs if pf.get("num_vfs") != 0 for each in addresses(devices, records, pf)}
    first: list[Any] = []
    others: list[Any] = []
    for port in asked.ports:
        named = addresses(devices, records, port)
        moves = all(each in with_vfs and _gets_vfio(asked, port, devices[each].driver) for each in named)
        (first if named and moves else others).append(port)
    return first, others


def vfs(results: Iterable[Mapping[str, Any]], pfs: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Yield the PF, index and address of each VF that DPDK gets by what sriov_vfs does: by its driver, or with its PF."""
    for each in results:
        for pf in (each.get("after") or {}).get("pfs", ()):
            for vf in pf["vfs"]:
                if pf["address"] in pfs or drivers.is_for_dpdk(vf.get("driver")):
                    yield pf["address"], vf["vf"], vf["address"]


def ports(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return the addresses of all devices that DPDK gets by the stages."""
    found = [each["address"] for stage in ("pfs", "ports") for each in _devices(results, stage)]
    owned = [each["address"] for each in _devices(results, "pfs")]
    return list(dict.fromkeys([*found, *(address for dummy, index, address in vfs(results.get("vfs", ()), owned))]))


def _devices(results: Mapping[str, Sequence[Mapping[str, Any]]], stage: str) -> Iterator[Mapping[str, Any]]:
    for each in results.get(stage, ()):
        yield from (each.get("after") or {}).get("devices", ())


def addresses(devices: Mapping[str, Any], records: Mapping[str, Any], entry: Any) -> list[str]:
    """Return the addresses of the devices that an entry names as a whole; what is wrong with it, its stage says."""
    names = ("device", "vf", "slot", "match")
    try:
        named = {key: entry[key] for key in names if key in entry} if isinstance(entry, Mapping) else entry
        selector = _selector.parse(named)
        return (
            [] if selector.vf is not None else [each.address for each in _selector.find_all(devices, records, selector)]
        )
    except HostError:
        return []


def _gets_vfio(asked: Description, port: Any, now: str | None) -> bool:
    """Whether a port is on VFIO once it has the driver that is named for it, or the one that DPDK needs."""
    named = port.get("driver") if isinstance(port, Mapping) else None
    driver = named or asked.driver or (now if drivers.is_bifurcated(now) else drivers.default(drivers.PCI))
    return drivers.is_vfio(driver)
