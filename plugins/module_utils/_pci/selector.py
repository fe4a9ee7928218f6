# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a user writes to the devices that are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, nearest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import claims
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, require_sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import vf_lists

_IDS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}")


@dataclass(frozen=True)
class Selector:
    """An address, interface name, MAC address or vendor:device, the physical slot, and the index of a VF.

    It names one device; with ``many`` every one that matches, with ``every`` all VFs of one. With ``sure``, an address is that
    of a device that was found already, or that is given back, and nobody asks whether the same port is there as before.
    """

    text: str
    vf: int | None = None
    slot: str | None = None
    many: bool = False
    sure: bool = field(default=False, compare=False)
    every: bool = False

    def __str__(self) -> str:
        if self.every:
            return f"all VFs of {self.text}"
        return self.text if self.vf is None else f"VF {self.vf} of {self.text}"


def parse_all(entries: Iterable[Any]) -> Iterator[Selector]:
    """Yield the selectors of entries as tasks give them; where vf names several VFs, one for each."""
    for entry in entries:
        yield from _parse_vfs(entry)


def _parse_vfs(entry: Any) -> Iterator[Selector]:
    indexes = _indexes(entry)
    if indexes is None:
        yield replace(parse({**entry, "vf": None}), every=True)
    for index in indexes or ():
        yield parse(entry if index is None else {**entry, "vf": index})


def _indexes(entry: Any) -> Sequence[int | None] | None:
    """Return the VFs that an entry names, None for all; what is wrong with it, ``parse`` says."""
    vfs = entry.get("vf") if isinstance(entry, Mapping) else None
    if vfs is None or entry.get("match") == "all":
        return (None,)
    try:
        return vf_lists.parse(vfs)
    except HostError:
        return (None,)


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
        *_as_number(fields.get("device") if isinstance(fields, Mapping) else fields),
        *_nearest(fields),
        "Write an address (of PCI, or a GUID of the VMBus), an interface name or a MAC address, or a dictionary with "
        "device and, where needed, vf (the index of a VF, several of them, or all), slot (the physical slot), and match (one, or all without vf).",
    )


def _nearest(fields: Any) -> list[str]:
    """Return what to write for keys that are none."""
    known = ("device", "vf", "slot", "match")
    unknown = [str(key) for key in fields if key not in known] if isinstance(fields, Mapping) else []
    near = {key: nearest(key, known) for key in unknown}
    return [f"Write {found} for {key}." if found else f"Leave {key} out." for key, found in near.items()]


def find_all(devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector) -> list[Device]:
    """Return the devices that a selector names, at least one."""
    if selector.every:
        return _every_vf(devices, find(devices, records, selector))
    if not selector.many:
        return [find_present(devices, records, selector)]
    found = _known(devices, records, selector)
    if not found:
        raise _mismatch(devices, records, selector, found)
    return found


def _every_vf(devices: Mapping[str, Device], pf: Device) -> list[Device]:
    vfs = [devices[each] for each in require_sriov(pf).vfs if each in devices]
    if not vfs:
        raise HostError(f"{pf.label} has no VFs now.", "Make the VFs first, with dataplane.dpdk.sriov_vfs.")
    return vfs


def find_present(devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector) -> Device:
    """Return the device that a selector names; a VF has to exist."""
    device = find(devices, records, selector)
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
    pf = find(devices, records, selector)
    return pf if find_vf(devices, pf, selector.vf) is None else None


def missing_vf(selector: Selector, pf: Device) -> HostError:
    """Return the error that a VF does not exist yet."""
    return HostError(
        f"{selector} does not exist: {pf.label} has {require_sriov(pf).num_vfs} VFs now.",
        "Make the VFs first, with dataplane.dpdk.sriov_vfs.",
    )


def find(devices: Mapping[str, Device], records: Mapping[str, Record], named: str | Selector) -> Device:
    """Return the one device that a text names, or a selector without its VF; raise HostError where there is none, or more.

    An interface that is gone because its device is bound for DPDK is found by the names and the MAC address that were
    recorded when the device was changed. Where another port has them now, either may be meant, and that is refused.
    """
    selector = Selector(named) if isinstance(named, str) else named
    found = _known(devices, records, selector)
    if len(found) != 1:
        raise _mismatch(devices, records, selector, found)
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


def _known(devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector) -> list[Device]:
    """Return the devices that a selector names; raise HostError where that may be another one than it once was."""
    wanted, slot = selector.text.strip(), selector.slot
    shown = _shown(devices, wanted)
    if shown is None:
        named = claims.of(devices, records, wanted)
        found = _matches(devices, wanted) or [each.device for each in named if each.device and each.unseen]
        found = [each for each in found if slot in (None, each.slot)]
        claims.refuse_rivals(records, wanted, found, [each for each in named if slot is None or each.is_in(slot)])
        claims.refuse_moved(devices, records, [each for each in found if not each.interfaces])
        return found
    found = [each for each in shown if slot in (None, each.slot)]
    if _address.parse(wanted) is not None and not selector.sure:
        claims.refuse_moved(devices, records, found)
    return found


def _shown(devices: Mapping[str, Device], text: str) -> list[Device] | None:
    """Return the devices at an address, or with a vendor and device ID; None where the text is neither."""
    address = _address.parse(text)
    if address is not None:
        return [devices[address]] if address in devices else []
    lower = text.lower()
    return [each for each in devices.values() if each.ids == lower] if _IDS.fullmatch(lower) else None


def _matches(devices: Mapping[str, Device], text: str) -> list[Device]:
    """Return the devices that a name or a permanent MAC address belongs to now."""
    mac = _address.mac(text)
    if _address.MAC.fullmatch(mac):
        return [each for each in devices.values() if any(port.identity == mac for port in each.interfaces)]
    _refuse_representor(devices, text)
    return [each for each in devices.values() if any(text in port.names for port in each.interfaces)]


def _refuse_representor(devices: Mapping[str, Device], text: str) -> None:
    for device in devices.values():
        for each in device.representors:
            if text in each.names:
                vf = (
                    f"device: {device.address} and vf: {each.vf}"
                    if each.vf is not None
                    else f"device: {device.address}"
                )
                raise HostError(
                    f"{text!r} stands for {each.meaning} of {device.label}: it is a representor, and no port of its own.",
                    f"Name what is meant by {vf}, or by an address.",
                )


def _mismatch(
    devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector, found: list[Device]
) -> HostError:
    """Return the error that no device matches, or too many do."""
    # Not at the top, as below: only where something is wrong.
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import mismatch

    others: list[Device] = []
    if selector.slot is not None and not found:
        others = _known(devices, records, replace(selector, slot=None))
    return mismatch.error(devices, selector, found, others)


def _as_number(given: Any) -> list[str]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._written import numbers

    return numbers.remedy(given)
