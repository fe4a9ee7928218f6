# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices and the drivers they are to have: read, plan, describe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.usage import Network
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import guard, iommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import record, udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.rules import rules_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.udev import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step

_MISSPELT = {"vfio_pci": "vfio-pci", "uio-pci-generic": "uio_pci_generic", "igb-uio": "igb_uio"}


@dataclass(frozen=True)
class Want:
    """Which device is to have which driver, and how.

    ``prepared`` is for check mode: foretell for a host on which the steps before this one (boot
    parameters, reboot, VFs) have been done.
    """

    drivers: tuple[tuple[Selector, str], ...]
    persistent: bool = True
    ignore_group: bool = False
    consent: Consent = guard.NONE
    prepared: bool = False


@dataclass(frozen=True)
class Have:
    """All that the plan rests on, read once."""

    devices: dict[str, Device]
    groups: dict[int, Group]
    network: Network
    modules: dict[str, Module]
    holders: dict[str, list[Holder]]
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
        return udev.parse_bind(self.rules_text)


@dataclass(frozen=True)
class Target:
    """One device and the driver it is to have; ``device`` is None for a VF that is yet to be made."""

    address: str
    ids: tuple[str, str]
    device: Device | None
    driver: str

    @property
    def moves(self) -> bool:
        """Whether its driver or override is to change."""
        have = self.device
        return have is None or have.driver != self.driver or have.driver_override != self.driver


def read(host: Host, want: Want) -> Have:
    """Read the host."""
    drivers = {driver for _selector_of, driver in want.drivers}
    for driver in drivers:
        _driver.require_name(driver)
    devices = _device.scan(host)
    return Have(
        devices=devices,
        groups=_group.scan(host),
        network=_usage.read(host),
        modules={name: _module.read(host, name) for name in sorted(drivers) if not _driver.exists(host, name)},
        holders=_holders.scan(host, devices.values()),
        noiommu=iommu.noiommu_enabled(host),
        record_text=host.read(record.PATH),
        rules_text=host.read(udev.BIND_PATH),
    )


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state of the named devices for ``before`` and ``after``."""
    return {"devices": [_state(have, target) for target in resolve(have, want)]}


def resolve(have: Have, want: Want) -> list[Target]:
    """Find the devices; raise HostError for those that are unknown, ambiguous or named twice."""
    targets: dict[str, Target] = {}
    records = have.records
    for selector, driver in want.drivers:
        target = _target(have, records, selector, driver, want.prepared)
        other = targets.setdefault(target.address, target)
        if other.driver != driver:
            raise HostError(
                f"{target.address} is named twice, for {other.driver} and for {driver}.", "Decide for one driver."
            )
    return list(targets.values())


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that bring the devices to their drivers, or raise HostError with every reason not to."""
    targets = resolve(have, want)
    moving = [target for target in targets if target.moves]
    warnings = _check(have, want, targets)
    steps = [_load_step(module) for name, module in have.modules.items() if any(each.driver == name for each in moving)]
    steps += record.remember_step(
        have.record_text, {each.address: _found(each.device) for each in moving if each.device}
    )
    rules = _wanted_rules(have, want, targets)
    # A rule that names another driver would take the device back as soon as it is moved.
    agreeing = {address: rule for address, rule in have.rules.items() if rules.get(address, rule) == rule}
    kept = have.rules_text if agreeing == have.rules else udev.render_bind(agreeing.values())
    steps += _rules_steps(have.rules_text, kept)
    steps += [_move_step(target) for target in moving]
    steps += _rules_steps(kept, udev.render_bind(rules.values()))
    after = [_foretold(target, rules) for target in targets]
    return Plan(tuple(steps), {"devices": after}, tuple(warnings))


def _target(have: Have, records: dict[str, Record], selector: Selector, driver: str, prepared: bool) -> Target:
    if prepared and selector.vf is not None:
        pf = _selector.find(have.devices, records, selector.text)
        if _selector.find_vf(have.devices, pf, selector.vf) is None:
            ids = (pf.vendor_id, _device.require_sriov(pf).vf_device_id)
            return Target(_selector.foretold_vf(pf, selector.vf), ids, None, driver)
    device = _selector.find_present(have.devices, records, selector)
    return Target(device.address, (device.vendor_id, device.device_id), device, driver)


