# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a device differs from what was recorded of it and from what the rules of this host say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_settings import (
    Settings,
    difference,
    reported,
    words,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule

NO_DRIVER = "none"


def of_device(device: Device, record: Record | None, bind: BindRule | None, sriov: SriovRule | None) -> list[str]:
    """Return a sentence for each difference; none where the device is as it should be."""
    found: list[str] = []
    for rule in (bind, sriov):
        if rule is not None and (rule.vendor_id, rule.device_id) != (device.vendor_id, device.device_id):
            found.append(f"The rule is for {rule.vendor_id}:{rule.device_id}, but the device is {device.ids}.")
    if bind is not None:
        found += _binding(device, bind)
    if sriov is not None:
        found += _vfs(device, sriov)
    if record is not None and record.mac is not None:
        found += _port(device, record)
    return found


def of_vfs(rule: SriovRule, drivers: Sequence[str | None], settings: Mapping[int, Settings]) -> list[str]:
    """Return a sentence for each difference of the VFs of a PF, given the driver and the settings of each that is there."""
    found = []
    for index, vf in sorted(rule.vfs.items()):
        if index >= len(drivers):
            continue  # the number of VFs says so
        now = settings.get(index, {})
        left = difference(now, vf.settings)
        if left:
            found.append(f"VF {index} should have {' '.join(words(left))}, but has {reported(now, left)}.")
        if vf.driver not in (None, drivers[index]):
            found.append(f"The driver of VF {index} should be {vf.driver}, but is {drivers[index] or NO_DRIVER}.")
    return found


def absent(devices: Collection[str], bind: Mapping[str, BindRule], sriov: Mapping[str, SriovRule]) -> list[str]:
    """Return a sentence for each rule whose device is not there."""
    return [
        f"No device is at {address}, which should be on {rule.driver}."
        for address, rule in bind.items()
        if address not in devices
    ] + [
        f"No device is at {address}, which should have {rule.num_vfs} VFs."
        for address, rule in sriov.items()
        if address not in devices
    ]


def _binding(device: Device, rule: BindRule) -> list[str]:
    if (device.driver or NO_DRIVER) != rule.driver:
        return [f"The driver should be {rule.driver}, but is {device.driver or NO_DRIVER}."]
    if device.driver_override != rule.driver:
        return [f"driver_override should be {rule.driver}, but is {device.driver_override or 'not set'}."]
    return []


def _vfs(device: Device, rule: SriovRule) -> list[str]:
    if device.sriov is None:
        return [f"The number of VFs should be {rule.num_vfs}, but the device offers no SR-IOV capability now."]
    found = []
    if device.sriov.num_vfs != rule.num_vfs:
        found.append(f"The number of VFs should be {rule.num_vfs}, but is {device.sriov.num_vfs}.")
    if device.sriov.drivers_autoprobe != rule.drivers_autoprobe:
        now, wanted = (("on" if each else "off") for each in (device.sriov.drivers_autoprobe, rule.drivers_autoprobe))
        found.append(f"drivers_autoprobe should be {wanted}, but is {now}.")
    return found


def _port(device: Device, record: Record) -> list[str]:
    macs = [port.identity for port in device.interfaces]
    if not macs or record.mac in macs:
        return []
    return [f"The MAC address was {record.mac}, but is {', '.join(macs)}."]
