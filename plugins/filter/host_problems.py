# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: host_problems
short_description: What keeps a host from becoming what is described
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Finds the failures among the results of this collection's modules. A module that names several problems is listed once for
    each, with what to do about that one.
  - The role P(dataplane.dpdk.dpdk_host#role) asks each module in check mode and lists all problems of a host at once with it.
options:
  _input:
    description: The registered result of each stage, by the stage's name. Skipped ones are passed over.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show all that is wrong
  ansible.builtin.debug:
    msg: "{{ {'VFs': vfs_result, 'Ports': ports_result} | dataplane.dpdk.host_problems }}"
"""

RETURN = r"""
_value:
  description: The problems in the order of the stages. C(stage), C(problem) and C(remedies) say where, what, and what to do.
  type: list
  elements: dict
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _failure


def host_problems(looks: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the problems of the stages that failed, each with its own remedies."""
    return [problem for stage, look in looks.items() if _failed(look) for problem in _problems(stage, look)]


def _failed(look: Mapping[str, Any]) -> bool:
    """Whether a module failed: it returns a remedy then, and not even its actions where it broke."""
    return not look.get("skipped") and ("remedy" in look or "actions" not in look)


def _problems(stage: str, look: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"stage": stage, "problem": each.problem, "remedies": list(each.remedies)} for each in _failure.reasons(look)
    ]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"host_problems": host_problems}
