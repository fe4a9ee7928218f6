#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: hugepages
short_description: Reserve hugepages by size and NUMA node, now and at boot, and mount them
version_added: 0.1.0
description:
  - Asks the kernel for hugepages, and believes only what it gave. The kernel takes any number and gives what it can
    find in one piece; a pool that comes out short is an error that says how many pages there are and why, and all pools
    are as before.
  - A systemd unit reserves them again at boot, before most of userspace, and fails where the kernel gives fewer.
  - Mounts are systemd mount units with an owner and a mode, so that applications need not run as root.
  - Pages of 1G are rarely to be had on a running host. Reserve them with boot parameters
    (M(dataplane.dpdk.kernel_args)), and name them here with C(persistent=false) to have them checked.
  - The numbers of before are recorded at the first change; O(state=restored) brings them back.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  pools:
    description: The pools. Sizes that are not named stay as they are.
    type: list
    elements: dict
    default: []
    suboptions:
      size:
        description: The size of a page, like V(2M) or V(1G).
        type: str
        required: true
      count:
        description: How many pages there should be, not how many to add.
        type: int
        required: true
      node:
        description:
          - The NUMA node that they should be on.
          - When not given, the count is for all nodes together, spread evenly unless the sum is right already.
        type: int
      persistent:
        description: Whether the unit reserves them at boot. Use V(false) where boot parameters do.
        type: bool
        default: true
  mounts:
    description: The hugetlbfs mounts that there should be. Other mounts stay as they are.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description:
          - Where. V(/dev/hugepages) is the mount that systemd makes by itself. It is kept, and gets the owner and mode.
          - Anything else is not there yet or an empty directory, below directories that root alone may write. A mount hides what is
            below it, so directories of the system and mount points of other file systems are refused.
        type: str
        required: true
      size:
        description: The size of its pages, like V(2M) or V(1G).
        type: str
        required: true
      owner:
        description: The user that it belongs to.
        type: str
        default: root
      group:
        description: The group that it belongs to.
        type: str
        default: root
      mode:
        description:
          - Its mode, in octal and in quotes. With V(1770) members of the group make files, and remove only their own.
          - A number is refused, because YAML reads V(0770) without quotes as 504.
        type: raw
        default: "1770"
  state:
    description:
      - V(present) reserves and mounts.
      - V(restored) gives pools the numbers of before the first change, and takes away the unit and the mounts.
    type: str
    choices: [present, restored]
    default: present
attributes:
  check_mode:
    support: full
    details:
      - RV(after) is predicted from the same plan that a real run carries out. Whether the kernel finds that much memory
        in one piece is only known when it is asked.
seealso:
  - module: dataplane.dpdk.kernel_args
  - module: dataplane.dpdk.access
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.planning_module
"""

EXAMPLES = r"""
- name: Reserve 1 GiB on each of two nodes, for members of the group dpdk
  dataplane.dpdk.hugepages:
    pools:
      - {size: 2M, node: 0, count: 512}
      - {size: 2M, node: 1, count: 512}
    mounts:
      - {path: /dev/hugepages, size: 2M, group: dpdk}

- name: Check pages of 1G that boot parameters reserve, and mount them
  dataplane.dpdk.hugepages:
    pools:
      - {size: 1G, count: 8, persistent: false}
    mounts:
      - {path: /dev/hugepages-1G, size: 1G, group: dpdk}

- name: Give all of them back
  dataplane.dpdk.hugepages:
    state: restored
"""

RETURN = r"""
before:
  description: The pools and mounts of the host before. C(at_boot) is what the unit reserves, V(null) where it does not.
  returned: success, and failure where it was read
  type: dict
  sample:
    pools: [{"size": "2M", "node": 0, "total": 0, "at_boot": null}]
    mounts: [{"path": "/dev/hugepages", "size": "2M", "owner": "root", "group": "root", "mode": "0755"}]
after:
  description: The pools and mounts after, in the same shape as RV(before); predicted in check mode.
  returned: success
  type: dict
  sample:
    pools: [{"size": "2M", "node": 0, "total": 512, "at_boot": 512}]
    mounts: [{"path": "/dev/hugepages", "size": "2M", "owner": "root", "group": "dpdk", "mode": "1770"}]
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Set the pages of 2M on node 0 to 512 (were 0)"]
memory_mib:
  description: The memory of all hugepages of the host after, in MiB.
  returned: success
  type: int
  sample: 1024
dma_entries:
  description: How many DMA mappings an application on VFIO may need that uses all pages.
  returned: success
  type: int
  sample: 512
dma_entry_limit:
  description: How many the kernel allows (C(vfio_iommu_type1.dma_entry_limit)); V(null) while that module is not loaded.
  returned: success
  type: int
  sample: 65535
remedy:
  description: What to do about the failure, the most likely cause first.
  returned: failure
  type: list
  elements: str
problems:
  description: Each reason for the failure, apart from the others.
  returned: failure
  type: list
  elements: dict
  contains:
    problem:
      description: What was tried, and what the machine answered.
      type: str
    remedy:
      description: What to do about this one.
      type: list
      elements: str
undone:
  description: What was brought back after a step failed.
  returned: failure
  type: list
  elements: str
failures:
  description: Always empty here; M(dataplane.dpdk.dpdk_bind) returns the devices in it that failed alone.
  returned: failure
  type: list
  elements: dict
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import have, plan, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import as_written
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import OPTIONS, reconcile


def main() -> None:
    module = AnsibleModule(
        argument_spec={**want.OPTIONS, **OPTIONS},
        supports_check_mode=True,
    )
    reconcile(module, want.parse, have.read, as_written, plan.plan, plan.describe)


if __name__ == "__main__":
    main()
