# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan or an error to Ansible's exits: the only file that knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, failure, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import remember
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, PlanError, Step, apply

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

Want = TypeVar("Want")
Have = TypeVar("Have")


def report(
    module: AnsibleModule,
    want: Callable[[Mapping[str, Any]], Want],
    read: Callable[[Host, Want], Have],
    describe: Callable[[Have, Want], dict[str, Any]],
    complaint: Callable[[Have, Want], HostError | None] | None = None,
    warnings: Callable[[Have, Want], Iterable[str]] | None = None,
) -> None:
    """Run a module that only looks: parse, read, exit with what it saw, as a failure where ``complaint`` returns one."""
    try:
        asked = want(module.params)
        have = read(remember(_host(module)), asked)
        seen = describe(have, asked)
    except HostError as error:
        module.fail_json(**failure(error))
        return
    for warning in warnings(have, asked) if warnings else ():
        module.warn(warning)
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
    """Run a module that changes: parse, read, resolve, plan, apply (not in check mode), read again, exit."""
    host = _host(module)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    actions: list[str] = []
    try:
        asked = want(module.params)
    except HostError as error:
        refuse(module, error)
        return
    try:
        have = read(remember(host), asked)
        wanted = resolve(have, asked)
        before = describe(have, wanted)
        todo = plan(have, wanted)
        steps = todo.all_steps
        after, facts = todo.after, todo.facts
        if not module.check_mode:
            raise_all(todo.assumed)
            apply(host, todo)
            actions = [step.action for step in steps]
            after = describe(read(remember(host), wanted), wanted) if steps else before
            facts = {**facts, **(todo.outcome(host) if todo.outcome else {})}
    except HostError as error:
        _fail(module, error, before, actions)
        return
    for warning in todo.warnings:
        module.warn(warning)
    result = dict(changed=bool(steps), before=before, after=after, actions=[step.action for step in steps], **facts)
    if module._diff:
        result["diff"] = _diffs(steps, before, after)
    module.exit_json(**result)


def _host(module: AnsibleModule) -> Host:
    return Host(run_command=module.run_command)


def _fail(module: AnsibleModule, error: HostError, before: dict[str, Any], actions: list[str]) -> None:
    """Fail, telling what was done for good, what was undone, and what failed alone."""
    plan_error = error if isinstance(error, PlanError) else PlanError(error, actions, [])
    module.fail_json(
        **failure(error),
        before=before,
        changed=any(f"Undone: {action}" not in plan_error.undone for action in plan_error.done),
        actions=plan_error.done,
        undone=plan_error.undone,
        failures=[
            {"subject": subject, "msg": each.message, "remedy": list(each.remedy)}
            for subject, each in plan_error.failures
        ],
    )


def _diffs(steps: Sequence[Step], before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    diffs: list[dict[str, Any]] = [
        {
            "before_header": f"{step.file.path}{'' if step.file.before is not None else ' (missing)'}",
            "after_header": f"{step.file.path}{'' if step.file.after is not None else ' (removed)'}",
            "before": step.file.before or "",
            "after": step.file.after or "",
        }
        for step in steps
        if step.file is not None
    ]
    if before != after:
        diffs.append({"before_header": "state", "after_header": "state", "before": before, "after": after})
    return diffs
