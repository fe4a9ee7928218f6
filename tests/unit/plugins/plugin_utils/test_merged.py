# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Slices merge to one report in any order, what is no report is refused, and what is embedded stays data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _merged
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._merged import ReportError
from hypothesis import given
from hypothesis import strategies as st


def host(name: str, seen: str = "2026-01-31T00:00:00Z", **given: Any) -> dict[str, Any]:
    return {"name": name, "seen": seen, "state": "ready", "problems": [], **given}


def written(*hosts: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {**_merged.merge(hosts), **given}


def test_slices_merge_to_the_same_report_in_any_order() -> None:
    one, two = written(host("a"), host("c")), written(host("b"))
    merged = _merged.merge([], {"1": one, "2": json.dumps(two)}, title="T", created="C")
    assert merged == _merged.merge([], {"2": two, "1": one}, title="T", created="C")
    assert [each["name"] for each in merged["hosts"]] == ["a", "b", "c"]
    assert (merged["schema"], merged["schema_version"], merged["title"]) == ("dataplane.dpdk.report", 1, "T")


def test_what_was_seen_last_wins() -> None:
    old, new = host("a", "2026-01-30T00:00:00Z", state="failed"), host("a", "2026-01-31T00:00:00Z")
    assert _merged.merge([new], {"1": written(old)})["hosts"] == [new]
    assert _merged.merge([], {"1": written(new), "2": written(old)})["hosts"] == [new]
    assert _merged.merge([{**new, "groups": ["live"]}], {"1": written(new)})["hosts"][0]["groups"] == ["live"]


def test_a_host_that_was_expected_and_has_no_entry_is_in_the_report() -> None:
    merged = _merged.merge([host("a")], expected=["a", "b"], created="2026-01-31T00:00:01Z")
    assert [(each["name"], each["state"]) for each in merged["hosts"]] == [("a", "ready"), ("b", "failed")]
    assert merged["hosts"][1]["seen"] == "2026-01-31T00:00:01Z"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{", "old.json is no JSON"),
        ("[]", "old.json is no report"),
        ({"schema": "other"}, "old.json is no report"),
        (written(schema_version=2), "old.json has the schema version 2, but only 1 is known here"),
        (written(hosts=None), "old.json has no list of hosts"),
        (written(hosts=[{"state": "ready"}]), "old.json has no list of hosts"),
    ],
)
def test_what_is_no_report_is_refused_by_its_name(given: Any, says: str) -> None:
    with pytest.raises(ReportError, match=says):
        _merged.merge([], {"old.json": given})


@given(
    st.recursive(
        st.text() | st.none() | st.integers(), lambda below: st.lists(below) | st.dictionaries(st.text(), below)
    )
)
def test_embedded_json_reads_the_same_and_holds_no_markup(value: Any) -> None:
    text = _merged.script_json(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029\n") & set(text)


def test_a_hostile_text_does_not_leave_its_element() -> None:
    assert _merged.script_json("</script><!--<script>") == r'"\u003c/script\u003e\u003c!--\u003cscript\u003e"'
