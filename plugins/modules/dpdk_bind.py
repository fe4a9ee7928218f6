#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dpdk_bind
short_description: Bind PCI devices to the driver that DPDK needs, safely and for good, and give them back
version_added: 0.1.0
description:
  - Moves devices to drivers such as C(vfio-pci), and verifies by the kernel's own driver link that they are there.
  - Before anything is touched, every device is checked. A port by which the host is managed, a device in use,
    a device that a process holds open, a bridge, one that another tool keeps on a driver, one that the driver does not know or
    would refuse, and a device whose IOMMU group an application could not open are refused, each with the reason and a remedy.
  - When a step fails, the devices that were moved before it go back to their old drivers.
  - What each device was on is recorded on the host at the first change; O(state=restored) brings it back.
  - The setting survives reboots, hot-plug and re-created VFs by udev rules; no agent is needed. The rules therefore also
    undo a change by hand.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  devices:
    description:
      - The devices, each as a string or as a dictionary.
      - A string is a PCI address (V(0000:01:00.0), the domain may be left out), an interface's name or altname, its permanent
        MAC address (not one that it shows for a while, as below a bond),
        a vendor and device ID (V(8086:10c9)) that only one device has, or the GUID of a network device of the VMBus.
      - A dictionary has the keys C(device) (such a string), optionally C(vf) (the VFs below that PF, as
        O(dataplane.dpdk.sriov_vfs#module:pfs[].vfs[].vf) names them),
        optionally C(slot) (the physical slot, as in C(/sys/bus/pci/slots), to distinguish equal cards),
        optionally C(match) (V(one), the default, or V(all) for every device that matches),
        and optionally C(driver), which wins over O(driver).
      - It may also have C(persistent), C(group_policy), C(takeover), C(force), C(allow_management), C(allow_bifurcated) and
        C(allow_unlisted), which count for this device instead of the options of the same names.
      - An interface that is gone because its device was bound by this module before is still found by its names and its MAC
        address. Where another port has one of them now, it can mean either, and is refused, whatever is allowed.
      - With O(state=restored), none means all devices that were ever changed.
    type: list
    elements: raw
    default: []
  driver:
    description:
      - The driver for all devices that name none, as in C(/sys/bus/pci/drivers). Its module is loaded when needed.
      - V(kernel) is the driver that the kernel would choose, V(none) is no driver, also after a reboot.
      - When not given, it is C(vfio-pci), on the VMBus of Hyper-V C(uio_hv_generic), except for devices on C(mlx4_core),
        C(mlx5_core), C(mana), C(nfb), C(sxe2), C(nbl_core), C(idxd) or C(hisi_zip). DPDK works on top of those drivers, so such
        devices stay where they are, and the modules that DPDK needs besides are loaded.
    type: str
  state:
    description:
      - V(present) brings the devices to their drivers.
      - V(restored) brings them back to what they were before the first change, and removes our rules and records for them.
    type: str
    choices: [present, restored]
    default: present
  persistent:
    description:
      - Keep the devices on their drivers by a udev rule, across reboots and hot-plug.
      - With V(false) the devices named here have no rule, and one that an earlier task left is removed.
    type: bool
    default: true
  group_policy:
    description:
      - What to do when other devices in the IOMMU group keep an application from opening it.
      - V(refuse) names them and changes nothing; V(bind_all) binds them as well; V(ignore) binds regardless.
      - Only devices that go to a VFIO driver take others along.
      - The older name O(group) goes in version 2.0.0.
    type: str
    choices: [refuse, bind_all, ignore]
    default: refuse
    aliases: [group]
  all_or_nothing:
    description:
      - When one device fails, bring those that were moved before it back to their old drivers.
      - With V(false) each device has its own result; those that failed are in RV(failures) and the others stay.
    type: bool
    default: true
  takeover:
    description:
      - Take a device over from C(driverctl). Its saved override is removed, and a rule of this module takes its place.
    type: bool
    default: false
  force:
    description:
      - Take a device away from what uses it. This does not cover the management path.
    type: bool
    default: false
  allow_management:
    description:
      - Take even a device that carries the management path. The host may be lost.
    type: bool
    default: false
  allow_bifurcated:
    description:
      - Take a device from a driver that DPDK's works on top of, such as C(mlx5_core).
    type: bool
    default: false
  allow_unlisted:
    description:
      - Give a device to a driver of the kernel whose ID table does not name it. The kernel lets any driver take any device that
        C(driver_override) names for it, and what a driver does to hardware that it does not know is anybody's guess.
      - It is not needed for the drivers that DPDK works with, for a driver that the device has or had, nor for stubs.
    type: bool
    default: false
    version_added: 1.0.0
  assume_prepared:
    description:
      - Earlier tasks of the run turn the IOMMU on and make the VFs, so check mode predicts for a host on which that was done.
      - Without check mode, it makes no difference. A device without IOMMU group and a VF that does not exist are refused.
    type: bool
    default: false
seealso:
  - module: dataplane.dpdk.sriov_vfs
  - module: dataplane.dpdk.iommu_check
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.planning_module
  - dataplane.dpdk._attributes.confirmed
"""

EXAMPLES = r"""
- name: Bind a port for DPDK
  dataplane.dpdk.dpdk_bind:
    devices:
      - "0000:02:00.0"

- name: Bind the second port, and VF 0 of the first, and leave VF 1 to the kernel
  dataplane.dpdk.dpdk_bind:
    devices:
      - enp2s0
      - {device: enp1s0, vf: 0}
      - {device: enp1s0, vf: 1, driver: igbvf}

- name: Bind all ports of the card in slot 3
  dataplane.dpdk.dpdk_bind:
    devices:
      - {device: "8086:1572", slot: "3", match: all}

- name: Bind all functions that share an IOMMU group with the named one
  dataplane.dpdk.dpdk_bind:
    devices:
      - "0000:03:01.0"
    group_policy: bind_all

- name: Give one port back to the kernel, with its interface
  dataplane.dpdk.dpdk_bind:
    devices:
      - enp2s0
    state: restored
"""

RETURN = r"""
before:
  description: The state before, of what the task names.
  returned: success, and failure where it was read
  type: dict
  sample: {"devices": [{"address": "0000:02:00.0", "driver": "igb", "driver_override": null, "persistent_driver": null}]}
after:
  description: The state after, in the same shape as RV(before); predicted in check mode.
  returned: success
  type: dict
  sample: {"devices": [{"address": "0000:02:00.0", "driver": "vfio-pci", "driver_override": "vfio-pci", "persistent_driver": "vfio-pci"}]}
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Bound 0000:02:00.0 (enp2s0) to vfio-pci (was igb)"]
remedy:
  description: What to do about the failure, the most likely cause first.
  returned: failure
  type: list
  elements: str
problems:
  description: Each reason for the failure by itself, with what to do about it. RV(ignore:msg) holds all of them as one text.
  returned: failure
  type: list
  elements: dict
  contains:
    problem:
      description: What was tried, and what the host answered.
      type: str
    remedy:
      description: What to do about it, the most likely cause first.
      type: list
      elements: str
  sample:
    - problem: "0000:02:00.0 (enp2s0) is in use: enp2s0 holds 192.0.2.1/24."
      remedy: ["Take it out of use first, or set force to take it away from its users."]
confirmed:
  description: Whether the controller reached the host in time. If not, all was taken back.
  returned: with O(confirm_within), where something was changed
  type: bool
undone:
  description: What was brought back after a step failed, or because the host was not reached in time.
  returned: failure
  type: list
  elements: str
failures:
  description: With O(all_or_nothing=false), the devices that failed, each with the reason and the remedy.
  returned: failure
  type: list
  elements: dict
  sample: [{"subject": "0000:02:00.0", "msg": "vfio-pci did not take 0000:02:00.0.", "remedy": ["Run dataplane.dpdk.iommu_check."]}]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have, plan, resolve, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import CONFIRMED, OPTIONS, reconcile


def main() -> None:
    module = AnsibleModule(
        argument_spec={**want.OPTIONS, **OPTIONS, **CONFIRMED},
        supports_check_mode=True,
    )
    reconcile(module, want.parse, have.read, resolve.resolve, plan.plan, plan.describe)


if __name__ == "__main__":
    main()
