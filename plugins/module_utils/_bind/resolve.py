# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices a task means, and the goal of each: its driver, its override, and whether a rule keeps it there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import named
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import KERNEL, NONE, Entry, Own, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector

if TYPE_CHECKING:
    # Not at run time: reading the host needs the targets, to know whether one changes its driver.
    from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.have import Have


@dataclass(frozen=True)
class Goal:
    """A driver (None: without) and a driver_override; ``rule`` is the driver that a rule keeps, if any."""

    driver: str | None
    override: str | None
    rule: str | None


@dataclass(frozen=True)
class Target:
    """One device and its goal; ``missing`` is the error that it does not exist yet, ``device`` then what it will be.

    ``own`` are options that it has for itself.
    """

    device: Device
    goal: Goal
    missing: HostError | None = None
    own: Own = ()

    @property
    def address(self) -> str:
        """The device's address."""
        return self.device.address

    @property
    def moves(self) -> bool:
        """Whether its driver or override should change."""
        return self.rebinds or self.device.driver_override != self.goal.override

    @property
    def rebinds(self) -> bool:
        """Whether its driver should change."""
        return self.device.driver != self.goal.driver


def resolve(have: Have, want: Want) -> Want:
    """Name the devices by their addresses, which stay when interfaces and records come and go with the drivers.

    Where devices should be given back and none is named, these are all that were ever changed. A VF that does not exist
    yet stays named by its PF.
    """
    if want.restored and not want.entries:
        moved = [address for address, known in sorted(have.records.items()) if known.binding]
        return replace(want, entries=tuple(Entry(Selector(each)) for each in moved if each in have.devices))
    return replace(want, entries=tuple(each for entry in want.entries for each in _by_address(have, want, entry)))


def _by_address(have: Have, want: Want, entry: Entry) -> list[Entry]:
    found = _find(have, want, entry)
    return [
        entry if each.missing else replace(entry, selector=Selector(each.device.address, sure=True)) for each in found
    ]


def _find(have: Have, want: Want, entry: Entry) -> list[named.Named]:
    # What is at an address is given back, also where another card took the place of the one that was changed.
    selector = replace(entry.selector, sure=entry.selector.sure or want.restored)
    # What does not exist has no state that it could be brought back to.
    return named.find(have.devices, have.records, selector, want.assume_prepared and not want.restored)


def targets(have: Have, want: Want) -> list[Target]:
    """Return the devices that the task means, each with its goal; raise HostError for one that is named for two."""
    if want.restored:
        records = have.records
        found = [each.device for entry in want.entries for each in _find(have, want, entry)]
        return [_back(device, records.get(device.address)) for device in found]
    wanted = _wanted(have, want)
    taking = [target for target in wanted if want.of(target.own).group == "bind_all"]
    return [*wanted, *_group_mates(wanted, taking, have)]


def _wanted(have: Have, want: Want) -> list[Target]:
    found: dict[str, Target] = {}
    for target in (_target(have, each, entry) for entry in want.entries for each in _find(have, want, entry)):
        other = found.setdefault(target.address, target)
        if other.goal != target.goal:
            raise HostError(
                f"{target.address} is named twice, for {other.goal.driver} and for {target.goal.driver}.",
                "Decide for one driver.",
            )
    return list(found.values())


def _target(have: Have, each: named.Named, entry: Entry) -> Target:
    device = each.device
    if entry.driver is None and drivers.is_bifurcated(device.driver):
        return replace(_stays(device), missing=each.missing, own=entry.own)
    below = have.devices.get(device.pf or "")
    if entry.driver is None and device.driver is None and below and drivers.is_bifurcated(below.driver):
        # A VF that its PF kept from drivers.
        return Target(device, goal(KERNEL, below.driver), each.missing, entry.own)
    wanted = entry.driver or drivers.default(device.bus)
    return Target(device, goal(wanted, have.natives.get(device.address)), each.missing, entry.own)


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


def _group_mates(wanted: Sequence[Target], taking: Sequence[Target], have: Have) -> list[Target]:
    """Return all other endpoints in the IOMMU groups of those that take them along to VFIO, with the same goal.

    What else a target goes to, or stays on, has nothing to do with its group: a port stays on mlx5_core by itself.
    """
    taken = {target.address for target in wanted}
    mates: dict[str, Target] = {}
    for target in (each for each in taking if drivers.is_vfio(each.goal.driver)):
        for device in _members(have, target.device):
            if device.address not in taken and not device.is_bridge and device.driver is not None:
                mates.setdefault(device.address, Target(device, target.goal, own=target.own))
    return list(mates.values())


def _members(have: Have, device: Device) -> Iterable[Device]:
    group = handover.group_of(have.vfio, device)
    return (have.devices[address] for address in (group.members if group else ()) if address in have.devices)


def _back(device: Device, record: Record | None) -> Target:
    """A device without a record was never changed, so it is as it was."""
    if record is None or record.binding is None:
        return _stays(device)
    return Target(device, Goal(record.binding.driver, record.binding.driver_override, None))


def _stays(device: Device) -> Target:
    return Target(device, Goal(device.driver, device.driver_override, None))