def _check(have: Have, want: Want, targets: list[Target]) -> list[str]:
    """Raise one HostError that holds every reason not to go on; return warnings."""
    planned: dict[str, str | None] = {target.address: target.driver for target in targets}
    problems: list[HostError | None] = []
    warnings: list[str] = []
    for driver in dict.fromkeys(target.driver for target in targets):
        problems += _unknown_driver(have, driver)
    for target in targets:
        if target.device is None:
            warnings.append(f"{target.address} does not exist yet; its address is foretold from the PF.")
            continue
        group = (
            None
            if want.ignore_group
            else guard.not_viable(target.device, target.driver, have.groups, have.devices, planned)
        )
        if target.moves:
            problems += [*_refusals(have, want, target.device, target.driver), group]
        elif group:
            warnings.append(group.message)
    raise_all(problems)
    return warnings


def _refusals(have: Have, want: Want, device: Device, driver: str) -> Iterable[HostError | None]:
    yield guard.kind(device, driver, want.consent)
    if device.driver != driver:
        yield guard.in_use(device, have.network, want.consent)
        yield guard.held(device, have.holders.get(device.address, []))
    if not want.prepared:
        yield guard.unprotected(device, driver, have.groups, have.noiommu)


def _unknown_driver(have: Have, driver: str) -> list[HostError]:
    if driver in _MISSPELT:
        return [
            HostError(
                f"There is no driver {driver}.",
                f"Write {_MISSPELT[driver]}: drivers and modules are spelt differently.",
            )
        ]
    absent = _module.missing(have.modules[driver]) if driver in have.modules else None
    if absent is None:
        return []
    return [HostError(f"There is no driver {driver} below /sys/bus/pci/drivers. {absent.message}", *absent.remedy)]


def _load_step(module: Module) -> Step:
    return Step(f"Loaded the module {module.name}", lambda host: _module.load(host, module.name))


def _found(device: Device) -> Record:
    port = device.interfaces[0] if device.interfaces else None
    binding = record.Binding(device.driver, device.driver_override)
    return Record(interface=port.name if port else None, mac=port.mac if port else None, binding=binding)


def _move_step(target: Target) -> Step:
    device = target.device
    old_driver = device.driver if device else None
    old_override = device.driver_override if device else None
    label = device.label if device else target.address
    action = (
        f"Set driver_override of {label} to {target.driver}"
        if old_driver == target.driver
        else f"Bound {label} to {target.driver} (was {old_driver or 'without driver'})"
    )
    return Step(
        action,
        lambda host: _driver.move(host, target.address, target.driver),
        lambda host: _driver.put_back(host, target.address, old_driver, old_override),
    )


def _rules_steps(before: str | None, after: str | None) -> list[Step]:
    return [rules_step(udev.BIND_PATH, before, after)] if before != after else []


def _wanted_rules(have: Have, want: Want, targets: list[Target]) -> dict[str, BindRule]:
    named = {target.address for target in targets}
    others = {address: rule for address, rule in have.rules.items() if address not in named}
    if not want.persistent:
        return others
    return {**others, **{target.address: BindRule(target.address, *target.ids, target.driver) for target in targets}}


def _state(have: Have, target: Target) -> dict[str, Any]:
    rule = have.rules.get(target.address)
    return {
        "address": target.address,
        "driver": target.device.driver if target.device else None,
        "driver_override": target.device.driver_override if target.device else None,
        "persistent_driver": rule.driver if rule else None,
    }


def _foretold(target: Target, rules: dict[str, BindRule]) -> dict[str, Any]:
    rule = rules.get(target.address)
    return {
        "address": target.address,
        "driver": target.driver,
        "driver_override": target.driver,
        "persistent_driver": rule.driver if rule else None,
    }
