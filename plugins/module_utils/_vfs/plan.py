# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan that gives PFs their VFs: reasons not to, steps, what is kept on the host, and the state they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.udev import rules_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule, VfRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.predict import predict
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import WAITED, Target, is_as_wanted, targets
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import Want


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state of what the task names: as it is, or as it will be in a predicted Have."""
    rules = have.rules
    return {"pfs": [_state(have, target, rules.get(target.device.address)) for target in targets(have, want)]}


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that give the PFs their VFs, or raise HostError with every reason not to."""
    pfs = targets(have, want)
    raise_all(problem for target in pfs for problem in guard.refusals(have, want, target))
    work = {target.device.address: _work(have, target) for target in pfs}
    rules = _wanted_rules(have, want, pfs)
    changing = [each for each in pfs if work[each.device.address] or _rule_differs(have, rules, each)]
    if not want.restored:
        raise_all(guard.foreign(have, target) for target in changing)
    steps = [
        *_record_steps(have, want, [each for each in pfs if want.restored or work[each.device.address]]),
        *(_load_steps(have, pfs) if any(work.values()) else []),
        *_in_order(work.values()),
        *_rules_steps(have, rules),
    ]
    return Plan(tuple(steps), describe(_after(have, pfs, steps), want), tuple(_warnings(have, want, pfs)))


def _work(have: Have, target: Target) -> list[Step]:
    if is_as_wanted(have, target):
        return []
    from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import steps

    return steps.of_pf(have, target)


def _in_order(work: Iterable[list[Step]]) -> list[Step]:
    """Return the steps of all PFs so that their links come back at the same time: what waits for one is last."""
    first, last = [], []
    for steps in work:
        place = next((place for place, step in enumerate(steps) if step.action.startswith(WAITED)), len(steps))
        first += steps[:place]
        last += steps[place:]
    return first + last


def _warnings(have: Have, want: Want, pfs: list[Target]) -> list[str]:
    found = [text for target in pfs for text in guard.warnings(have, want, target)]
    return found + [
        f"{owner} {'sets' if owner.sure else 'may set'} VFs of {target.device.label} too."
        for target in pfs
        for owner in guard.owners_of(have, target)
    ]


# what is kept on the host


def _record_steps(have: Have, want: Want, pfs: list[Target]) -> list[Step]:
    if not want.restored:
        return record.remember_step(have.record_text, {each.device.address: _found(each) for each in pfs})
    gone = {*have.records} if want.everything else {each.device.address for each in pfs}
    return record.forget_step(have.record_text, gone, "vfs")


def _found(target: Target) -> Record:
    vfs = record.Vfs(target.now.num_vfs, target.now.drivers_autoprobe, target.eswitch_now if target.switches else None)
    return replace(record.of_port(target.device), vfs=vfs)


def _load_steps(have: Have, pfs: list[Target]) -> list[Step]:
    wanted = {vf.driver for target in pfs for vf in target.vfs.values()}
    return [_module.load_step(module.name) for driver, module in have.modules.items() if driver in wanted]


def _wanted_rules(have: Have, want: Want, pfs: list[Target]) -> dict[str, SriovRule]:
    if want.everything:
        return {}
    named = {target.device.address for target in pfs}
    others = {address: rule for address, rule in have.rules.items() if address not in named}
    if want.restored or not want.persistent:
        return others
    return {**others, **{target.device.address: _rule(target) for target in pfs if target.num_vfs}}


def _rule(target: Target) -> SriovRule:
    device = target.device
    vfs = {index: VfRule(vf.settings, vf.driver) for index, vf in target.vfs.items()}
    return SriovRule(
        address=device.address,
        vendor_id=device.vendor_id,
        device_id=device.device_id,
        num_vfs=target.num_vfs,
        drivers_autoprobe=target.drivers_autoprobe,
        on_vfio=target.on_vfio,
        eswitch_mode=target.eswitch_mode,
        up=target.up,
        vfs={index: rule for index, rule in vfs.items() if rule != VfRule()},
    )


def _rule_differs(have: Have, rules: Mapping[str, SriovRule], target: Target) -> bool:
    address = target.device.address
    return have.rules.get(address) != rules.get(address)


def _rules_steps(have: Have, rules: Mapping[str, SriovRule]) -> list[Step]:
    text = sriov_rules.render(rules.values())
    return [rules_step(sriov_rules.PATH, have.rules_text, text)] if text != have.rules_text else []


# before and after


def _after(have: Have, pfs: list[Target], steps: list[Step]) -> Have:
    """Return the host as it will be."""
    files = {step.file.path: step.file.after for step in steps if step.file}
    return replace(
        predict(have, pfs),
        record_text=files.get(record.PATH, have.record_text),
        rules_text=files.get(sriov_rules.PATH, have.rules_text),
    )


def _state(have: Have, target: Target, rule: SriovRule | None) -> dict[str, Any]:
    """Return the state of a PF. The eswitch is part of it where one is there or named, the rest as far as it is named."""
    named: dict[str, Any] = {}
    if target.eswitch_mode or target.eswitch_now:
        named["eswitch_mode"] = target.eswitch_now
    if target.up:
        named["up"] = target.is_up
    return {
        "address": target.device.address,
        "num_vfs": len(target.now.vfs),
        "drivers_autoprobe": target.now.drivers_autoprobe,
        **named,
        "vfs": [_vf_state(have, target, index, address) for index, address in enumerate(target.now.vfs)],
        "persistent_num_vfs": rule.num_vfs if rule else None,
    }


def _vf_state(have: Have, target: Target, index: int, address: str) -> dict[str, Any]:
    known = target.settings.get(index, {})
    state = {"vf": index, "address": address}
    if index in target.vfs:
        state.update({name: known.get(name) for name in target.vfs[index].settings})
    if target.driver(index):
        state["driver"] = have.devices[address].driver if address in have.devices else None
    return state
