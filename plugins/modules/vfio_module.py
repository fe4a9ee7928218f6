#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vfio_module
short_description: Load kernel modules for DPDK with their parameters, now and at boot
version_added: 0.1.0
description:
  - Loads a module such as C(vfio-pci) and sets its parameters. A parameter is compared with the live value below
    C(/sys/module), not with what a file says, and read back after it was set.
  - C(modprobe) on a loaded module changes no parameter and still succeeds; this module writes the live value instead. Where
    the kernel reads a parameter only while the module is loaded, O(reload) decides.
  - A module that is built into the kernel gets no files; RV(kernel_args) holds the boot parameters it needs instead.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  name:
    description:
      - The module. Dashes and underscores are the same.
      - The default is V(vfio-pci), or V(vfio) where O(noiommu) is given.
    type: str
  state:
    description:
      - V(present) loads the module, with O(params).
      - V(absent) removes the files that this module wrote for it, and unloads it where no device, process or other module
        needs it. It never unloads a module with devices bound.
      - V(restored) means the same as V(absent); it is the word that the other modules have for taking back.
      - Where C(vfio) stays loaded, V(absent) turns no-IOMMU mode off, if a file of this module had turned it on.
    type: str
    choices: [present, absent, restored]
    default: present
  params:
    description:
      - Parameters by name. V(true), V(Y) and V(1) are the same for a boolean parameter.
      - V(auto) for C(dma_entry_limit) of C(vfio_iommu_type1) stands for one entry for each hugepage that is reserved now, on top
        of the kernel's default of 65535.
    type: dict
    default: {}
  persistent:
    description:
      - Load the module with these parameters at boot as well, by files below C(/etc/modules-load.d) and C(/etc/modprobe.d). Where
        the initramfs holds the module, it is rebuilt when the parameters change.
      - Refused where somebody else gives the module other parameters (RV(foreign)), or has it on a blacklist. The files of
        C(modprobe.d) are read as C(modprobe) reads them.
    type: bool
    default: true
  reload:
    description:
      - What to do about a parameter that a loaded module takes only while it is loaded, such as C(ids) and
        C(disable_idle_d3) of C(vfio-pci).
      - V(never) writes the files, so that it counts from the next boot on, and says so (RV(reload_required)).
      - V(if_idle) unloads the module and loads it again where no device is bound to it and nothing else uses it, and fails with
        the list of users otherwise.
    type: str
    choices: [never, if_idle]
    default: never
  noiommu:
    description:
      - No-IOMMU mode of C(vfio), with which devices that no IOMMU protects can be bound to C(vfio-pci). An application can then
        read and write all memory through the device, the kernel is tainted, and C(CAP_SYS_RAWIO) is needed.
      - V(enabled) is refused where the kernel was built without it, and where an IOMMU is effective.
      - V(where_needed) turns it on where no IOMMU is effective, and off where one is.
      - V(disabled) turns it off. Devices that were bound in it stay bound, and are named.
    type: str
    choices: [enabled, disabled, where_needed]
  path:
    description:
      - A file on the host to load the module from, for modules that no package brings, such as C(igb_uio).
      - With O(persistent=true) it is copied below C(/lib/modules) of the running kernel. After a kernel update it has to be built
        again; DKMS does that by itself.
      - Root alone may write it and the directories on the way to it. A copy of it is what is checked and loaded.
    type: path
seealso:
  - module: dataplane.dpdk.dpdk_bind
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.planning_module
"""

EXAMPLES = r"""
- name: Load vfio-pci
  dataplane.dpdk.vfio_module:
    name: vfio-pci

- name: Let a PF on vfio-pci have VFs
  dataplane.dpdk.vfio_module:
    name: vfio-pci
    params:
      enable_sriov: true

- name: Keep idle devices out of D3; the module is loaded again if nothing uses it
  dataplane.dpdk.vfio_module:
    name: vfio-pci
    params:
      disable_idle_d3: true
    reload: if_idle

- name: Let applications map every hugepage
  dataplane.dpdk.vfio_module:
    name: vfio_iommu_type1
    params:
      dma_entry_limit: auto

- name: Turn no-IOMMU mode on where there is no IOMMU, and off elsewhere
  dataplane.dpdk.vfio_module:
    noiommu: where_needed

- name: Load igb_uio from a file
  dataplane.dpdk.vfio_module:
    name: igb_uio
    path: /root/igb_uio.ko

- name: Take away what was written for it, and unload it if nothing uses it
  dataplane.dpdk.vfio_module:
    name: igb_uio
    state: absent
"""

RETURN = r"""
before:
  description: The state before, of what the task names.
  returned: success, and failure where it was read
  type: dict
  sample: {"loaded": false, "params": {}, "persistent": false, "persistent_params": {}}
after:
  description: The state after, in the same shape as RV(before); predicted in check mode.
  returned: success
  type: dict
  sample: {"loaded": true, "params": {}, "persistent": true, "persistent_params": {}}
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Wrote /etc/modules-load.d/dataplane-dpdk-vfio_pci.conf", "Loaded vfio_pci"]
kernel_args:
  description:
    - For a module that is built into the kernel, the boot parameters that keep its parameters, as
      M(dataplane.dpdk.kernel_args) takes them; empty lists otherwise.
  returned: success
  type: dict
  sample: {"present": ["vfio_pci.enable_sriov=Y"], "absent": ["vfio_pci.enable_sriov"]}
reload_required:
  description: Whether a parameter counts only once the loaded module is loaded again.
  returned: success
  type: bool
reboot_required:
  description: Whether a parameter of a built-in module counts only after a boot with RV(kernel_args).
  returned: success
  type: bool
foreign:
  description: What others say about the module, in C(modprobe.d) and on the kernel command line.
  returned: success
  type: list
  elements: str
  sample: ["/etc/modprobe.d/local.conf: options enable_sriov=1"]
remedy:
  description: What to do about the failure, the most likely cause first.
  returned: failure
  type: list
  elements: str
problems:
  description: Each problem of the failure by itself, with what to do about it.
  returned: failure
  type: list
  elements: dict
  contains:
    problem:
      description: What was tried, on what, and what the machine answered.
      type: str
    remedy:
      description: What to do about it, the most likely cause first.
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
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import have, plan, resolve, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import OPTIONS, reconcile


def main() -> None:
    module = AnsibleModule(
        argument_spec={**want.OPTIONS, **OPTIONS},
        supports_check_mode=True,
    )
    reconcile(module, want.parse, have.read, resolve.resolve, plan.plan, plan.describe)


if __name__ == "__main__":
    main()
