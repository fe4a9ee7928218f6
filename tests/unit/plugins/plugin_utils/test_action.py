# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugins run their module, and reach the host again where it waits for that."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from ansible.plugins.connection import ConnectionBase
from ansible_collections.dataplane.dpdk.plugins.action import dpdk_bind, sriov_vfs
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _confirm

PLACE = "/var/lib/dataplane-dpdk/plan"
ARMED = {"within": 60, "place": PLACE}


class Connection:
    """A connection that can be made again."""

    resets = 0

    def reset(self) -> None:
        self.resets += 1


class Old:
    """One that cannot."""

    reset = ConnectionBase.reset


def run(plugin: Any, result: dict[str, Any], said: str = "", connection: Any = None) -> tuple[dict[str, Any], Any]:
    action = plugin.ActionModule.__new__(plugin.ActionModule)
    action._connection = connection or Connection()
    answer = {"rc": 0, "stdout": said}
    with (
        mock.patch("ansible.plugins.action.normal.ActionModule.run", return_value=result),
        mock.patch.object(plugin.ActionModule, "_low_level_execute_command", return_value=answer) as executed,
    ):
        return action.run(), executed


@pytest.mark.parametrize("plugin", [dpdk_bind, sriov_vfs])
def test_what_is_not_armed_needs_no_contact(plugin: Any) -> None:
    result, executed = run(plugin, {"changed": True})
    assert result == {"changed": True}
    assert not executed.called


@pytest.mark.parametrize("plugin", [dpdk_bind, sriov_vfs])
def test_a_contact_is_made_by_a_new_connection(plugin: Any) -> None:
    connection = Connection()
    result, executed = run(plugin, {"changed": True, "confirm": ARMED}, "confirmed\n", connection)
    assert result == {"changed": True, "confirmed": True}
    assert connection.resets == 1
    executed.assert_called_once_with(_confirm.script(PLACE))


def test_a_connection_that_cannot_be_made_again_is_used_as_it_is() -> None:
    result = run(dpdk_bind, {"changed": True, "confirm": ARMED}, "confirmed\n", Old())[0]
    assert result["confirmed"]


def test_a_host_that_took_it_back_is_a_failure() -> None:
    note = '{"undone": ["Bound x"], "stuck": []}'
    result = run(dpdk_bind, {"changed": True, "confirm": ARMED}, note)[0]
    assert (result["failed"], result["changed"], result["confirmed"]) == (True, False, False)
    assert "within 60 s" in result["msg"]


@pytest.mark.parametrize(
    "said",
    [
        "yes",
        7,
        [],
        {"place": PLACE},
        {"place": "/etc", "within": 60},
        {"place": [PLACE], "within": 60},
        {**ARMED, "within": "60"},
    ],
    ids=str,
)
def test_what_no_module_returns_is_not_acted_on(said: Any) -> None:
    result, executed = run(dpdk_bind, {"changed": True, "confirm": said}, "confirmed\n")
    assert result == {"changed": True}
    assert not executed.called


@pytest.mark.parametrize("undone", ["Bound x", 7, [7, "Bound x"], {"a": 1}, None], ids=str)
def test_a_note_that_is_none_of_ours_is_a_failure_all_the_same(undone: Any) -> None:
    note = json.dumps({"undone": undone, "stuck": undone})
    result = run(dpdk_bind, {"changed": True, "confirm": ARMED}, note)[0]
    assert (result["failed"], result["confirmed"]) == (True, False)
    assert all(isinstance(each, str) for each in result["undone"])
