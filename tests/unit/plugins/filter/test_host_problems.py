# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.filter.host_problems import FilterModule, host_problems


def test_all_problems_are_listed_with_their_remedies() -> None:
    looks: dict[str, dict[str, Any]] = {
        "VFs": {
            "msg": "Too many VFs. Nothing was changed. Ask for fewer.",
            "remedy": ["Ask for fewer."],
            "problems": [{"problem": "Too many VFs.", "remedy": ["Ask for fewer."]}],
            "actions": [],
        },
        "Modules": {"actions": ["Loaded vfio_pci"], "changed": True},
        "Ports": {
            "msg": "No device matches 'a'. Name one. Or two.",
            "remedy": ["Name one.", "Or two."],
            "problems": [{"problem": "No device matches 'a'.", "remedy": ["Name one.", "Or two."]}],
        },
    }
    assert host_problems(looks) == [
        {"stage": "VFs", "problem": "Too many VFs.", "remedies": ["Ask for fewer."]},
        {"stage": "Ports", "problem": "No device matches 'a'.", "remedies": ["Name one.", "Or two."]},
    ]


def test_each_problem_of_a_stage_is_listed_with_its_own_remedies() -> None:
    ports = {
        "msg": "a is in use. b has VFs. c is in use. Nothing was changed. Set force. Remove them.",
        "remedy": ["Set force.", "Remove them."],
        "problems": [
            {"problem": "a is in use.", "remedy": ["Set force."]},
            {"problem": "b has VFs.", "remedy": ["Remove them."]},
            {"problem": "c is in use.", "remedy": ["Set force."]},
        ],
        "actions": [],
    }
    assert host_problems({"Ports": ports}) == [
        {"stage": "Ports", "problem": "a is in use.", "remedies": ["Set force."]},
        {"stage": "Ports", "problem": "b has VFs.", "remedies": ["Remove them."]},
        {"stage": "Ports", "problem": "c is in use.", "remedies": ["Set force."]},
    ]


def test_a_result_is_no_failure_because_it_names_problems() -> None:
    assert host_problems({"Ports": {"actions": [], "problems": [{"problem": "P.", "remedy": []}]}}) == []


def test_a_message_without_a_list_of_problems_is_taken_whole() -> None:
    look = {"msg": "dracut answered: Reboot.", "remedy": ["Reboot."], "actions": []}
    assert host_problems({"Modules": look}) == [
        {"stage": "Modules", "problem": "dracut answered: Reboot.", "remedies": ["Reboot."]}
    ]


def test_a_module_that_breaks_is_a_problem() -> None:
    assert host_problems({"Ports": {"msg": "MODULE FAILURE"}, "VFs": {}}) == [
        {"stage": "Ports", "problem": "MODULE FAILURE", "remedies": []},
        {"stage": "VFs", "problem": "The module ended without an answer.", "remedies": []},
    ]


def test_a_stage_that_was_skipped_is_none() -> None:
    assert host_problems({"Ports": {"skipped": True, "skip_reason": "Conditional result was False"}}) == []


def test_it_is_a_filter() -> None:
    assert FilterModule().filters() == {"host_problems": host_problems}
