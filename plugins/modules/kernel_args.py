#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kernel_args
short_description: Set boot parameters as exact tokens, and report whether a reboot is needed
version_added: 0.1.0
description:
  - Adds and removes kernel boot parameters in the configuration of the boot loader, never touching those that
    nobody asked about, and reports three states - configured, booted, and whether a reboot would bring one to the other.
  - On Debian and Ubuntu with GRUB, one drop-in file below C(/etc/default/grub.d) is written, sorted last.
    The administrator's own files stay byte for byte as they are. C(grub.cfg) is generated beside the old one and
    checked before it takes its place.
  - On SUSE, Arch and others that generate C(grub.cfg) from C(/etc/default/grub), the assignments in that file are changed,
    if they are plain ones.
  - On RHEL, its kin and Fedora, the entries of all kernels are changed, also through C(grubby). All places that hold the
    parameters are written and read back, C(/etc/kernel/cmdline), C(/etc/default/grub) and C(kernelopts) of RHEL 8 among them.
  - With systemd-boot, C(/etc/kernel/cmdline) and the entries of this installation are changed.
  - With rpm-ostree, a deployment is made whose parameters differ from those of the pending one.
  - Other ways to boot, such as unified kernel images, bootc without rpm-ostree, limine and zipl, are refused with an error
    that names them and says what to do instead.
  - A disk whose key a TPM binds to the boot parameters is named in a warning before they change.
  - This module never reboots.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  present:
    description:
      - Parameters that the command line must have, each as V(key) or V(key=value), exactly.
      - The hugepage parameters (V(default_hugepagesz), V(hugepagesz), V(hugepages)) are one ordered unit. When one of them is
        named, these are all there will be, in this order.
      - A list; a text is one parameter, with its commas, as in V(isolcpus=2,3).
    type: raw
    default: []
  absent:
    description:
      - Parameters that the command line must not have. V(key) means it with any value or none, V(key=value) exactly that one.
      - What is also named in O(present) stays, so a key here and one of its values there replaces the value.
      - A list; a text is one parameter.
    type: raw
    default: []
  replace:
    description:
      - Keys for which the values in O(present) are all there will be, in this order, for parameters that may be given more
        than once, such as V(console).
      - A list; a text is one key.
    type: raw
    default: []
    version_added: 1.0.0
  trial:
    description:
      - Have the next boot alone try the parameters; what is configured stays. A host that does not come back boots as before
        at its next power cycle. Once it is back with the parameters, call the module without this option to keep them.
      - The reboot is noted as with O(rebooting).
      - Offered with GRUB on Debian and Ubuntu, and refused where GRUB cannot forget the choice, as on LVM and software RAID.
    type: bool
    default: false
    version_added: 1.0.0
  rebooting:
    description:
      - Note on the host that it is about to be rebooted for these parameters. RV(reboot_tried) is then V(true) after
        a reboot that did not bring them, so that no second one is tried. The note goes when they are booted.
    type: bool
    default: false
  state:
    description:
      - V(restored) takes back all that this module added and brings back all that it took away, on Debian and Ubuntu with GRUB.
        Other boot stacks keep no record of it.
    type: str
    choices: [present, restored]
    default: present
    version_added: 1.0.0
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.planning_module
"""

EXAMPLES = r"""
- name: Turn the IOMMU of an Intel host on
  dataplane.dpdk.kernel_args:
    present:
      - intel_iommu=on
      - iommu=pt
    absent:
      - intel_iommu=off
  register: result

- name: Have the console on the display and the serial port, and nowhere else
  dataplane.dpdk.kernel_args:
    present:
      - console=tty0
      - console=ttyS0,115200
    replace:
      - console

- name: Say that a reboot is needed
  ansible.builtin.debug:
    msg: "Reboot to get {{ result.missing | join(' ') }}"
  when: result.reboot_required
"""

RETURN = r"""
before:
  description: The state before, of what the task names.
  returned: success, and failure where it was read
  type: dict
  sample: {"configured": "quiet intel_iommu=off", "booted": "root=LABEL=root ro quiet intel_iommu=off"}
after:
  description: The state after, in the same shape as RV(before); predicted in check mode.
  returned: success
  type: dict
  sample: {"configured": "quiet intel_iommu=on", "booted": "root=LABEL=root ro quiet intel_iommu=off"}
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Wrote /etc/default/grub.d/zz-dataplane-dpdk.cfg", "Regenerated /boot/grub/grub.cfg"]
remedy:
  description: What to do about the failure, the most likely cause first.
  returned: failure
  type: list
  elements: str
problems:
  description: Each problem by itself, with what to do about it.
  returned: failure
  type: list
  elements: dict
  sample:
    - problem: "/etc/fstab has a file system for /boot, and it is not mounted. Nothing was changed."
      remedy: ["Run 'mount /boot', and run this again."]
  contains:
    problem:
      description: What was tried, and what the host answered.
      returned: failure
      type: str
    remedy:
      description: What to do about this problem, the most likely cause first.
      returned: failure
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
stack:
  description: The boot stack that was found, V(debian_grub), V(grub2), V(grubby), V(systemd_boot) or V(rpm_ostree).
  returned: success
  type: str
  sample: debian_grub
boot_id:
  description: The identity of the running boot.
  returned: success
  type: str
reboot_required:
  description: Whether the running kernel was booted without parameters of O(present), or with parameters of O(absent).
  returned: success
  type: bool
reboot_tried:
  description: Whether the host was already rebooted once for exactly these parameters, and came back without them.
  returned: success
  type: bool
reboot_hint:
  description:
    - What to look at on this boot stack where the host comes back from a reboot without its parameters.
    - Empty for a boot stack of which nothing is known.
  returned: success
  type: str
  sample: >-
    Look which deployment was booted, with 'rpm-ostree status': the boot loader or greenboot may have fallen back to the one
    before.
missing:
  description: The parameters of O(present) that the running kernel was booted without.
  returned: success
  type: list
  elements: str
owners:
  description:
    - Who else sets a parameter that the task names, to something else, such as a profile of TuneD or the drop-in of a cloud
      image. Each is also a warning.
  returned: success
  type: list
  elements: dict
  sample: [{"parameter": "isolcpus=2-3", "owner": "TuneD (active profile: cpu-partitioning)", "path": "/etc/tuned/bootcmdline"}]
conflicting:
  description: The parameters that the running kernel was booted with and that O(absent) forbids.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan, resolve, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import OPTIONS, reconcile


def main() -> None:
    module = AnsibleModule(
        argument_spec={**want.OPTIONS, **OPTIONS},
        supports_check_mode=True,
    )
    reconcile(module, want.parse, have.read, resolve.resolve, plan.plan, plan.describe)


if __name__ == "__main__":
    main()
