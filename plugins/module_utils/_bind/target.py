# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device is to become: its driver, its override, and whether a rule keeps it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector

# Words for what is no driver's name: the kernel's own driver, and no driver at all.
KERNEL = "kernel"
NONE = "none"


@dataclass(frozen=True)
class Entry:
    """What a task says of one device; ``driver`` None means whatever DPDK needs for it."""

    selector: Selector
    driver: str | None = None


@dataclass(frozen=True)
class Goal:
    """A driver (None: without) and a driver_override; ``rule`` is the driver that a rule keeps, if any."""

    driver: str | None
    override: str | None
    rule: str | None


@dataclass(frozen=True)
class Target:
    """One device and its goal; ``device`` is None for a VF that is yet to be made."""

    address: str
    ids: tuple[str, str]
    device: Device | None
    goal: Goal

    @property
    def moves(self) -> bool:
        """Whether its driver or override is to change."""
        return self.device is None or (self.device.driver, self.device.driver_override) != (
            self.goal.driver,
            self.goal.override,
        )

    @property
    def rebinds(self) -> bool:
        """Whether its driver is to change."""
        return self.device is None or self.device.driver != self.goal.driver

    @property
    def label(self) -> str:
        """What a person recognises."""
        return self.device.label if self.device else self.address


def goal(driver: str, native: str | None = None) -> Goal:
    """Return the goal that a driver's name, or one of the words, stands for.

    An override stays set while a device is bound, so that it comes back to its driver. No driver is
    called none, which the kernel takes like any other name that matches nothing.
    """
    if driver == KERNEL:
        return Goal(native, None, None)
    if driver == NONE:
        return Goal(None, NONE, NONE)
    return Goal(driver, driver, driver)


def present(
    devices: Mapping[str, Device],
    records: Mapping[str, Record],
    entries: Iterable[Entry],
    natives: Mapping[str, str],
    prepared: bool,
) -> list[Target]:
    """Return the targets of a task; raise HostError for devices that are unknown, ambiguous or named twice."""
    targets: dict[str, Target] = {}
    for target in (each for entry in entries for each in _named(devices, records, entry, natives, prepared)):
        other = targets.setdefault(target.address, target)
        if other.goal != target.goal:
            raise HostError(
                f"{target.address} is named twice, for {other.goal.driver} and for {target.goal.driver}.",
                "Decide for one driver.",
            )
    return list(targets.values())


def group_mates(targets: list[Target], devices: Mapping[str, Device], groups: Mapping[int, Group]) -> list[Target]:
    """Return targets for all other endpoints in the IOMMU groups of targets, with the same goal."""
    named = {target.address for target in targets}
    mates: dict[str, Target] = {}
    for target in targets:
        number = target.device.iommu_group if target.device else None
        group = groups.get(number) if number is not None else None
        members = group.members if group else ()
        for device in (devices[address] for address in members if address in devices):
            if device.address not in named and not device.is_bridge and device.driver is not None:
                ids = (device.vendor_id, device.device_id)
                mates.setdefault(device.address, Target(device.address, ids, device, target.goal))
    return list(mates.values())


def restored(
    devices: Mapping[str, Device], records: Mapping[str, Record], selectors: Iterable[Selector]
) -> list[Target]:
    """Return the targets that bring devices back to what was recorded."""
    named = [device for selector in selectors for device in _selector.find_all(devices, records, selector)]
    return [_back(device, records.get(device.address)) for device in named]


def _named(
    devices: Mapping[str, Device],
    records: Mapping[str, Record],
    entry: Entry,
    natives: Mapping[str, str],
    prepared: bool,
) -> list[Target]:
    """Return the targets of one entry; in check mode also of a VF that is yet to be made."""
    if prepared and entry.selector.vf is not None:
        pf = _selector.find(devices, records, entry.selector.text, entry.selector.slot)
        if _selector.find_vf(devices, pf, entry.selector.vf) is None:
            ids = (pf.vendor_id, _device.require_sriov(pf).vf_device_id)
            address = _selector.foretold_vf(pf, entry.selector.vf)
            return [Target(address, ids, None, goal(entry.driver or drivers.default(drivers.PCI)))]
    found = _selector.find_all(devices, records, entry.selector)
    return [_target(device, entry.driver, natives.get(device.address)) for device in found]


def _target(device: Device, driver: str | None, native: str | None) -> Target:
    ids = (device.vendor_id, device.device_id)
    if driver is None and drivers.is_bifurcated(device.driver):
        return Target(device.address, ids, device, Goal(device.driver, device.driver_override, None))
    return Target(device.address, ids, device, goal(driver or drivers.default(device.bus), native))


def _back(device: Device, record: Record | None) -> Target:
    """A device without a record was never changed, so it is as it was."""
    ids = (device.vendor_id, device.device_id)
    if record is None or record.binding is None:
        return Target(device.address, ids, device, Goal(device.driver, device.driver_override, None))
    return Target(device.address, ids, device, Goal(record.binding.driver, record.binding.driver_override, None))
