# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: plain
short_description: What a host returned, as a terminal may have it
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Returns a text on one line, without the characters by which a host could steer the terminal, and without the values of boot
    parameters that are called a password, a secret and the like. Of a list it returns such a text for each entry.
options:
  _input:
    description: A text, or a list of texts.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show what keeps a host from being ready
  ansible.builtin.debug:
    msg: "{{ dpdk_host_problems | map(attribute='problem') | dataplane.dpdk.plain }}"
"""

RETURN = r"""
_value:
  description: The text, or the list of texts.
  type: raw
"""

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _watch


def plain(given: Any) -> Any:
    """The text, or the list of texts; see the documentation above."""
    if isinstance(given, str):
        return _watch.shown(given)
    if hasattr(given, "__iter__") and not isinstance(given, dict):
        return [_watch.shown(str(each)) for each in given]
    return _watch.shown(str(given))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"plain": plain}
