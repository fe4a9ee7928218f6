# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failed task says: each problem with its own remedies, or the message as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils import _result
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, combined
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _failure
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._failure import Reason


class Module:
    """Remembers with what it failed, as it comes to the controller."""

    def __init__(self) -> None:
        self.result: dict[str, Any] = {}

    def fail_json(self, **result: Any) -> None:
        self.result = json.loads(json.dumps({"failed": True, **result}))


def failed(*errors: HostError) -> dict[str, Any]:
    module = Module()
    _result.refuse(module, combined(errors, "Nothing was changed."))
    return module.result


def test_a_problem_has_its_own_remedies() -> None:
    result = failed(HostError("It broke.", "Fix it.", "Or not."), HostError("It is gone.", "Find it."))
    assert _failure.reasons(result) == [
        Reason("It broke.", ("Fix it.", "Or not.")),
        Reason("It is gone.", ("Find it.",)),
    ]


def test_what_a_message_says_besides_is_in_no_problem() -> None:
    result = failed(HostError("It broke.", "Fix it."))
    assert result["msg"] == "It broke. Nothing was changed. Fix it."
    assert _failure.reasons(result) == [Reason("It broke.", ("Fix it.",))]


def test_problems_may_share_a_remedy() -> None:
    result = failed(HostError("A is lost.", "Look."), HostError("B is lost.", "Look."))
    assert result["remedy"] == ["Look."]
    assert _failure.reasons(result) == [Reason("A is lost.", ("Look.",)), Reason("B is lost.", ("Look.",))]


@pytest.mark.parametrize(
    "problem",
    ["The unit answered: Reboot.", "Reboot. was printed by dracut.", "The script wrote 'Reboot. Now' and ended."],
)
def test_a_problem_that_holds_its_remedy_keeps_all_its_words(problem: str) -> None:
    assert _failure.reasons(failed(HostError(problem, "Reboot."))) == [Reason(problem, ("Reboot.",))]


@pytest.mark.parametrize(
    "result",
    [
        {"msg": "The unit answered: Reboot.", "remedy": ["Reboot."]},
        {"msg": "The unit answered: Reboot.", "remedy": "Reboot."},
        {"msg": "Task failed: The unit answered: Reboot.", "remedy": ["Reboot."]},
        {"msg": "The unit answered: Reboot.", "remedy": ["Reboot."], "problems": []},
        {"msg": "The unit answered: Reboot.", "remedy": ["Reboot."], "problems": "two"},
        {"msg": "The unit answered: Reboot.", "remedy": ["Reboot."], "problems": ["It has no group."]},
        {"msg": "The unit answered: Reboot.", "remedy": ["Reboot."], "problems": [{"title": "other"}]},
        {"msg": "The unit answered: Reboot.", "remedy": ["Reboot."], "problems": [{"problem": "A."}, "B."]},
    ],
)
def test_without_a_list_of_problems_the_message_is_taken_whole(result: dict[str, Any]) -> None:
    """As of a module of others, and of an older version of the collection."""
    assert _failure.reasons(result) == [Reason("The unit answered: Reboot.", ("Reboot.",))]


def test_a_module_that_breaks_leaves_what_it_printed() -> None:
    assert _failure.reasons({"module_stderr": "Traceback"}) == [Reason("Traceback")]
    assert _failure.reasons({"msg": "Task failed: Traceback"}) == [Reason("Traceback")]
    assert _failure.reasons({}) == [Reason("The module ended without an answer.")]
