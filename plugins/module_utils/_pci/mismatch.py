# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to say where a selector names no device, or several: imported only then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import numbers

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector

_LISTED = 40


def error(devices: Mapping[str, Device], selector: Selector, found: list[Device], others: list[Device]) -> HostError:
    """Return the error; ``others`` are the devices that match in other slots."""
    text = selector.text
    if others:
        return _wrong_slot(selector, others)
    if found:
        problem = f"{text!r} matches {len(found)} devices: {', '.join(each.label for each in found)}."
        return HostError(problem, "Name one of them by its address, interface or MAC address.")
    shown = _shown_for_a_while(devices, text)
    if shown:
        return shown
    problem = f"No device matches {text!r}. This host has: {_listing(devices)}."
    return HostError(problem, *numbers.remedy(text), "Name one of them by its address, interface or MAC address.")


def _wrong_slot(selector: Selector, others: list[Device]) -> HostError:
    slots = [f"{each.slot} ({each.label})" for each in others if each.slot is not None]
    without = ", ".join(each.label for each in others if each.slot is None)
    are = [f"{', '.join(slots)}" if slots else "", f"in no slot that the firmware names: {without}" if without else ""]
    return HostError(
        f"No device that {selector.text!r} matches is in slot {selector.slot}. Those that it matches are in the slots: "
        f"{'; '.join(filter(None, are))}.",
        "Write one of these slots, or name the device by its address.",
    )


def _shown_for_a_while(devices: Mapping[str, Device], text: str) -> HostError | None:
    """Return the error that a MAC address is not that of the hardware, where that is so."""
    mac = _address.mac(text)
    ports = [(each, port) for each in devices.values() for port in each.interfaces if port.mac == mac]
    if not ports:
        return None
    shown = ", ".join(f"{device.label}, whose own is {port.identity}" for device, port in ports)
    return HostError(
        f"{text!r} is no MAC address of a device: it is only shown for now, by {shown}.",
        "Name the port by its own MAC address, its address or its interface.",
    )


def _listing(devices: Mapping[str, Device]) -> str:
    ports = [each for each in devices.values() if each.class_code.startswith("02")]
    lines = [
        " ".join(filter(None, (_shown_names(each), each.ids, f"driver {each.driver or 'none'}")))
        for each in ports[:_LISTED]
    ]
    more = len(ports) - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more else "") if lines else "no network device"


def _shown_names(device: Device) -> str:
    """Return a device's label, with the altnames of its interfaces."""
    others = [name for port in device.interfaces for name in port.altnames]
    return f"{device.label[:-1]}, also {', '.join(others)})" if others else device.label
