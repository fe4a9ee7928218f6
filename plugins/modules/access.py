#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access
short_description: Let a group of users run DPDK applications without root
version_added: 0.1.0
description:
  - Makes a group, and gives it the nodes of the named devices and no others. These are the IOMMU group below C(/dev/vfio),
    the device below C(/dev/vfio/devices) and C(/dev/iommu), for devices on C(mlx4_core), C(mlx5_core) and C(mana) the node
    below C(/dev/infiniband), and for ports of the VMBus on C(uio_hv_generic) the node C(/dev/uioN).
  - udev rules do the same whenever a node is made, so after a reboot, a hot-plug and a change of drivers. The rules
    find the IOMMU group by the device, since its number differs from boot to boot.
  - An IOMMU group is opened as a whole. Who may open one reaches all devices in it.
  - Raises the limit of locked memory, since VFIO counts all memory that a device may reach, for logins (PAM) and for
    services (systemd).
  - Hugepages are given to the group by M(dataplane.dpdk.hugepages), the VF token by M(dataplane.dpdk.vf_token).
  - A PCI device without IOMMU protection, on UIO or in no-IOMMU mode, needs root whatever this module does. A port of the
    VMBus has no such protection either. Its application needs the capability C(CAP_SYS_ADMIN) besides the node, and uses
    one queue.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  group:
    description: The group. It is made as a system group where there is none. Needed unless O(state=restored).
    type: str
  users:
    description:
      - Users that should be members of it. They have to exist.
      - Members that are not named here stay.
    type: list
    elements: str
    default: []
  devices:
    description:
      - The devices that the group may open, as O(dataplane.dpdk.dpdk_bind#module:devices) takes them, without C(driver).
      - These are all; a device that an earlier task named and this one does not gets no rule.
    type: list
    elements: raw
    default: []
  memlock:
    description:
      - How much memory a process of the group may lock, such as V(512M) or V(1G), or V(unlimited). A number alone is in MiB. An
        application locks its hugepages and a little more.
      - When not given, there is no limit of ours, and the kernel's own holds, mostly 8 MiB.
    type: str
  services:
    description:
      - systemd services that get the group and the limit by a drop-in, such as V(vpp.service). PAM's limits do not reach them.
    type: list
    elements: str
    default: []
  state:
    description:
      - V(present) gives the group what is named.
      - V(restored) takes away rules, limits, drop-ins and the memberships that were added. The group stays, because files
        may belong to it.
    type: str
    choices: [present, restored]
    default: present
attributes:
  check_mode:
    support: full
    details:
      - RV(after) is predicted from the same plan that a real run carries out.
      - A VF that does not exist yet counts as there in check mode, since an earlier task may make it, and a warning says so. A real run
        refuses it.
seealso:
  - module: dataplane.dpdk.hugepages
  - module: dataplane.dpdk.vf_token
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.planning_module
"""

EXAMPLES = r"""
- name: Let the user nfv and the service vpp use one port and one VF, with up to 2 GiB of hugepages
  dataplane.dpdk.access:
    group: dpdk
    users: [nfv]
    services: [vpp.service]
    devices:
      - enp2s0
      - {device: enp1s0, vf: 0}
    memlock: 2112

- name: Take it back
  dataplane.dpdk.access:
    state: restored
"""

RETURN = r"""
before:
  description: The state before.
  returned: success, and failure where it was read
  type: dict
  sample: {"group": "dpdk", "exists": false, "users": [], "devices": [], "nodes": [], "memlock": null, "services": []}
after:
  description: The state after, in the same shape as RV(before); predicted in check mode. C(memlock) is in KiB.
  returned: success
  type: dict
  sample:
    group: dpdk
    exists: true
    users: [nfv]
    devices: ["0000:02:00.0"]
    nodes: [{"path": "/dev/vfio/9", "group": "dpdk", "mode": "0660"}]
    memlock: "2162688"
    services: [vpp.service]
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Made the group dpdk", "Gave /dev/vfio/9 to the group dpdk with mode 0660"]
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
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import have, plan, resolve, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import OPTIONS, reconcile


def main() -> None:
    module = AnsibleModule(
        argument_spec={**want.OPTIONS, **OPTIONS},
        required_if=want.REQUIRED_IF,
        supports_check_mode=True,
    )
    reconcile(module, want.parse, have.read, resolve.resolve, plan.plan, plan.describe)


if __name__ == "__main__":
    main()
