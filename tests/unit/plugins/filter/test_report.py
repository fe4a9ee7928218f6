# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the report refuse what they cannot work with, in words."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.filter import readiness, report, script_json


def test_the_filters_have_their_names() -> None:
    found = {name for each in (readiness, report, script_json) for name in each.FilterModule().filters()}
    assert found == {"readiness", "report", "script_json"}


def test_readiness_and_report_work_together() -> None:
    entry = readiness.readiness({"name": "a", "seen": "2026-01-31T00:00:00Z"})
    made = report.report([entry], expected=["a", "b"], title="T", created="2026-01-31T00:00:00Z")
    assert [each["name"] for each in made["hosts"]] == ["a", "b"]
    assert made["title"] == "T"


def test_readiness_wants_a_dictionary() -> None:
    with pytest.raises(AnsibleFilterError, match="a dictionary is needed, not str"):
        readiness.readiness("worker1")


def test_report_wants_names() -> None:
    with pytest.raises(AnsibleFilterError, match="every host needs a name"):
        report.report([{"state": "ready"}])


def test_report_names_the_file_that_is_none() -> None:
    with pytest.raises(AnsibleFilterError, match=r"report: slice.json is no JSON"):
        report.report([], earlier={"slice.json": "no"})
