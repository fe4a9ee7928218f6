# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: report
short_description: Make one report of the entries of hosts and of earlier reports
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Makes the document that P(dataplane.dpdk.dpdk_report#role) writes as JSON and as HTML.
  - A host that is in several stands with what was seen of it last.
options:
  _input:
    description: The entries, each as P(dataplane.dpdk.readiness#filter) returns it.
    type: list
    elements: dict
    required: true
  earlier:
    description: Earlier reports by the names of their files, each as the JSON in the file or as what that holds.
    type: dict
    default: {}
  expected:
    description: Names of all hosts that should have been looked at. One without an entry stands as V(failed) in the report.
    type: list
    elements: str
    default: []
  title:
    description: The title of the report.
    type: str
    default: DPDK readiness
  created:
    description: When the report is made, in UTC, as V(2026-01-31T12:00:00Z).
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Merge the reports of two slices
  ansible.builtin.copy:
    dest: fleet.json
    mode: "0640"
    content: "{{ [] | dataplane.dpdk.report(earlier=slices, title='Both slices') | to_nice_json }}"
  vars:
    files: [slice1.json, slice2.json]
    slices: "{{ dict(files | zip(query('ansible.builtin.file', *files))) }}"
"""

RETURN = r"""
_value:
  description:
    - The report, with V(schema), V(schema_version), V(title), V(created), and V(hosts) by name.
  type: dict
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _merged


def report(
    hosts: Any, earlier: Any = None, expected: Any = (), title: str = "DPDK readiness", created: str = ""
) -> dict[str, Any]:
    """One report; see the documentation above."""
    entries = list(hosts) if isinstance(hosts, (list, tuple)) else [hosts]
    if not all(isinstance(each, Mapping) and isinstance(each.get("name"), str) and each["name"] for each in entries):
        raise AnsibleFilterError(
            "report: every host needs a name. Give the entries that the filter dataplane.dpdk.readiness returned."
        )
    if not isinstance(earlier, (Mapping, type(None))):
        raise AnsibleFilterError("report: earlier is no dictionary. Give earlier reports by the names of their files.")
    try:
        return _merged.merge(entries, earlier, expected=expected, title=str(title), created=str(created))
    except _merged.ReportError as error:
        raise AnsibleFilterError(f"report: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"report": report}
