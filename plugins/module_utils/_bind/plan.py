# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan that brings devices to their drivers: reasons not to, steps, and the state they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have as binding
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.have import Have, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.target import Target
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.udev import rules_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard as _in_use


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that bring the devices to their goals, or raise HostError with every reason not to."""
    targets = binding.targets(have, want)
    moving = [target for target in targets if target.moves]
    warnings = _check(have, want, targets)
    rules = _wanted_rules(have, want, targets)
    # A rule that names another driver would take the device back as soon as it is moved.
    agreeing = {address: rule for address, rule in have.rules.items() if rules.get(address) == rule}
    kept = have.rules_text if agreeing == have.rules else bind_rules.render_bind(agreeing.values())
    steps = [_load_step(module) for module in _needed_modules(have, targets)]
    if not want.restore:
        steps += _remember(have, moving)
    steps += _rules_steps(have.rules_text, kept)
    steps += _takeover_steps(have, want, targets)
    steps += [_move_step(target, alone=not want.all_or_nothing) for target in moving]
    steps += _final_rules_steps(kept, rules, [] if want.all_or_nothing else moving)
    if want.restore:
        steps += _forget(have, targets)
    after = [_foretold(have, want, target, rules) for target in targets]
    return Plan(tuple(steps), {"devices": after}, tuple(warnings))


def _check(have: Have, want: Want, targets: list[Target]) -> list[str]:
    """Raise one HostError that holds every reason not to go on; return warnings."""
    planned = {target.address: target.goal.driver for target in targets}
    problems: list[HostError | None] = []
    warnings: list[str] = []
    for driver in dict.fromkeys(target.goal.driver for target in targets if not want.restore):
        problems += _unknown_driver(have, driver)
    for target in targets:
        if target.device is None:
            warnings.append(f"{target.address} does not exist yet; its address is foretold from the PF.")
            continue
        driver = target.goal.driver or ""
        group = guard.not_viable(target.device, driver, have.groups, have.devices, planned)
        if target.moves:
            problems += _refusals(have, want, target, target.device)
            problems += [group] if want.group != "ignore" else []
        elif group and want.group != "ignore":
            warnings.append(group.message)
        warnings += guard.uio_warnings(target.device, driver, have.groups, have.platform)
        warnings += _owner_warnings(have, want, target)
    raise_all(problems)
    return warnings


def _refusals(have: Have, want: Want, target: Target, device: Device) -> Iterable[HostError | None]:
    driver = target.goal.driver or ""
    yield guard.bus(device, driver)
    yield guard.kind(device, driver, want.consent)
    yield guard.owned(device, target.goal.rule, have.owners, want.takeover) if not want.restore else None
    if target.rebinds:
        yield _in_use.in_use(device, have.network, want.consent)
        yield _in_use.held(device, have.holders.get(device.address, []))
        yield guard.uio(device, driver, have.lockdown)
    if not want.prepared:
        yield guard.unprotected(device, driver, have.groups, have.noiommu)


def _owner_warnings(have: Have, want: Want, target: Target) -> list[str]:
    owner = binding.kept_by(have, target)
    if owner is None or want.takeover or want.restore or not want.persistent:
        return []
    return [
        f"{owner.path} already keeps {target.address} on {owner.driver}, so no rule is written beside {owner.tool}."
    ]


def _unknown_driver(have: Have, driver: str | None) -> list[HostError]:
    meant = drivers.correct_spelling(driver or "")
    if meant is not None:
        return [
            HostError(
                f"There is no driver {driver}.",
                f"Write {meant}: drivers and modules are spelt differently.",
            )
        ]
    absent = _module.missing(have.modules[driver]) if driver in have.modules else None
    if absent is None:
        return []
    return [HostError(f"There is no driver {driver} below /sys/bus/pci/drivers. {absent.message}", *absent.remedy)]


def _needed_modules(have: Have, targets: list[Target]) -> list[Module]:
    """Return the modules to load: of drivers that are not there yet, and of the PMDs of bifurcated ports."""
    drivers = [target.goal.driver or "" for target in targets if target.moves]
    names = [*drivers, *(name for target in targets for name in binding.verbs_modules(target))]
    found = {name: have.modules[name] for name in names if name in have.modules}
    return [module for module in found.values() if not (module.loaded or module.builtin)]


def _load_step(module: Module) -> Step:
    return Step(f"Loaded the module {module.name}", lambda host: _module.load(host, module.name))


def _remember(have: Have, moving: list[Target]) -> list[Step]:
    found = {target.address: _found(target.device) for target in moving if target.device}
    return record.remember_step(have.record_text, found)


def _found(device: Device) -> Record:
    port = device.interfaces[0] if device.interfaces else None
    known = record.Binding(device.driver, device.driver_override)
    return Record(interface=port.name if port else None, mac=port.mac if port else None, binding=known)


def _forget(have: Have, targets: list[Target]) -> list[Step]:
    """Return the step that drops what was recorded of devices that are back."""
    back = {target.address for target in targets}
    left = {
        address: replace(known, binding=None) if address in back else known for address, known in have.records.items()
    }
    kept = {address: known for address, known in left.items() if known.binding or known.vfs}
    text = record.render(kept) if kept else None
    return [write_step(record.PATH, have.record_text, text)] if kept != have.records else []


def _takeover_steps(have: Have, want: Want, targets: list[Target]) -> list[Step]:
    if not want.takeover or want.restore:
        return []
    owners = [have.owners.driverctl[target.address] for target in targets if target.address in have.owners.driverctl]
    return [write_step(owner.path, owner.text, None) for owner in owners]


def _move_step(target: Target, alone: bool) -> Step:
    goal, device = target.goal, target.device
    # A kernel driver brings an interface, and udev its name; DPDK's drivers bring none.
    named = target.rebinds and goal.driver is not None and not drivers.is_for_dpdk(goal.driver)
    old_driver = device.driver if device else None
    old_override = device.driver_override if device else None
    if not target.rebinds:
        action = f"Set driver_override of {target.label} to {goal.override or 'nothing'}"
    elif goal.driver is None:
        action = f"Unbound {target.label} (was {old_driver})"
    else:
        action = f"Bound {target.label} to {goal.driver} (was {old_driver or 'without driver'})"

    def move(host: Host) -> None:
        _driver.settle(host, target.address, goal.driver, goal.override)
        if named:
            udev.settle(host)

    return Step(
        action,
        move,
        lambda host: _driver.settle(host, target.address, old_driver, old_override),
        subject=target.address if alone else None,
    )


def _rules_steps(before: str | None, after: str | None) -> list[Step]:
    return [rules_step(bind_rules.BIND_PATH, before, after)] if before != after else []


def _final_rules_steps(before: str | None, rules: dict[str, BindRule], moving: list[Target]) -> list[Step]:
    """Return the step that writes the rules, without those of devices that failed to move alone."""
    steps = _rules_steps(before, bind_rules.render_bind(rules.values()))

    def write(host: Host) -> None:
        there = {each.address: _driver.is_on(host, each.address, each.goal.driver) for each in moving}
        text = bind_rules.render_bind(rule for address, rule in rules.items() if there.get(address, True))
        for step in _rules_steps(before, text):
            step.do(host)

    return [replace(step, do=write) for step in steps] if moving else steps


def _wanted_rules(have: Have, want: Want, targets: list[Target]) -> dict[str, BindRule]:
    named = {target.address for target in targets}
    others = {address: rule for address, rule in have.rules.items() if address not in named}
    if not want.persistent or want.restore:
        return others
    ours = {
        target.address: BindRule(target.address, *target.ids, target.goal.rule)
        for target in targets
        if target.goal.rule and (want.takeover or binding.kept_by(have, target) is None)
    }
    return {**others, **ours}


def _foretold(have: Have, want: Want, target: Target, rules: dict[str, BindRule]) -> dict[str, Any]:
    rule = rules.get(target.address)
    owner = None if want.takeover and not want.restore else have.owners.driverctl.get(target.address)
    return {
        "address": target.address,
        "driver": target.goal.driver,
        "driver_override": target.goal.override,
        "persistent_driver": rule.driver if rule else owner.driver if owner else None,
    }
