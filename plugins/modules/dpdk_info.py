#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dpdk_info
short_description: Show a host as DPDK sees it
version_added: 0.1.0
description:
  - Returns every network, crypto, accelerator and similar PCI function with its driver, interface, NUMA node, IOMMU group, VFs and users,
    and the kernel, its boot parameters, the modules for DPDK and the hugepages.
  - Never changes anything.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  devices:
    description:
      - Return only these devices, each as a PCI address, interface name, MAC address, or a vendor and device ID.
      - A VF may also be given as a dictionary with the keys C(device) (its PF, in one of these ways) and C(vf) (its index).
    type: list
    elements: raw
    default: []
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.info_module
"""

EXAMPLES = r"""
- name: Look at the host
  dataplane.dpdk.dpdk_info:
  register: host

- name: List the ports that DPDK can use now
  ansible.builtin.debug:
    msg: "{{ host.devices | selectattr('dpdk_driver') | map(attribute='address') }}"
"""

RETURN = r"""
devices:
  description: The PCI functions, by address.
  returned: success
  type: list
  elements: dict
  sample:
    - address: "0000:02:00.0"
      kind: net
      ids: "8086:10c9"
      driver: vfio-pci
      driver_override: vfio-pci
      dpdk_driver: true
      interfaces: []
      last_interface: enp2s0
      last_mac: "52:54:00:00:01:02"
      numa_node: null
      iommu_group: 10
      iommu_group_members: ["0000:02:00.0"]
      pf: null
      num_vfs: 0
      total_vfs: 7
      vfs: []
      used_by: null
      management: null
      persistent_driver: vfio-pci
      original_driver: igb
kernel:
  description: The running kernel, its boot parameters, and the identity of this boot.
  returned: success
  type: dict
  sample: {"release": "6.12.107+deb13-amd64", "cmdline": "quiet intel_iommu=on", "boot_id": "8d9f0b1a-0000-4000-8000-000000000000"}
modules:
  description: The kernel modules for DPDK, whether they are loaded, and their live parameters.
  returned: success
  type: dict
  sample: {"vfio_pci": {"loaded": true, "parameters": {"enable_sriov": "N"}}}
hugepages:
  description: The hugepages of each size in KiB and NUMA node.
  returned: success
  type: list
  elements: dict
  sample: [{"size_kb": 2048, "node": 0, "total": 256, "free": 256}]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import overview, selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import report


def main() -> None:
    module = AnsibleModule(
        argument_spec={"devices": {"type": "list", "elements": "raw", "default": []}},
        supports_check_mode=True,
    )
    report(module, lambda host: overview.look(host, [selector.parse(entry) for entry in module.params["devices"]]))


if __name__ == "__main__":
    main()
