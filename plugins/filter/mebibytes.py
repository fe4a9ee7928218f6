# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: mebibytes
short_description: Turn a size as people write it into a number of MiB
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Reads a size as all modules and roles of this collection do.
options:
  _input:
    description: A size such as V(512M), V(1G) or V(2048kB). A number alone is in MiB.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Start testpmd with as much memory as is described
  ansible.builtin.command: "dpdk-testpmd -m {{ memory | dataplane.dpdk.mebibytes }}"
  vars:
    memory: 1G
"""

RETURN = r"""
_value:
  description: The number of MiB, rounded down.
  type: int
"""

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes


def mebibytes(given: Any) -> int:
    """Return the number; see the documentation above."""
    try:
        return sizes.parse(str(given), alone="M") // 1024
    except HostError as error:
        raise AnsibleFilterError(f"mebibytes: {' '.join([error.message, *error.remedy])}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"mebibytes": mebibytes}
