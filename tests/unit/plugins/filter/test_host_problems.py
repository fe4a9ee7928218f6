# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.filter.host_problems import FilterModule, host_problems


def test_all_problems_are_told_with_their_remedies() -> None:
    looks: dict[str, dict[str, Any]] = {
        "VFs": {
            "msg": "Too many VFs. Nothing was changed. Ask for fewer.",
            "remedy": ["Ask for fewer."],
            "actions": [],
        },
        "Modules": {"actions": ["Loaded vfio_pci"], "changed": True},
        "Ports": {"msg": "No device matches 'a'. Name one. Or two.", "remedy": ["Name one.", "Or two."]},
    }
    assert host_problems(looks) == [
        {"stage": "VFs", "problem": "Too many VFs.", "remedies": ["Ask for fewer."]},
        {"stage": "Ports", "problem": "No device matches 'a'.", "remedies": ["Name one.", "Or two."]},
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
