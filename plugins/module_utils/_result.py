# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan or an error to Ansible's exits: the only file that knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, failure, fault, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, remember
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import (
    TRACES,
    Plan,
    PlanError,
    Step,
    apply,
    require_writable,
)

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

Want = TypeVar("Want")
Have = TypeVar("Have")
# What every module that changes a host is told besides its own options.
OPTIONS: dict[str, Any] = {"lock_timeout": {"type": "int", "default": 300}}
# And what those are told besides that can cut the host off from whoever manages it.
CONFIRMED: dict[str, Any] = {"confirm_within": {"type": "int"}}
_LEAST_SECONDS = 10


@dataclass
class _Seen:
    """What a failure says too: the state before, what was done for good, what to know, and what should be confirmed."""

    before: dict[str, Any] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    confirm: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Rooms:
    """The rooms of a feature, in the order of the way through them."""

    parse: Callable[[Mapping[str, Any]], Any]
    read: Callable[[Host, Any], Any]
    resolve: Callable[[Any, Any], Any]
    plan: Callable[[Any, Any], Plan]
    describe: Callable[[Any, Any], dict[str, Any]]


def report(
    module: AnsibleModule,
    want: Callable[[Mapping[str, Any]], Want],
    read: Callable[[Host, Want], Have],
    describe: Callable[[Have, Want], dict[str, Any]],
    complaint: Callable[[Have, Want], HostError | None] | None = None,
    warnings: Callable[[Have, Want], Iterable[str]] | None = None,
) -> None:
    """Run a module that only looks: parse, read, exit with what it saw, as a failure where ``complaint`` returns one."""
    host = _host(module)
    try:
        asked = want(module.params)
        have = read(remember(host), asked)
        seen = describe(have, asked)
    except Exception as error:  # noqa: BLE001 - a fault of ours is said as one, with what to send
        module.fail_json(**failure(_said(error)))
        return
    _warn(module, [*_cut_off(host), *(warnings(have, asked) if warnings else ())])
    problem = complaint(have, asked) if complaint else None
    if problem is None:
        module.exit_json(changed=False, **seen)
    else:
        module.fail_json(**{**failure(problem), **seen})


def refuse(module: AnsibleModule, error: HostError) -> None:
    """Fail because of what the task says, before the host was looked at."""
    module.fail_json(**failure(error), actions=[])


def reconcile(
    module: AnsibleModule,
    want: Callable[[Mapping[str, Any]], Want],
    read: Callable[[Host, Want], Have],
    resolve: Callable[[Have, Want], Want],
    plan: Callable[[Have, Want], Plan],
    describe: Callable[[Have, Want], dict[str, Any]],
) -> None:
    """Run a module that changes: parse, read, resolve, plan, apply (not in check mode), read again, exit.

    It holds the lock of the host from the first look to the second, and first takes back what a run left that was cut off.
    """
    host, rooms, seen = _host(module), _Rooms(want, read, resolve, plan, describe), _Seen()
    try:
        asked = want(module.params)
        _check_seconds(module.params.get("confirm_within"))
    except Exception as error:  # noqa: BLE001
        refuse(module, _said(error))
        return
    try:
        if module.check_mode:
            seen.warnings += _cut_off(host)
            todo = _look(remember(host), rooms, asked, seen)[0]
            require_writable(host, todo.all_steps)
            after, facts = todo.after, todo.facts
        else:
            todo, after, facts = _carry_out(module, host, rooms, asked, seen)
    except Exception as error:  # noqa: BLE001
        _warn(module, seen.warnings)
        _fail(module, _said(error), seen)
        return
    _warn(module, [*seen.warnings, *todo.warnings])
    steps = todo.all_steps
    actions = [step.action for step in steps]
    result = dict(changed=bool(steps), before=seen.before, after=after, actions=actions, **facts, **seen.confirm)
    if module._diff:
        result["diff"] = _diffs(steps, seen.before, after)
    module.exit_json(**result)


def _look(memory: Memory, rooms: _Rooms, asked: Any, seen: _Seen) -> tuple[Plan, Any]:
    """Return the plan, and the want in terms of what was found."""
    have = rooms.read(memory, asked)
    wanted = rooms.resolve(have, asked)
    seen.before = rooms.describe(have, wanted)
    return rooms.plan(have, wanted), wanted


