# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: readiness
short_description: Judge from what modules returned whether a host is ready for DPDK
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Turns what was registered of one host into an entry of a report, with a state, and each problem with its cause and remedy.
  - A host is ready when nothing was found against it. What nobody looked at is not judged.
  - The role P(dataplane.dpdk.dpdk_report#role) uses it for every host.
options:
  _input:
    description:
      - What was seen of the host.
    type: dict
    required: true
    suboptions:
      name:
        description: Name of the host.
        type: str
      groups:
        description: Its groups in the inventory.
        type: list
        elements: str
      seen:
        description: When it was looked at, in UTC, as V(2026-01-31T12:00:00Z).
        type: str
      info:
        description: What M(dataplane.dpdk.dpdk_info) returned. A result that is a failure makes the host V(failed).
        type: dict
      iommu:
        description: What M(dataplane.dpdk.iommu_check) returned with C(fail=false).
        type: dict
      args:
        description: What M(dataplane.dpdk.kernel_args) returned, where it is not in O(_input.predicted).
        type: dict
      predicted:
        description:
          - By the short name of each module, what it returned in check mode for the description of the host. What it would do is
            a problem of the host. What it refuses makes the host V(failed).
        type: dict
      foretold:
        description: The older name of O(_input.predicted), deprecated. A module that is in both counts as in O(_input.predicted).
        type: dict
      failures:
        description:
          - Results of tasks that failed, besides those above. A module of this collection that names several problems counts once
            for each; of others the message is taken whole.
        type: list
        elements: dict
      problems:
        description: What P(dataplane.dpdk.dpdk_host#role) says against the description of the host, as its fact C(dpdk_host_problems).
        type: list
        elements: dict
      ports:
        description: The addresses of the devices that DPDK should have, as M(dataplane.dpdk.host_plan) returns them.
        type: list
        elements: str
      hugepages:
        description: The hugepages that there should be, each with V(size), V(count), and optionally V(node).
        type: list
        elements: dict
      steered:
        description:
          - Names of facts of the host that are names of this collection's variables. With any, the host is V(failed), because
            facts come before the inventory.
        type: list
        elements: str
      iommu_wanted:
        description: Whether an IOMMU that is not effective counts as a problem.
        type: bool
        default: true
"""

EXAMPLES = r"""
- name: Look at the host
  dataplane.dpdk.dpdk_info:
  register: info

- name: Judge the IOMMU
  dataplane.dpdk.iommu_check:
    fail: false
  register: iommu

- name: Fail where an application cannot start
  ansible.builtin.assert:
    that: judged.state == 'ready'
    fail_msg: "{{ judged.problems | map(attribute='cause') | join(' ') }}"
  vars:
    judged: "{{ {'name': inventory_hostname, 'info': info, 'iommu': iommu} | dataplane.dpdk.readiness }}"
"""

RETURN = r"""
_value:
  description: The entry of the host, in the form that the report has.
  type: dict
  contains:
    state:
      description: V(ready), V(not_ready), or V(failed) where the host was not reached or its description is refused.
      type: str
    problems:
      description: What was found, each with V(title), V(subject), V(cause), V(details) and V(remedy).
      type: list
      elements: dict
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _report


def readiness(seen: Any) -> dict[str, Any]:
    """The entry of one host; see the documentation above for the keys."""
    if not isinstance(seen, Mapping):
        raise AnsibleFilterError(
            f"readiness: a dictionary is needed, not {type(seen).__name__}. Give what was registered of one host."
        )
    return _report.entry(seen)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"readiness": readiness}
