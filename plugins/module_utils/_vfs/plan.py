# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VFs of PFs, as the task wants them: plan and describe. See `vf_want`, `vf_state`, `vf_guard` and `vf_steps`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.udev import rules_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule, VfRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import guard as vf_guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import steps as vf_steps
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.have import Have, Target, resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import Want


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state of what the task names, for ``before`` and ``after``."""
    rules = have.rules
    return {"pfs": [_state(have, target, rules.get(target.device.address)) for target in resolve(have, want)]}


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that give the PFs their VFs, or raise HostError with every reason not to."""
    targets = resolve(have, want)
    raise_all(problem for target in targets for problem in vf_guard.refusals(have, want, target))
    work = {target.device.address: vf_steps.of_pf(have, target) for target in targets}
    rules = _wanted_rules(have, want, targets)
    changing = [each for each in targets if work[each.device.address] or _rule_differs(have, rules, each)]
    if not want.restored:
        raise_all(vf_guard.foreign(have, target) for target in changing)
    steps = _record_steps(have, want, [each for each in targets if want.restored or work[each.device.address]])
    steps += _load_steps(have, targets) if any(work.values()) else []
    for each in work.values():
        steps += each
    text = sriov_rules.render(rules.values())
    if text != have.rules_text:
        steps.append(rules_step(sriov_rules.PATH, have.rules_text, text))
    told = [text for target in targets for text in vf_guard.warnings(have, want, target)]
    told += [
        f"{owner} sets VFs of {each.device.label} too." for each in targets for owner in vf_guard.owners_of(have, each)
    ]
    return Plan(
        tuple(steps), {"pfs": [_foretold(each, rules.get(each.device.address)) for each in targets]}, tuple(told)
    )


# what is kept on the host


def _record_steps(have: Have, want: Want, targets: list[Target]) -> list[Step]:
    if not want.restored:
        return record.remember_step(have.record_text, {each.device.address: _found(each) for each in targets})
    records = record.parse(have.record_text)
    for target in targets:
        old = records.pop(target.device.address, None)
        if old is not None and old.binding is not None:
            records[target.device.address] = replace(old, vfs=None)
    text = record.render(records) if records else None
    return [write_step(record.PATH, have.record_text, text)] if text != have.record_text else []


def _found(target: Target) -> Record:
    port = target.device.interfaces[0] if target.device.interfaces else None
    vfs = record.Vfs(target.now.num_vfs, target.now.drivers_autoprobe, target.eswitch_now if target.switches else None)
    return Record(interface=port.name if port else None, mac=port.mac if port else None, vfs=vfs)


def _load_steps(have: Have, targets: list[Target]) -> list[Step]:
    wanted = {vf.driver for target in targets for vf in target.vfs.values()}
    return [_load_step(module.name) for driver, module in have.modules.items() if driver in wanted]


def _load_step(name: str) -> Step:
    return Step(f"Loaded the module {name}", lambda host: _module.load(host, name))


def _wanted_rules(have: Have, want: Want, targets: list[Target]) -> dict[str, SriovRule]:
    named = {target.device.address for target in targets}
    others = {address: rule for address, rule in have.rules.items() if address not in named}
    if want.restored or not want.persistent:
        return others
    return {**others, **{target.device.address: _rule(target) for target in targets if target.num_vfs}}


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


# before and after


def _state(have: Have, target: Target, rule: SriovRule | None) -> dict[str, Any]:
    vfs = []
    for index, address in enumerate(target.now.vfs):
        known: dict[str, Any] = dict(target.settings.get(index, {}))
        known["driver"] = have.devices[address].driver if address in have.devices else None
        vfs.append({"vf": index, "address": address, **{key: known.get(key) for key in _named(target, index)}})
    return _pf_state(target, target.now.drivers_autoprobe, target.eswitch_now, target.is_up, vfs, rule)


def _foretold(target: Target, rule: SriovRule | None) -> dict[str, Any]:
    vfs = []
    for index in range(target.num_vfs):
        there = not target.remakes and index < len(target.now.vfs)
        address = target.now.vfs[index] if there else _selector.foretold_vf(target.device, index)
        vfs.append({"vf": index, "address": address, **_named(target, index)})
    mode = target.eswitch_mode if target.switches else target.eswitch_now
    return _pf_state(target, target.drivers_autoprobe, mode, True, vfs, rule)


def _named(target: Target, index: int) -> dict[str, Any]:
    vf = target.vfs.get(index)
    return {**vf.settings, **({"driver": vf.driver} if vf.driver else {})} if vf else {}


def _pf_state(
    target: Target, autoprobe: bool, mode: str | None, up: bool, vfs: list[dict[str, Any]], rule: SriovRule | None
) -> dict[str, Any]:
    named: dict[str, Any] = {"eswitch_mode": mode} if target.eswitch_mode or mode else {}
    named.update({"up": up} if target.up else {})
    return {
        "address": target.device.address,
        "num_vfs": len(vfs),
        "drivers_autoprobe": autoprobe,
        **named,
        "vfs": vfs,
        "persistent_num_vfs": rule.num_vfs if rule else None,
    }
