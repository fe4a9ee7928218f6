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
  boot_parameters:
    description:
      - The boot parameters that the host was just rebooted for. They are compared with, instead of being derived again from what was
        booted.
    type: dict
    suboptions:
      present:
        description: As O(dataplane.dpdk.kernel_args#module:present).
        type: list
        elements: str
        default: []
      absent:
        description: As O(dataplane.dpdk.kernel_args#module:absent).
        type: list
        elements: str
        default: []
      replace:
        description: As O(dataplane.dpdk.kernel_args#module:replace).
        type: list
        elements: str
        default: []
  persistent:
    description: Whether ports, VFs and modules are kept over a reboot, as O(dataplane.dpdk.dpdk_bind#module:persistent).
    type: bool
    default: true
  group_policy:
    description: What to do about other devices in the IOMMU groups of O(ports), as O(dataplane.dpdk.dpdk_bind#module:group_policy).
    type: str
    choices: [refuse, bind_all, ignore]
    default: refuse
  all_or_nothing:
    description: As O(dataplane.dpdk.dpdk_bind#module:all_or_nothing).
    type: bool
    default: true
  takeover:
    description: As O(dataplane.dpdk.dpdk_bind#module:takeover).
    type: bool
    default: false
  force:
    description: As O(dataplane.dpdk.dpdk_bind#module:force), for VFs that have to go as well.
    type: bool
    default: false
  allow_management:
    description: As O(dataplane.dpdk.dpdk_bind#module:allow_management).
    type: bool
    default: false
  allow_bifurcated:
    description: As O(dataplane.dpdk.dpdk_bind#module:allow_bifurcated).
    type: bool
    default: false
  allow_unlisted:
    description: As O(dataplane.dpdk.dpdk_bind#module:allow_unlisted).
    type: bool
    default: false
  allow_recreate:
    description: As O(dataplane.dpdk.sriov_vfs#module:allow_recreate).
    type: bool
    default: false
  variables:
    description:
      - Names of variables of the host. One that begins with C(dpdk_host_) and that the role does not know is refused, with the nearest
        that it knows.
    type: list
    elements: str
    default: []
  restore:
    description:
      - Plan to take back these stages instead of preparing the host. V(all) is all of them.
    type: list
    elements: str
    choices: [vfs, ports, vf_token, access, hugepages, modules, kernel_args, all]
  gather_info:
    description: Return RV(info) and RV(drift) as well.
    type: bool
    default: false
  capture:
    description:
      - A file of M(dataplane.dpdk.capture) on the controller. The plans are made from it, on the controller, and the host is not asked.
      - What a plan asks for and the capture lacks is a problem that says so.
    type: path
  assume:
    description: What is taken to be otherwise than in O(capture), to plan what follows from it.
    type: dict
    suboptions:
      release:
        description: Another release of the kernel.
        type: str
      cmdline:
        description: Other boot parameters of the running kernel, all of them.
        type: str
      files:
        description: Other contents of files by path, V(null) for a file that is not there.
        type: dict
  fail:
    description: Whether problems are a failure. With V(false) they are only returned.
    type: bool
    default: true
extends_documentation_fragment:
  - dataplane.dpdk._description
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
    pfs: [{device: enp2s0, num_vfs: 4}]
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
    - By stage, C(iommu), C(kernel_args), C(modules), C(module), C(pfs), C(vfs), C(ports), C(access), C(vf_token) and C(hugepages), what each
      task of it would do. With O(restore), the stages in the order in which they are taken back.
    - A stage has a list with an entry for each task, empty where the description has nothing for it. An entry holds C(arguments),
      the options of the module, and what that module returns in check mode with them; C(problems) where it would fail. C(assumes) names
      the earlier stages whose changes its plan takes for done.
  returned: always
  type: dict
described:
  description: Whether anything is described that the host should have.
  returned: always
  type: bool
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
problem_lines:
  description: The same as lines to read, each with its stage and remedies.
  returned: always
  type: list
  elements: str
ports:
  description: The addresses of all devices that DPDK gets by the description. With O(restore) there are none.
  returned: always
  type: list
  elements: str
  sample: ["0000:02:00.0"]
cut_off:
  description: Whether a run was cut off on the host, so that the next task which may change it takes back first what that run did.
  returned: always
  type: bool
ready:
  description: Whether the host is as described, with nothing to do and no reboot pending, and no run was cut off on it.
  returned: always
  type: bool
reboot_required:
  description: Whether the running kernel was booted without some of the boot parameters, as M(dataplane.dpdk.kernel_args) returns it.
  returned: always
  type: bool
reboot_pending:
  description: How the running kernel differs from its boot parameters, what it lacks and what should go apart. Empty where it does not.
  returned: always
  type: str
  sample: it runs without iommu=pt and with intel_iommu=off
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
