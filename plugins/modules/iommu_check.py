#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: iommu_check
short_description: Judge whether the IOMMU protects DMA on this host, and say what to do if not
version_added: 0.1.0
description:
  - Judges by what the kernel has set up, not by what the command line asks for, and names the cause where DMA is
    not protected, with the remedy and the boot parameters for exactly this platform.
  - Explains why C(vfio-pci) refuses a device with error -22 (EINVAL) or -16 (EBUSY), and predicts what an application would
    meet on a device that binds.
  - Never changes anything.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  require:
    description:
      - What the host has to be like.
      - V(effective) is an IOMMU that protects DMA, with or without identity domains for the kernel's own drivers.
      - V(passthrough) is one with identity domains for all of them.
      - V(off_or_passthrough) is what the UIO drivers (C(igb_uio), C(uio_pci_generic)) need.
      - V(noiommu_ok) is an effective IOMMU, or C(vfio) in no-IOMMU mode.
    type: str
    choices: [effective, passthrough, off_or_passthrough, noiommu_ok]
    default: effective
  devices:
    description:
      - Devices to judge one by one as well, each as a PCI address, interface name, MAC address, or a vendor and device ID.
      - A port on the VMBus of Hyper-V has a GUID instead of a PCI address, and no IOMMU group by nature.
      - A VF may also be given as a dictionary with the keys C(device) (its PF, in one of these ways) and C(vf) (its index).
    type: list
    elements: raw
    default: []
  kernel_log:
    description:
      - Lines of a kernel log, in which refusals of C(vfio-pci) are explained (RV(explanations)).
      - When not given, the log of the host is read, for O(devices) alone.
    type: str
  fail:
    description:
      - Fail, with causes and remedies, when the host is not as O(require) says, or when one of O(devices) would be refused by
        C(vfio-pci) or to an application.
    type: bool
    default: true
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.info_module
"""

EXAMPLES = r"""
- name: Stop here unless the IOMMU is effective
  dataplane.dpdk.iommu_check:

- name: Stop here unless the IOMMU is effective and the port can be given to an application
  dataplane.dpdk.iommu_check:
    devices: [enp1s0]

- name: See what UIO would need
  dataplane.dpdk.iommu_check:
    require: off_or_passthrough
    fail: false

- name: See what this host needs
  dataplane.dpdk.iommu_check:
    fail: false
  register: iommu
"""

RETURN = r"""
verdict:
  description:
    - V(active), V(passthrough) (effective, with identity domains for the kernel's own drivers), V(off_by_cmdline),
      V(supported_but_not_enabled), V(firmware_absent), V(vm_no_viommu), V(kernel_unsupported), V(noiommu) or V(unknown).
  returned: always
  type: str
  sample: off_by_cmdline
effective:
  description: Whether the IOMMU protects DMA on this host.
  returned: always
  type: bool
met:
  description: Whether the host is as O(require) says.
  returned: always
  type: bool
platform:
  description: The kind of IOMMU that the firmware reports, or V(null).
  returned: always
  type: str
  sample: intel
interrupt_remapping:
  description: Whether interrupts are remapped; V(null) where nothing shows it. Without it applications are refused.
  returned: always
  type: bool
causes:
  description: Why the verdict is what it is.
  returned: always
  type: list
  elements: str
remedy:
  description: What to do to have it as required, as sentences; on failure, for O(devices) as well.
  returned: always
  type: list
  elements: str
remedies:
  description: What to do about the host alone, as sentences.
  returned: always
  type: list
  elements: str
kernel_args:
  description: The boot parameters for this platform, as M(dataplane.dpdk.kernel_args) takes them.
  returned: always
  type: dict
  sample: {"present": ["intel_iommu=on"], "absent": ["intel_iommu=off", "iommu=off"]}
devices:
  description:
    - The verdict on each of O(devices). C(refusal) is what C(vfio-pci) would answer now; C(problems) are what would keep an
      application from opening the device once it is bound; only Intel's IOMMU reports C(address_width).
    - C(group_blockers) are other devices of its IOMMU group whose drivers keep the group from being opened. They do not make the task
      fail, because a later one may bind them as well.
    - C(note) says how a device is handed out that C(vfio-pci) has no part in, such as a port on the VMBus of Hyper-V. It is
      V(null) for PCI devices.
  returned: always
  type: list
  elements: dict
  sample:
    - address: "0000:01:00.0"
      protected: true
      iommu_group: 9
      group_type: DMA-FQ
      group_members: ["0000:01:00.0"]
      group_blockers: []
      reserved_regions: [{"start": "0x00000000fee00000", "end": "0x00000000feefffff", "type": "msi"}]
      address_width: 48
      refusal: null
      problems: []
      remedies: []
      note: null
explanations:
  description:
    - Each refusal of C(vfio-pci) in the log, of O(devices) or in O(kernel_log). C(cause) is V(no_iommu), V(bridge), V(denylist),
      V(no_answer), V(not_coherent), V(pf_with_vfs), V(past) or V(unknown).
  returned: always
  type: list
  elements: dict
  sample:
    - address: "0000:01:00.0"
      error: -22
      cause: no_iommu
      reason: "It is in no IOMMU group: Intel VT-d was turned off by the boot parameter intel_iommu=off."
      remedies: ["Remove intel_iommu=off from the kernel command line, add intel_iommu=on and reboot."]
problems:
  description: What is not as required of the host and of O(devices), each with what to do about it.
  returned: failure
  type: list
  elements: dict
  contains:
    problem:
      description: A sentence or more. That about a device begins with its address.
      type: str
      returned: failure
      sample: "0000:01:00.0: Interrupts are not remapped, so the kernel refuses it to applications."
    remedy:
      description: Imperative sentences, the most likely one first.
      type: list
      elements: str
      returned: failure
      sample: ["Set allow_unsafe_interrupts of vfio_iommu_type1, if its user is trusted with the host."]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have, overview, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import report


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "require": {
                "type": "str",
                "choices": ["effective", "passthrough", "off_or_passthrough", "noiommu_ok"],
                "default": "effective",
            },
            "devices": {"type": "list", "elements": "raw", "default": []},
            "kernel_log": {"type": "str"},
            "fail": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    report(module, want.parse, have.read, overview.describe, overview.complaint)


if __name__ == "__main__":
    main()
