#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: capture
short_description: Keep what a host answers, so that a description can be tried without the host
version_added: 1.0.0
description:
  - Looks at a host as M(dataplane.dpdk.host_plan), M(dataplane.dpdk.dpdk_info) and M(dataplane.dpdk.iommu_check) do, and writes
    everything that they read to a file on the controller, texts, links, lists of names, modes and the answers of commands.
  - From such a file M(dataplane.dpdk.host_plan) makes the same plans without the host, see O(dataplane.dpdk.host_plan#module:capture).
  - Never changes anything on the host.
  - VF tokens, keys, the environment of processes and what processes of others have open are not in it, and words that look like
    passwords are taken out.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  dest:
    description:
      - The file on the controller. Its directory is made if it is not there. A name that ends in C(.gz) is compressed, which takes a
        tenth of the space.
      - When not given, the capture is only returned.
    type: path
  anonymize:
    description:
      - Replace MAC and IP addresses, names of the host and of users, UUIDs and serial numbers, the same one by the same one
        everywhere, so that anybody may see the capture. Networks still fit.
      - RV(problems) is empty then.
    type: bool
    default: false
extends_documentation_fragment:
  - dataplane.dpdk._description
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.info_module
seealso:
  - module: dataplane.dpdk.host_plan
"""

EXAMPLES = r"""
- name: Keep the host in a file
  dataplane.dpdk.capture:
    dest: "captures/{{ inventory_hostname }}.json.gz"

- name: Keep what this description needs as well
  dataplane.dpdk.capture:
    ports: [enp1s0]
    access: {group: dpdk, users: [alice]}
    dest: "captures/{{ inventory_hostname }}.json.gz"
"""

RETURN = r"""
capture:
  description: The capture. Its form is in the documentation of the collection.
  returned: without O(dest)
  type: dict
dest:
  description: The file that was written.
  returned: with O(dest)
  type: str
size:
  description: The size of the file in bytes.
  returned: with O(dest)
  type: int
problems:
  description: What stands in the way of the description on this host, as M(dataplane.dpdk.host_plan) returns it.
  returned: always
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import have, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import report


def main() -> None:
    # The file is written by the action plugin of this name, on the controller.
    module = AnsibleModule(argument_spec=want.OPTIONS, supports_check_mode=True)
    report(module, want.parse, have.read, have.describe)


if __name__ == "__main__":
    main()
