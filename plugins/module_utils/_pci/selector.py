# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a user writes to the devices that are meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, require_sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record

_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}")
_IDS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}")
_LISTED = 40


@dataclass(frozen=True)
class Selector:
    """An address, interface name, MAC address or vendor:device, the physical slot, and the index of a VF.

    It names one device; with ``many`` it names every one that matches.
    """

    text: str
    vf: int | None = None
    slot: str | None = None
    many: bool = False

    def __str__(self) -> str:
        return self.text if self.vf is None else f"VF {self.vf} of {self.text}"


def parse(entry: Any) -> Selector:
    """Return the selector that a task gives as a string, or as a dictionary with device, vf, slot and match."""
    fields = {"device": entry} if isinstance(entry, str) else entry
    if isinstance(fields, Mapping) and set(fields) <= {"device", "vf", "slot", "match"}:
        device, vf, slot, match = (fields.get(key) for key in ("device", "vf", "slot", "match"))
        many = match == "all"
        index = vf is None or (str(vf).isdecimal() and not many)
        if isinstance(device, str) and device.strip() and index and match in (None, "one", "all"):
            return Selector(device.strip(), None if vf is None else int(vf), None if slot is None else str(slot), many)
    raise HostError(
        f"{entry!r} names no device.",
        "Write an address (of PCI, or a GUID of the VMBus), an interface name or a MAC address, or a dictionary with "
        "device and, where needed, vf (the index of a VF), slot (the physical slot), and match (one, or all without vf).",
    )


def find_all(devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector) -> list[Device]:
    """Return the devices that a selector names, at least one."""
    if not selector.many:
        return [find_present(devices, records, selector)]
    found = _known(devices, records, selector.text, selector.slot)
    if not found:
        raise _mismatch(devices, selector.text, found)
    return found


def find_present(devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector) -> Device:
    """Return the device that a selector names; a VF has to exist."""
    device = find(devices, records, selector.text, selector.slot)
    if selector.vf is None:
        return device
    vf = find_vf(devices, device, selector.vf)
    if vf is None:
        raise missing_vf(selector, device)
    return vf


def pf_of_missing_vf(devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector) -> Device | None:
    """Return the PF of a VF that does not exist yet and may be made; None where a selector names anything else."""
    if selector.vf is None:
        return None
    pf = find(devices, records, selector.text, selector.slot)
    return pf if find_vf(devices, pf, selector.vf) is None else None


def missing_vf(selector: Selector, pf: Device) -> HostError:
    """Return the error that a VF does not exist yet."""
    return HostError(
        f"{selector} does not exist: {pf.label} has {require_sriov(pf).num_vfs} VFs now.",
        "Make the VFs first, with dataplane.dpdk.sriov_vfs.",
    )


def find(devices: Mapping[str, Device], records: Mapping[str, Record], text: str, slot: str | None = None) -> Device:
    """Return the one device that a text names; raise HostError where there is none, or more.

    An interface that is gone because its device is bound for DPDK is found by the name and the
    MAC address that were recorded when the device was first changed.
    """
    found = _known(devices, records, text, slot)
    if len(found) != 1:
        raise _mismatch(devices, text, found)
    return found[0]


def find_vf(devices: Mapping[str, Device], pf: Device, index: int) -> Device | None:
    """Return the VF with an index on a PF, or None where it does not exist now."""
    sriov = require_sriov(pf)
    if not 0 <= index < sriov.total_vfs:
        raise HostError(
            f"{pf.label} has no VF {index}: it can have {sriov.total_vfs} (sriov_totalvfs).",
            f"Name a VF from 0 to {sriov.total_vfs - 1}.",
        )
    return devices.get(sriov.vfs[index]) if index < len(sriov.vfs) else None


def predicted_vf_address(pf: Device, index: int) -> str:
    """Return the address that a VF will have; for check mode only, where nothing is there to read."""
    sriov = require_sriov(pf)
    return _address.offset(pf.address, sriov.first_offset + index * sriov.stride)


def _known(devices: Mapping[str, Device], records: Mapping[str, Record], text: str, slot: str | None) -> list[Device]:
    known = _matches(devices, text) or _recorded(devices, records, text)
    return [each for each in known if slot in (None, each.slot)]


def _mismatch(devices: Mapping[str, Device], text: str, found: list[Device]) -> HostError:
    problem = (
        f"{text!r} matches {len(found)} devices: {', '.join(each.label for each in found)}."
        if found
        else f"No device matches {text!r}. This host has: {_listing(devices)}."
    )
    return HostError(problem, "Name one of them by its address, interface or MAC address.")


def _matches(devices: Mapping[str, Device], text: str) -> list[Device]:
    lower = text.strip().lower()
    address = _address.parse(lower)
    if address is not None:
        return [devices[address]] if address in devices else []
    if _MAC.fullmatch(lower):
        mac = lower.replace("-", ":")
        return [each for each in devices.values() if any(port.mac == mac for port in each.interfaces)]
    if _IDS.fullmatch(lower):
        return [each for each in devices.values() if each.ids == lower]
    return [each for each in devices.values() if any(port.name == text.strip() for port in each.interfaces)]


def _recorded(devices: Mapping[str, Device], records: Mapping[str, Record], text: str) -> list[Device]:
    wanted = text.strip()
    mac = wanted.lower().replace("-", ":")
    return [
        devices[address]
        for address, record in sorted(records.items())
        if address in devices and not devices[address].interfaces and (record.interface == wanted or record.mac == mac)
    ]


def _listing(devices: Mapping[str, Device]) -> str:
    ports = [each for each in devices.values() if each.class_code.startswith("02")]
    lines = [
        " ".join(filter(None, (each.label, each.ids, f"driver {each.driver or 'none'}"))) for each in ports[:_LISTED]
    ]
    more = len(ports) - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more else "") if lines else "no network device"
