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
  ports:
    description:
      - The ports that DPDK gets, as O(dataplane.dpdk.dpdk_bind#module:devices) takes them.
      - A PF that is in O(pfs) as well gets C(vfio-pci) first, with C(enable_sriov), and its VFs there.
    type: list
    elements: raw
    default: []
  pfs:
    description:
      - The PFs that get VFs, as O(dataplane.dpdk.sriov_vfs#module:pfs) takes them. An entry may have C(persistent), C(force) and
        C(allow_recreate) of its own.
      - The older name O(vfs) goes in version 2.0.0.
    type: list
    elements: dict
    default: []
    aliases: [vfs]
  driver:
    description: The driver for all ports that name none, as O(dataplane.dpdk.dpdk_bind#module:driver).
    type: str
  iommu:
    description: Whether the host needs an effective IOMMU.
    type: bool
    default: true
  iommu_passthrough:
    description: Whether the kernel's own drivers get identity domains.
    type: bool
    default: true
  modules:
    description: Modules with parameters, as M(dataplane.dpdk.vfio_module) takes them.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The module.
        type: str
      params:
        description: Its parameters by name.
        type: dict
      noiommu:
        description: No-IOMMU mode, as O(dataplane.dpdk.vfio_module#module:noiommu).
        type: str
      reload:
        description: As O(dataplane.dpdk.vfio_module#module:reload).
        type: str
      persistent:
        description: As O(dataplane.dpdk.vfio_module#module:persistent). When not given, it is V(true).
        type: bool
      path:
        description: As O(dataplane.dpdk.vfio_module#module:path).
        type: path
  hugepages:
    description: The hugepages of the host.
    type: list
    elements: dict
    default: []
    suboptions:
      size:
        description: The size of a page, such as V(2M), V(1G), or V(512M) where the processor offers it.
        type: str
        required: true
      count:
        description: The number of pages.
        type: int
        required: true
      node:
        description: The NUMA node that they are on. When not given, they are spread evenly over all nodes.
        type: int
      boot_parameter:
        description:
          - Reserve them by boot parameters instead of a unit.
          - When not given, it is V(true) for pages of V(1G) and more.
        type: bool
  hugepages_mounts:
    description:
      - The hugetlbfs mounts, as O(dataplane.dpdk.hugepages#module:mounts) takes them.
      - When not given, and with O(access), there is one for each size in O(hugepages), for the group. It is C(/dev/hugepages) for the
        kernel's default size, and C(/dev/hugepages-SIZE) for others.
    type: list
    elements: dict
  access:
    description: Who may run DPDK applications on O(ports) without root.
    type: dict
    suboptions:
      group:
        description: The group that gets the devices, the hugepages and the limit.
        type: str
        required: true
      users:
        description: Users that become members of it.
        type: list
        elements: str
        default: []
      services:
        description: systemd services that get the group and the limit.
        type: list
        elements: str
        default: []
      memlock:
        description:
          - How much memory in MiB a process may lock, or V(unlimited).
          - When not given, it is the memory of O(hugepages) and 64 MiB more.
        type: str
  vf_token:
    description: Have a VF token, as M(dataplane.dpdk.vf_token) makes it, for the applications of a PF on C(vfio-pci) and of its VFs.
    type: dict
    suboptions:
      path:
        description: The file, as O(dataplane.dpdk.vf_token#module:path).
        type: path
      group:
        description: The group that may read it. When not given, it is that of O(access), or C(root).
        type: str
  kernel_args:
    description: Further boot parameters, as O(dataplane.dpdk.kernel_args#module:present) takes them.
    type: raw
    default: []
  kernel_args_absent:
    description: Boot parameters that must not be there, as O(dataplane.dpdk.kernel_args#module:absent) takes them.
    type: raw
    default: []
  kernel_args_replace:
    description: Keys whose values are all named, as O(dataplane.dpdk.kernel_args#module:replace) takes them.
    type: raw
    default: []
extends_documentation_fragment:
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
