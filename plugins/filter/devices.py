# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: devices
short_description: Show the devices of a host as a table
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Turns what M(dataplane.dpdk.dpdk_info) returned into lines for people, one for each device.
  - An interface in brackets is the one that a device had before it was bound for DPDK.
options:
  _input:
    description: What M(dataplane.dpdk.dpdk_info) returned.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Look at the devices
  dataplane.dpdk.dpdk_info:
  register: info

- name: Show them
  ansible.builtin.debug:
    msg: "{{ info | dataplane.dpdk.devices }}"
"""

RETURN = r"""
_value:
  description: The lines, the first of which names the columns.
  type: list
  elements: str
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _devices, _shape, _watch


def devices(info: Any) -> list[str]:
    """Return the lines; see the documentation above."""
    if not isinstance(info, Mapping) or "devices" not in info:
        raise AnsibleFilterError("devices: this has no devices. Give what dataplane.dpdk.dpdk_info returned.")
    try:
        return _devices.lines(info)
    except _shape.NONSENSE as error:
        wrong = _watch.plain(_shape.says(_shape.in_short(error)))
        raise AnsibleFilterError(f"devices: {wrong} {_shape.SENSELESS_REMEDY}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"devices": devices}
