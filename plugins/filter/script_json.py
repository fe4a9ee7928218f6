# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: script_json
short_description: JSON that can stand between script tags of an HTML page
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - As P(ansible.builtin.to_json#filter), but with the characters V(<), V(>) and V(&) written as escapes of JSON, so that no text
    in it, such as V(</script>), ends the element. A JSON parser reads the same data.
options:
  _input:
    description: The data.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Embed data into a page
  ansible.builtin.copy:
    dest: page.html
    mode: "0644"
    content: '<script type="application/json">{{ hosts | dataplane.dpdk.script_json }}</script>'
"""

RETURN = r"""
_value:
  description: The JSON, on one line and in ASCII.
  type: str
"""

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils._merged import script_json


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"script_json": script_json}
