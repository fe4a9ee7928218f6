# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four-step test: check mode, run, run again, check mode again give changed, changed, not, not."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from typing import Any, TypeVar
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as _warnings
from ansible_collections.dataplane.dpdk.plugins.module_utils import _result
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, PlanError, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

Have = TypeVar("Have")
Result = TypeVar("Result")


def four_steps(
    host: FakeHost,
    read: Callable[[], Have],
    plan: Callable[[Have], Plan],
    describe: Callable[[Have], dict[str, Any]],
) -> Plan:
    """Carry a noun's plan out and return it; what it foretold has to be what is there afterwards."""
    have = read()
    before = describe(have)
    foretold = plan(have)
    assert foretold.all_steps
    assert describe(read()) == before, "check mode changed the host"
    todo = plan(read())
    assert [step.action for step in todo.all_steps] == [step.action for step in foretold.all_steps]
    apply(host, todo)
    after = describe(read())
    assert after == foretold.after
    again = plan(read())
    assert [step.action for step in again.all_steps] == []
    assert again.after == after
    return foretold


def failing(host: FakeHost, plan: Plan) -> PlanError:
    """Carry out a plan that has to fail."""
    with pytest.raises(PlanError) as caught:
        apply(host, plan)
    return caught.value


def told(error: HostError) -> str:
    """Everything that an error tells."""
    return " ".join([error.message, *error.remedy])


def attempt(do: Callable[[], Result]) -> Result | HostError:
    """Return what a call returns, or the error that it raises; any other exception goes on."""
    try:
        return do()
    except HostError as error:
        return error


def call(
    main: Callable[[], None], host: FakeHost, args: dict[str, Any], check: bool = False, diff: bool = False
) -> dict[str, Any]:
    """Run a module's main() against a host and return what it printed, with ``rc``."""
    name = main.__module__.rpartition(".")[2]
    given = {
        **args,
        "_ansible_module_name": name,
        "_ansible_check_mode": check,
        "_ansible_diff": diff,
        "_ansible_no_log": True,
    }
    data = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
    output = io.StringIO()
    warnings: list[str] = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_ARGS", data))
        # ansible-core 2.19 and newer; the profile says how results are written
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True))
        stack.enter_context(mock.patch.object(_result, "_host", return_value=host))
        stack.enter_context(mock.patch.object(basic.AnsibleModule, "warn", lambda module, text: warnings.append(text)))
        # They would stay for the calls that follow.
        none_yet = type(_warnings._global_deprecations)()
        stack.enter_context(mock.patch.object(_warnings, "_global_deprecations", none_yet))
        stack.enter_context(contextlib.redirect_stdout(output))
        with pytest.raises(SystemExit) as ended:
            main()
    result: dict[str, Any] = json.loads(output.getvalue())
    return {**result, "warnings": warnings, "rc": ended.value.code}


def four_calls(main: Callable[[], None], host: FakeHost, args: dict[str, Any]) -> dict[str, Any]:
    """Do the four steps through main() and return the result of the real run."""
    foretold = call(main, host, args, check=True)
    done = call(main, host, args)
    again = call(main, host, args)
    last = call(main, host, args, check=True)
    changed = [each.get("changed") for each in (foretold, done, again, last)]
    assert changed == [True, True, False, False], [foretold, done]
    assert foretold["before"] == done["before"]
    assert foretold["after"] == done["after"] == again["after"] == last["after"]
    assert foretold["actions"] == done["actions"]
    assert again["actions"] == []
    return done
