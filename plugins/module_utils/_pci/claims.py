# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a text named before: no task that ran once may mean another port the second time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record


@dataclass(frozen=True)
class Claim:
    """A record that has a name or MAC address; ``device`` is the port that it was made of, None where that is not here."""

    address: str
    record: Record
    device: Device | None

    @property
    def unseen(self) -> bool:
        """Whether the port shows no interface now, so that the record alone says what it is called."""
        return self.device is not None and not self.device.interfaces

    def is_in(self, slot: str) -> bool:
        """Whether the port is in a slot."""
        return self.device is not None and self.device.slot == slot

    def __str__(self) -> str:
        return (
            self.device.label
            if self.device
            else f"{self.address} ({self.record.mac or 'no MAC address'}), not here now"
        )


def of(devices: Mapping[str, Device], records: Mapping[str, Record], text: str) -> list[Claim]:
    """Return the claims of all records that are called by a text."""
    return [
        Claim(address, record, _holder(devices, address, record))
        for address, record in sorted(records.items())
        if record.is_called(text)
    ]


def _earlier(records: Mapping[str, Record], text: str, found: list[Device]) -> list[str]:
    """Return the places where another port that had a name was changed, before the one that was changed there last."""
    mac = _address.mac(text)
    if _address.MAC.fullmatch(mac) and not any(each.pf for each in found):
        return []  # a permanent address says by itself which port it is; that of a VF is given, and may be moved
    places = (address for address, record in sorted(records.items()) if text in record.earlier or mac in record.earlier)
    return [f"a port that was at {address} before" for address in places]


def _holder(devices: Mapping[str, Device], address: str, record: Record) -> Device | None:
    """Return the device that a record was made of: it is where it was, unless its MAC address says otherwise."""
    there = devices.get(address)
    if there and (not there.interfaces or not record.macs or there.pf or _has_mac(there, record.macs)):
        return there
    return next((each for each in devices.values() if _has_mac(each, record.macs)), None)


def _has_mac(device: Device, macs: Collection[str]) -> bool:
    return any(port.identity in macs for port in device.interfaces)


def refuse_rivals(records: Mapping[str, Record], text: str, found: list[Device], claims: list[Claim]) -> None:
    """Refuse a name or MAC address that was that of another port when a task changed it."""
    addresses = {each.address for each in found}
    macs = {port.identity for each in found for port in each.interfaces}
    macs |= {
        mac for each in found if not each.interfaces and each.address in records for mac in records[each.address].macs
    }
    rivals = [
        each
        for each in claims
        if not (each.device and each.device.address in addresses)
        # The same port at another address: it was recorded at both.
        and not (each.device is None and macs.intersection(each.record.macs))
    ]
    others = [*map(str, rivals), *_earlier(records, text, found)]
    if not found or not others:
        return
    raise HostError(
        f"{text!r} matches {', '.join(each.label for each in found)} now, but was recorded for {', '.join(others)} "
        "when a task changed that, so it can mean either.",
        "Name the port that is meant by its address, or by a name or MAC address that only it ever had.",
        "Take back with state: restored what should not be kept of the other.",
    )


def refuse_moved(devices: Mapping[str, Device], records: Mapping[str, Record], found: list[Device]) -> None:
    """Refuse a place at which another port is now, while the one that was recorded there shows itself elsewhere."""
    for device in found:
        macs = records[device.address].macs if device.address in records and device.pf is None else ()
        if macs and not _has_mac(device, macs):
            # A virtual machine can have two devices of different kinds with one MAC address (net_failover, Azure's VFs).
            moved = [each for each in devices.values() if each.ids == device.ids and _has_mac(each, macs)]
            if moved:
                raise HostError(
                    f"The port that was at {device.address} when a task changed it ({macs[0]}) is {moved[0].label} now, "
                    f"and {device.label} may be another.",
                    "Take back with state: restored what was changed, and name the ports again: addresses move when cards "
                    "come or go.",
                )
