#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_plan
short_description: Plan everything that a description of a host asks for, in one look
version_added: 1.0.0
description:
  - Reads the host once and makes the plans of all other modules of this collection from it, for a description with the variables
    of P(dataplane.dpdk.dpdk_host#role) without their prefix.
  - Returns what each stage would do and every problem that stands in the way, each with its remedy.
  - Never changes anything. P(dataplane.dpdk.dpdk_host#role) runs only the modules whose stages have something to do.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  ports:
    description: The ports that DPDK gets, as O(dataplane.dpdk.dpdk_bind#module:devices) takes them.
    type: list
    elements: raw
    default: []
  vfs:
    description: The PFs that get VFs, as O(dataplane.dpdk.sriov_vfs#module:pfs) takes them.
    type: list
    elements: dict
    default: []
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
  kernel_args:
    description: Further boot parameters, as O(dataplane.dpdk.kernel_args#module:present) takes them.
    type: list
    elements: str
    default: []
  kernel_args_absent:
    description: Boot parameters that must not be there, as O(dataplane.dpdk.kernel_args#module:absent) takes them.
    type: list
    elements: str
    default: []
  kernel_args_replace:
    description: Keys whose values are all named, as O(dataplane.dpdk.kernel_args#module:replace) takes them.
    type: list
    elements: str
    default: []
  restore:
    description:
      - Plan to take back these stages instead of preparing the host. V(all) is all of them.
    type: list
    elements: str
    choices: [access, hugepages, ports, vfs, modules, kernel_args, all]
  gather_info:
    description: Return RV(info) and RV(drift) as well.
    type: bool
    default: false
  fail:
    description: Whether problems are a failure. With V(false) they are only returned.
    type: bool
    default: true
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.info_module
seealso:
  - module: dataplane.dpdk.dpdk_info
  - module: dataplane.dpdk.iommu_check
"""

EXAMPLES = r"""
- name: Find everything that keeps a host from being prepared
  dataplane.dpdk.host_plan:
    ports: [enp1s0, {device: enp2s0, vf: 0}]
    vfs: [{device: enp2s0, num_vfs: 4}]
    hugepages: [{size: 1G, count: 8}]

- name: Look at what a preparation would change
  dataplane.dpdk.host_plan:
    ports: [enp1s0]
    fail: false
  register: plan

- name: Show it
  ansible.builtin.debug:
    msg: "{{ plan.actions or 'Nothing is to be done.' }}"
"""

RETURN = r"""
stages:
  description:
    - By stage, C(iommu), C(kernel_args), C(modules), C(module), C(vfs), C(ports), C(access) and C(hugepages), what each task of it would do.
    - A stage has a list with an entry for each task, empty where the description has nothing for it. An entry holds C(arguments),
      the options of the module, and what that module returns in check mode with them; C(problems) where it would fail.
  returned: always
  type: dict
actions:
  description: What would be done in all, in the order of the stages.
  returned: always
  type: list
  elements: str
  sample: ["Bound 0000:02:00.0 to vfio-pci (was igb)"]
problems:
  description: Everything that stands in the way, each with the C(stage) that says so, the C(problem), and a list of sentences C(remedy).
  returned: always
  type: list
  elements: dict
  sample: [{"stage": "VFs", "problem": "0000:01:00.0 cannot have 99 VFs.", "remedy": ["Ask for 0 to 7 VFs."]}]
ready:
  description: Whether the host is as described, with nothing to do and no reboot pending.
  returned: always
  type: bool
reboot_required:
  description: Whether the running kernel was booted without some of the boot parameters, as M(dataplane.dpdk.kernel_args) returns it.
  returned: always
  type: bool
reboot_tried:
  description: Whether the host was already rebooted once for these boot parameters.
  returned: always
  type: bool
reboot_hint:
  description: What to look at where the host came back without them, by the host's boot stack. Empty where there is no advice.
  returned: always
  type: str
missing:
  description: The boot parameters that the running kernel lacks.
  returned: always
  type: list
  elements: str
conflicting:
  description: The boot parameters of the running kernel that should go.
  returned: always
  type: list
  elements: str
stack:
  description: The boot stack, V(null) where it could not be read.
  returned: always
  type: str
  sample: debian_grub
boot_id:
  description: The identity of this boot.
  returned: always
  type: str
info:
  description: What M(dataplane.dpdk.dpdk_info) returns.
  returned: with O(gather_info)
  type: dict
iommu:
  description: What M(dataplane.dpdk.iommu_check) returns.
  returned: without O(restore)
  type: dict
drift:
  description: How the host differs from its description and from what is recorded on it, a sentence each.
  returned: with O(gather_info)
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import look, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import report


def main() -> None:
    module = AnsibleModule(argument_spec=want.OPTIONS, supports_check_mode=True)
    report(module, want.parse, look.read, look.describe, look.complaint, look.warnings)


if __name__ == "__main__":
    main()
