#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sriov_vfs
short_description: Give PFs their VFs, set these up, and keep it so
version_added: 0.1.0
description:
  - Sets the number of virtual functions (VFs) of physical functions (PFs), counts afterwards what the driver made,
    sets up each VF (MAC address, VLAN and so on) and gives it its driver.
  - What already holds is not touched. A setting that somebody changed by hand is repaired alone.
  - A number other than 0 is not changed to another unless O(allow_recreate) is set, as that removes all VFs with their
    settings. These are listed, and with O(allow_recreate) settings and drivers are put back on the VFs that are made again.
  - VFs that are in use, that a process holds open, or whose network interface is in a network namespace, stop it;
    they are named.
  - The order is what drivers need. The mode of the eswitch comes before the VFs, and the settings of a VF before its driver.
  - udev rules bring everything back after a reboot, a reload of the PF's driver or a hot-plug.
  - PFs whose VFs another tool makes at boot (systemd's C([SR-IOV]) sections, NetworkManager, netplan, sriov-network-operator,
    the driver's option C(max_vfs)) are refused, with the name of the file, unless there is nothing to change.
  - A PF on C(vfio-pci) can have VFs too, where C(enable_sriov) of that module is set.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  pfs:
    description:
      - The PFs and what they should have.
      - With O(state=restored), none means all PFs that were ever changed.
    type: list
    elements: dict
    default: []
    suboptions:
      device:
        description:
          - The PF, as a PCI address, interface name, MAC address, or a vendor and device ID that only one device has.
        type: str
        required: true
      slot:
        description: The physical slot, as in C(/sys/bus/pci/slots), to distinguish equal cards.
        type: str
        version_added: 1.0.0
      match:
        description:
          - V(all) gives the same to every PF that matches, such as all with a vendor and device ID.
        type: str
        choices: [one, all]
        default: one
        version_added: 1.0.0
      num_vfs:
        description:
          - The number of VFs, from 0 to the PF's C(sriov_totalvfs). Left as it is when not given.
        type: int
      drivers_autoprobe:
        description:
          - Whether native drivers may take the VFs that are made from now on.
          - With V(false) no network interface appears for them; this is what VFs for DPDK want.
          - Left as it is when not given.
        type: bool
      eswitch_mode:
        description:
          - Mode of the card's embedded switch, for cards that devlink shows one of. Left as it is when not given.
          - It is changed only while there are no VFs. VFs that are there need O(allow_recreate).
        type: str
        choices: [legacy, switchdev]
      up:
        description:
          - Set the PF's network interface up, before the drivers of its VFs start, now and at boot.
          - C(igbvf) and C(ixgbevf) ask the PF for a VF's MAC address when they start, and make one up where the PF is down.
            Applications on VFs of these cards need the PF up too.
          - With V(false) it is left as it is. O(state=restored) leaves it as it is, too.
        type: bool
        default: false
      vfs:
        description:
          - What single VFs should have. A setting that is not named is left as it is.
          - Several entries may name the same VF, as long as they agree.
          - All but O(pfs[].vfs[].driver) are settings of the PF's network driver. Where the PF is on C(vfio-pci), the
            application that opens the PF owns them, and they are refused.
        type: list
        elements: dict
        default: []
        suboptions:
          vf:
            description:
              - Which VFs. An index (V(0)), a range (V(0-3)), several of them (V(0,2), or a list), or V(all).
            type: raw
            required: true
          mac:
            description: MAC address. V(00:00:00:00:00:00) lets the VF's driver make one up.
            type: str
          vlan:
            description: VLAN that all traffic of the VF is in; V(0) for none.
            type: int
          qos:
            description: Priority of that VLAN, from 0 to 7.
            type: int
          trust:
            description: Whether the VF may do what affects others, such as promiscuous mode.
            type: bool
          spoof_check:
            description: Whether packets with another source address than the VF's are dropped.
            type: bool
            aliases: [spoofchk]
          min_tx_rate:
            description: Guaranteed rate of transmission in Mbit/s; V(0) for none. Few drivers have it.
            type: int
          max_tx_rate:
            description: Limit of transmission in Mbit/s; V(0) for none. Most drivers take it only while the link is up.
            type: int
          link_state:
            description: Link that the VF sees; V(auto) is that of the PF. Some drivers do not have it.
            type: str
            choices: [auto, enable, disable]
          driver:
            description:
              - Driver as in C(/sys/bus/pci/drivers), such as C(vfio-pci). Its module is loaded when needed.
              - M(dataplane.dpdk.dpdk_bind) does the same for single VFs, with more checks. Use one of them for a VF.
            type: str
  state:
    description:
      - V(present) gives the PFs what is named.
      - V(restored) gives them the number of VFs, the autoprobe setting and the eswitch mode they were found with at the
        first change, and removes what this module keeps on the host for them.
    type: str
    choices: [present, restored]
    default: present
  allow_recreate:
    description:
      - Change a number of VFs other than 0 to another one by way of 0, and put settings and drivers back.
    type: bool
    default: false
  persistent:
    description:
      - Make the VFs again at boot, with what this task names, by udev rules.
      - With V(false) the PFs named here have no rule, and one that an earlier task left is removed.
    type: bool
    default: true
  force:
    description:
      - Remove VFs whose network interface is in use. This does not cover the management path.
    type: bool
    default: false
seealso:
  - module: dataplane.dpdk.dpdk_bind
  - module: dataplane.dpdk.vf_token
  - module: dataplane.dpdk.vfio_module
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.planning_module
  - dataplane.dpdk._attributes.confirmed
"""

EXAMPLES = r"""
- name: Two VFs on one PF, none of them taken by its native driver
  dataplane.dpdk.sriov_vfs:
    pfs:
      - device: enp1s0
        num_vfs: 2
        drivers_autoprobe: false

- name: Four VFs, set up, and two of them for DPDK
  dataplane.dpdk.sriov_vfs:
    pfs:
      - device: enp1s0
        num_vfs: 4
        drivers_autoprobe: false
        vfs:
          - {vf: 0-3, spoof_check: true}
          - {vf: 0, mac: "02:00:00:00:10:00", vlan: 100, driver: vfio-pci}
          - {vf: 1, mac: "02:00:00:00:10:01", trust: true, driver: vfio-pci}

- name: No VFs any more
  dataplane.dpdk.sriov_vfs:
    pfs:
      - {device: "0000:01:00.0", num_vfs: 0}

- name: As it was found
  dataplane.dpdk.sriov_vfs:
    pfs:
      - device: enp1s0
    state: restored
"""

RETURN = r"""
before:
  description: The state before, of what the task names. Settings of a VF are there as far as the task names them.
  returned: success, and failure where it was read
  type: dict
  sample: {"pfs": [{"address": "0000:01:00.0", "num_vfs": 0, "drivers_autoprobe": true, "vfs": [], "persistent_num_vfs": null}]}
after:
  description: The state after, in the same shape as RV(before); predicted in check mode.
  returned: success
  type: dict
  sample:
    pfs:
      - address: "0000:01:00.0"
        num_vfs: 1
        drivers_autoprobe: false
        vfs: [{"vf": 0, "address": "0000:01:10.0", "mac": "02:00:00:00:10:00", "driver": "vfio-pci"}]
        persistent_num_vfs: 1
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Set the number of VFs of 0000:01:00.0 (enp1s0) to 1 (was 0)"]
remedy:
  description: What to do about the failure, the most likely cause first.
  returned: failure
  type: list
  elements: str
problems:
  description: Each problem apart, with what to do about it; RV(remedy) holds the remedies of all.
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
  sample:
    - problem: "0000:01:00.0 (enp1s0) cannot have 9 VFs: sriov_totalvfs is 7."
      remedy: ["Ask for 0 to 7 VFs."]
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
  description: Always empty here; M(dataplane.dpdk.dpdk_bind) returns the devices in it that failed alone.
  returned: failure
  type: list
  elements: dict
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import CONFIRMED, OPTIONS, reconcile
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have, plan, resolve, want


def main() -> None:
    module = AnsibleModule(
        argument_spec={**want.OPTIONS, **OPTIONS, **CONFIRMED},
        supports_check_mode=True,
    )
    reconcile(module, want.parse, have.read, resolve.resolve, plan.plan, plan.describe)


if __name__ == "__main__":
    main()
