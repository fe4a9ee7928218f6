# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and the drivers they are to have: read, plan, describe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import native
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import owners as _owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import target as _target
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.owners import Owner, Owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.target import Entry, Target
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import firmware, vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import lockdown as _lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.lockdown import Lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, inventory, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard as _in_use
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network


@dataclass(frozen=True)
class Want:
    """Which device is to have which driver, and how; ``restore`` brings recorded devices back instead.

    ``prepared`` is for check mode: foretell for a host on which the steps before this one (boot
    parameters, reboot, VFs) have been done.
    """

    entries: tuple[Entry, ...]
    restore: bool = False
    persistent: bool = True
    group: str = "refuse"
    takeover: bool = False
    all_or_nothing: bool = True
    consent: Consent = _in_use.NONE
    prepared: bool = False


@dataclass(frozen=True)
class Have:
    """All that the plan rests on, read once; ``modules`` are those of drivers and PMDs that are not there yet."""

    devices: dict[str, Device]
    groups: dict[int, Group]
    network: Network
    modules: dict[str, Module]
    natives: dict[str, str]
    holders: dict[str, list[Holder]]
    owners: Owners
    lockdown: Lockdown
    platform: str | None
    noiommu: bool
    record_text: str | None
    rules_text: str | None

    @property
    def records(self) -> dict[str, Record]:
        """What the devices were before the first change, by address."""
        return record.parse(self.record_text)

    @property
    def rules(self) -> dict[str, BindRule]:
        """The rules that keep devices on their drivers, by address."""
        return bind_rules.parse_bind(self.rules_text)


def read(host: Host, want: Want) -> Have:
    """Read the host."""
    for entry in want.entries:
        if entry.driver is not None:
            _driver.require_name(entry.driver)
    devices = inventory.scan(host)
    record_text = host.read(record.PATH)
    records = record.parse(record_text)
    return Have(
        devices=devices,
        groups=_group.scan(host),
        network=_usage.read(host),
        modules=_modules(host, want, devices),
        natives=_natives(host, want, devices, records),
        holders=_holders.scan(host, devices.values()),
        owners=_owners.read(host),
        lockdown=_lockdown.read(host),
        platform=firmware.read(host).platform,
        noiommu=vfio.noiommu_enabled(host),
        record_text=record_text,
        rules_text=host.read(bind_rules.BIND_PATH),
    )


def targets(have: Have, want: Want) -> list[Target]:
    """Return the devices that the task means, with their goals."""
    if want.restore:
        return _target.restored(have.devices, have.records, [entry.selector for entry in want.entries])
    named = _target.present(have.devices, have.records, want.entries, have.natives, want.prepared)
    if want.group == "bind_all":
        named += _target.group_mates(named, have.devices, have.groups)
    return named


def spelt_out(have: Have, want: Want) -> Want:
    """Name the devices by their addresses, which stay when interfaces and records come and go with the drivers.

    Where devices are to be given back and none is named, these are all that were ever changed.
    """
    if want.restore and not want.entries:
        moved = [address for address, known in sorted(have.records.items()) if known.binding]
        return replace(want, entries=tuple(Entry(Selector(each)) for each in moved if each in have.devices))
    if want.prepared:  # some VFs are yet to be made
        return want
    named = [
        Entry(Selector(device.address), entry.driver)
        for entry in want.entries
        for device in _selector.find_all(have.devices, have.records, entry.selector)
    ]
    return replace(want, entries=tuple(named))


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state of the devices that the task means, for ``before`` and ``after``."""
    return {"devices": [_state(have, target) for target in targets(have, want)]}


def kept_by(have: Have, target: Target) -> Owner | None:
    """Return the other tool that keeps a device on the driver that is wanted."""
    owner = have.owners.driverctl.get(target.address)
    return owner if owner and owner.driver == target.goal.rule else None


def _state(have: Have, target: Target) -> dict[str, Any]:
    rule = have.rules.get(target.address)
    owner = have.owners.driverctl.get(target.address)
    return {
        "address": target.address,
        "driver": target.device.driver if target.device else None,
        "driver_override": target.device.driver_override if target.device else None,
        "persistent_driver": rule.driver if rule else owner.driver if owner else None,
    }


def _modules(host: Host, want: Want, devices: dict[str, Device]) -> dict[str, Module]:
    buses = {device.bus for device in devices.values()}
    wanted = {entry.driver or drivers.default(bus) for entry in want.entries if not want.restore for bus in buses}
    named = [name for name in wanted - {_target.KERNEL, _target.NONE} if not _driver.exists(host, name)]
    bifurcated = {device.driver for device in devices.values()}
    needed = [name for driver in bifurcated for name in drivers.needs(driver) if not want.restore]
    return {name: _module.read(host, name) for name in sorted({*named, *needed})}


def _natives(host: Host, want: Want, devices: dict[str, Device], records: dict[str, Record]) -> dict[str, str]:
    wanted = [entry.selector for entry in want.entries if entry.driver == _target.KERNEL and not want.restore]
    found = [device for selector in wanted for device in _selector.find_all(devices, records, selector)]
    return {device.address: native.find(host, device, records.get(device.address)) for device in found}


def verbs_modules(target: Target) -> tuple[str, ...]:
    """Return the modules that a bifurcated port's PMD needs, where the port stays on its kernel driver."""
    driver = target.device.driver if target.device else None
    return drivers.needs(driver) if not target.rebinds else ()
