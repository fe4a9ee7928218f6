# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: host_drift
short_description: How a host differs from its description and from what was recorded on it
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Puts together what each module would do in check mode, what the running kernel was booted without, and where devices
    differ from the records and rules of earlier runs.
  - The role P(dataplane.dpdk.dpdk_host#role) sets the fact C(dpdk_host_drift) with it in check mode.
options:
  _input:
    description: The registered result of each stage in check mode, by the stage's name. Skipped ones are passed over.
    type: dict
    required: true
  seen:
    description: What M(dataplane.dpdk.dpdk_info) returned for the host.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show how the host differs
  ansible.builtin.debug:
    msg: "{{ {'Boot parameters': args_result, 'Ports': ports_result} | dataplane.dpdk.host_drift(info) }}"
"""

RETURN = r"""
_value:
  description: One sentence for each difference; none for a host that is as it should be.
  type: list
  elements: str
"""

from collections.abc import Mapping
from typing import Any


def host_drift(looks: Mapping[str, Mapping[str, Any]], seen: Mapping[str, Any]) -> list[str]:
    """Return how a host differs, stage by stage, then device by device."""
    found = [text for stage, look in looks.items() for text in _of_stage(stage, look)]
    found += [f"{device['address']}: {text}" for device in seen.get("devices", []) for text in device["drift"]]
    return found + list(seen.get("drift", []))


def _of_stage(stage: str, look: Mapping[str, Any]) -> list[str]:
    lacking = [f"{stage}: the running kernel lacks {token}." for token in look.get("missing", [])]
    unwanted = [f"{stage}: the running kernel has {token}." for token in look.get("conflicting", [])]
    return lacking + unwanted + [f"{stage}, to be done: {action}." for action in look.get("actions", [])]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"host_drift": host_drift}
