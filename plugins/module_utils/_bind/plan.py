# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan that brings devices to their drivers, and the state of devices: before, after, and predicted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import guard, steps
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.resolve import Target, targets
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that bring the devices to their goals, or raise HostError with every reason not to."""
    meant = targets(have, want)
    raise_all(guard.problems(have, want, meant))
    rules = _wanted_rules(have, want, meant)
    kept = _agreeing(have, rules)

    def last(failed: frozenset[str]) -> tuple[Step, ...]:
        done = steps.rules(kept, bind_rules.render_bind(_without(failed, rules, have.rules).values()))
        back = ({*have.records} if want.everything else {target.address for target in meant}) - failed
        return (
            *_takeovers(have, want, meant, failed),
            *done,
            *(record.forget_step(have.record_text, back, "binding") if want.restored else []),
        )

    return Plan(
        steps=tuple(_first_steps(have, want, meant, kept)),
        after=_described(_predicted(have, want, meant, rules), meant),
        warnings=tuple(guard.warnings(have, want, meant)),
        last=last,
        assumed=tuple(guard.assumed(have, want, meant)),
    )


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state of the devices that the task means, for ``before`` and ``after``."""
    return _described(have, targets(have, want))


def _described(have: Have, meant: Iterable[Target]) -> dict[str, Any]:
    rules = have.rules
    return {"devices": [_state(have, target.address, rules.get(target.address)) for target in meant]}


def _state(have: Have, address: str, rule: BindRule | None) -> dict[str, Any]:
    device = have.devices.get(address)
    owner = have.owners.driverctl.get(address)
    return {
        "address": address,
        "driver": device.driver if device else None,
        "driver_override": device.driver_override if device else None,
        "persistent_driver": rule.driver if rule else owner.driver if owner else None,
    }


def _predicted(have: Have, want: Want, meant: Iterable[Target], rules: Mapping[str, BindRule]) -> Have:
    """Return the host as it will be."""
    moved = {
        target.address: replace(target.device, driver=target.goal.driver, driver_override=target.goal.override)
        for target in meant
    }
    taken = _taken_over(want, meant)
    saved = {address: owner for address, owner in have.owners.driverctl.items() if address not in taken}
    return replace(
        have,
        devices={**have.devices, **moved},
        owners=replace(have.owners, driverctl=saved),
        rules_text=bind_rules.render_bind(rules.values()),
    )


def _first_steps(have: Have, want: Want, meant: Sequence[Target], kept: str | None) -> list[Step]:
    """Return the steps up to the moves."""
    moving = [target for target in meant if target.moves]
    found = [
        _module.load_step(module.name, have.instead.get(module.name, ())) for module in _needed_modules(have, meant)
    ]
    if not want.restored:
        found += steps.remember(have.record_text, [target.device for target in moving if not target.missing])
    found += steps.rules(have.rules_text, kept)
    return found + [steps.move(target, alone=not want.all_or_nothing) for target in moving]


def _takeovers(have: Have, want: Want, meant: Iterable[Target], failed: Collection[str]) -> list[Step]:
    """Return the steps that take devices over from other tools: one that could not be moved stays theirs."""
    saved = have.owners.driverctl
    return [steps.takeover(saved[each]) for each in _taken_over(want, meant) if each in saved and each not in failed]


def _taken_over(want: Want, meant: Iterable[Target]) -> list[str]:
    """Return the devices that may be taken over from other tools."""
    return [target.address for target in meant if want.of(target.own).takeover and not want.restored]


def _needed_modules(have: Have, meant: Sequence[Target]) -> list[Module]:
    """Return the modules to load: of drivers that are not there yet, and of the PMDs of bifurcated ports that stay."""
    names = [target.goal.driver or "" for target in meant if target.moves]
    names += [name for target in meant for name in guard.needed(target)]
    found = {name: have.modules[name] for name in names if name in have.modules}
    return [module for module in found.values() if not module.present]


def _wanted_rules(have: Have, want: Want, meant: Sequence[Target]) -> dict[str, BindRule]:
    if want.everything:
        return {}
    named = {target.address for target in meant}
    others = {address: rule for address, rule in have.rules.items() if address not in named}
    if want.restored:
        return others
    kept = [target for target in meant if target.goal.rule and want.of(target.own).persistent]
    ours = {
        target.address: BindRule(
            target.address, target.device.vendor_id, target.device.device_id, target.goal.rule or ""
        )
        for target in kept
        if want.of(target.own).takeover or guard.kept_by(have, target) is None
    }
    return {**others, **ours}


def _agreeing(have: Have, rules: Mapping[str, BindRule]) -> str | None:
    """Return the text of the rules without those that change: they would take their devices back when these move."""
    now = have.rules
    same = {address: rule for address, rule in now.items() if rules.get(address) == rule}
    return have.rules_text if same == now else bind_rules.render_bind(same.values())


def _without(failed: frozenset[str], rules: Mapping[str, BindRule], now: Mapping[str, BindRule]) -> dict[str, BindRule]:
    """Return the rules where some devices failed alone: those are as they were before, and so are their rules."""
    kept = {address: now[address] for address in failed if address in now}
    return {**{address: rule for address, rule in rules.items() if address not in failed}, **kept}