def _carry_out(
    module: AnsibleModule, host: Host, rooms: _Rooms, asked: Any, seen: _Seen
) -> tuple[Plan, dict[str, Any], dict[str, Any]]:
    """Look, apply the plan, and look again, alone on this host; return the plan, the state after, and the facts."""
    name = module._name.rpartition(".")[2]
    with host.alone(name, module.params.get("lock_timeout", 300)) as waited, host.undisturbed() as stop:
        seen.warnings += [f"Waited for another run on this host: {waited}."] if waited else []
        seen.warnings += _cut_off(host, take_back=True)
        memory = remember(host)
        todo, wanted = _look(memory, rooms, asked, seen)
        raise_all(todo.assumed)
        after = seen.before
        if todo.all_steps:
            _apply(host, todo, memory, rooms, module, stop, seen)
            seen.actions += [step.action for step in todo.all_steps]
            after = rooms.describe(rooms.read(remember(host), wanted), wanted)
        return todo, after, {**todo.facts, **(todo.outcome(host) if todo.outcome else {})}


def _apply(
    host: Host, todo: Plan, memory: Memory, rooms: _Rooms, module: AnsibleModule, stop: Sequence[str], seen: _Seen
) -> None:
    """Carry out a plan, written down for as long as that takes, and longer where it should be confirmed."""
    # Not at the top: most runs change nothing, and every line costs time on the host.
    from ansible_collections.dataplane.dpdk.plugins.module_utils import _confirm, _journal

    require_writable(host, todo.all_steps)
    name, within = module._name.rpartition(".")[2], module.params.get("confirm_within")
    way = (rooms.parse, rooms.read, rooms.resolve, rooms.plan)
    journal = _journal.open_journal(host, host.this_run(name), module.params, way, memory, stop)

    def end(lasts: bool) -> None:
        if within and lasts:
            _confirm.count(host, journal.place, within)
            seen.confirm = {"confirm": {"within": within, "place": journal.place}}
            return
        journal.close()
        if within:
            _confirm.disarm(host)

    try:
        if within:
            _confirm.arm(host, journal.place, within)
        apply(host, todo, journal)
    except HostError as error:
        stays = {step.action for step in todo.all_steps if step.undo}  # what cannot be undone needs no confirming
        end(lasts=isinstance(error, PlanError) and bool(stays & _lasting(error)))
        raise
    end(lasts=True)


def _lasting(error: PlanError) -> set[str]:
    """Return what was done and stays."""
    return {action for action in error.done if f"Undone: {action}" not in error.undone}


def _check_seconds(within: int | None) -> None:
    if within is not None and within < _LEAST_SECONDS:
        raise HostError(
            f"confirm_within is {within}, which leaves no time to reach the host.",
            f"Give {_LEAST_SECONDS} seconds or more.",
        )


def _cut_off(host: Host, take_back: bool = False) -> list[str]:
    """Return what to say of runs that were cut off, and of what was taken back, which is done where that is asked for."""
    if not any(map(host.exists, TRACES)):
        return []
    from ansible_collections.dataplane.dpdk.plugins.module_utils import _confirm, _journal

    return [*_confirm.told(host), *_confirm.end_others(host)] if take_back else _journal.notices(host)


def _warn(module: AnsibleModule, warnings: Iterable[str]) -> None:
    for each in warnings:
        module.warn(each)


def _said(error: Exception) -> HostError:
    return error if isinstance(error, HostError) else fault(error)


def _host(module: AnsibleModule) -> Host:
    return Host(run_command=module.run_command)


def _fail(module: AnsibleModule, error: HostError, seen: _Seen) -> None:
    """Fail, telling what was done for good, what was undone, and what failed alone."""
    plan_error = error if isinstance(error, PlanError) else PlanError(error, seen.actions, [])
    module.fail_json(
        **failure(error),
        before=seen.before,
        changed=bool(_lasting(plan_error)),
        actions=plan_error.done,
        undone=plan_error.undone,
        failures=[
            {"subject": subject, "msg": each.message, "remedy": list(each.remedy)}
            for subject, each in plan_error.failures
        ],
        **seen.confirm,
    )


def _diffs(steps: Sequence[Step], before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the state first, which is what people ask for, and the files that make it so below."""
    diffs: list[dict[str, Any]] = []
    if before != after:
        diffs.append({"before_header": "state", "after_header": "state", "before": before, "after": after})
    diffs += [
        {
            "before_header": f"{step.file.path}{'' if step.file.before is not None else ' (missing)'}",
            "after_header": f"{step.file.path}{'' if step.file.after is not None else ' (removed)'}",
            "before": step.file.before or "",
            "after": step.file.after or "",
        }
        for step in steps
        if step.file is not None
    ]
    return diffs
