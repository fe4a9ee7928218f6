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
  - Returns every device that DPDK may use, in the classes of C(dpdk-devbind.py), with its drivers, interface, NUMA node, IOMMU group, VFs
    and users, what was recorded of it, and whether an application can start on it now.
  - Returns the kernel, its boot parameters, the modules for DPDK and the hugepages as well.
  - Never changes anything.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  devices:
    description:
      - Return only these devices, each as a PCI address, interface name, MAC address, or a vendor and device ID.
      - A port on the VMBus of Hyper-V has a GUID instead of a PCI address.
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

- name: List the devices that an application can start on now
  ansible.builtin.debug:
    msg: "{{ host.devices | selectattr('dpdk_ready') | map(attribute='address') }}"

- name: List the idle ports and the drivers they could have
  ansible.builtin.debug:
    msg: "{{ item.address }} is on {{ item.driver }} and could be on {{ item.candidate_drivers | join(', ') }}"
  loop: "{{ host.devices | selectattr('kind', 'eq', 'net') | rejectattr('active') }}"
  loop_control:
    label: "{{ item.address }}"

- name: Fail where a device is not as it was left
  ansible.builtin.assert:
    that:
      - host.drift == []
      - host.devices | map(attribute='drift') | flatten == []
"""

RETURN = r"""
devices:
  description: The PCI functions, by address; where O(devices) names some, those that it names, whatever their bus.
  returned: success
  type: list
  elements: dict
  contains:
    address:
      description: PCI address.
      type: str
      returned: success
      sample: "0000:02:00.0"
    kind:
      description:
        - Class of device in C(dpdk-devbind.py), one of V(net), V(baseband), V(crypto), V(dma), V(event), V(mempool), V(compress), V(regex),
          V(ml), V(misc). Devices named in O(devices) that are none of these are V(other).
      type: str
      returned: success
      sample: net
    ids:
      description: Vendor and device ID.
      type: str
      returned: success
      sample: "8086:10c9"
    vendor_name:
      description: Name of the vendor, V(null) where the host has no list of PCI IDs or it is not in there.
      type: str
      returned: success
      sample: Intel Corporation
    device_name:
      description: Name of the device, as RV(devices[].vendor_name).
      type: str
      returned: success
      sample: 82576 Gigabit Network Connection
    driver:
      description: Driver that the device is bound to, V(null) for none.
      type: str
      returned: success
      sample: vfio-pci
    driver_class:
      description:
        - What that driver is to DPDK. V(vfio) is C(vfio-pci), V(vfio_variant) another VFIO driver, which DPDK does not know, V(uio)
          C(uio_pci_generic) or C(igb_uio), V(bifurcated) a kernel driver that DPDK works on top of, V(kernel) any other, V(null) none.
      type: str
      returned: success
      sample: vfio
    driver_override:
      description: The only driver that may take the device, V(null) where any may.
      type: str
      returned: success
      sample: vfio-pci
    candidate_drivers:
      description:
        - Other drivers that could take the device. They are those of the kernel that know it, and those for DPDK that are
          loaded and that M(dataplane.dpdk.dpdk_bind) would not refuse because of what the device is.
      type: list
      elements: str
      returned: success
      sample: [igb]
    dpdk_driver:
      description: Whether the driver is C(vfio-pci), C(uio_pci_generic) or C(igb_uio).
      type: bool
      returned: success
      sample: true
    dpdk_pmds:
      description: DPDK's own drivers that know the device, as far as DPDK's source says. None is no error; an application may have its own.
      type: list
      elements: str
      returned: success
      sample: [net_e1000_igb]
    dpdk_ready:
      description:
        - Whether an application can start on the device now. Its driver has to be one that DPDK's driver for the device works with, and its
          IOMMU group viable; under UIO the IOMMU must not translate; a driver that DPDK works on top of has to offer what DPDK's needs,
          such as the nodes of C(ib_uverbs), Ethernet ports, or a work queue.
      type: bool
      returned: success
      sample: true
    dpdk_note:
      description: What is to be known of a device that is ready, such as that no driver of DPDK is known for it. V(null) where nothing is.
      type: str
      returned: success
    not_ready_reason:
      description: Why RV(devices[].dpdk_ready) is V(false).
      type: str
      returned: success
    not_ready_remedy:
      description: What to do about it.
      type: str
      returned: success
    interfaces:
      description: >-
        Network interfaces of the device, each with C(name) and C(mac); with C(altnames) where it has some, and with
        C(permanent_mac) where it shows another address for now, as below a bond. Representors of VFs and subfunctions are none.
      type: list
      elements: dict
      returned: success
      sample: []
    active:
      description:
        - Whether the host uses the device, by RV(devices[].management) or as a network port or disk. C(dpdk-devbind.py) marks fewer.
      type: bool
      returned: success
      sample: false
    used_by:
      description: Who uses the device, such as a process that has it open or the address on its interface.
      type: str
      returned: success
    management:
      description: How the host depends on the device, which carries its management path or its system. V(null) where it does not.
      type: str
      returned: success
    last_interface:
      description: Name of the interface before the device was first changed.
      type: str
      returned: success
      sample: enp2s0
    last_mac:
      description: Permanent MAC address of that interface.
      type: str
      returned: success
      sample: "52:54:00:00:01:02"
    original_driver:
      description: Driver before the device was first changed.
      type: str
      returned: success
      sample: igb
    persistent_driver:
      description: Driver that the rules of M(dataplane.dpdk.dpdk_bind) give the device, V(null) where there is no rule.
      type: str
      returned: success
      sample: vfio-pci
    persistent_num_vfs:
      description: Number of VFs that the rules of M(dataplane.dpdk.sriov_vfs) give the device, V(null) where there is no rule.
      type: int
      returned: success
    drift:
      description:
        - A sentence for each difference between the device and what was recorded of it or its rules say.
        - Those of a PF tell of its VFs too, such as V(VF 1 should have vlan 101 qos 1, but has vlan 999 qos 0.).
      type: list
      elements: str
      returned: success
      sample: []
    numa_node:
      description: NUMA node, V(null) where the firmware reports none.
      type: int
      returned: success
    iommu_group:
      description: Number of the IOMMU group.
      type: int
      returned: success
      sample: 10
    iommu_group_members:
      description: PCI addresses of all devices in that group.
      type: list
      elements: str
      returned: success
      sample: ["0000:02:00.0"]
    iommu_group_blockers:
      description: PCI addresses of the other devices in that group whose drivers keep an application from opening it.
      type: list
      elements: str
      returned: success
      sample: []
    pf:
      description: PCI address of the PF of a VF.
      type: str
      returned: success
    num_vfs:
      description: Number of VFs now.
      type: int
      returned: success
      sample: 0
    total_vfs:
      description: Number of VFs that there may be.
      type: int
      returned: success
      sample: 7
    vfs:
      description: PCI addresses of the VFs, by index.
      type: list
      elements: str
      returned: success
      sample: []
vmbus_devices:
  description: The network devices on the VMBus of a guest of Hyper-V, which have no PCI address.
  returned: success
  type: list
  elements: dict
  contains:
    guid:
      description: GUID of the device, its name below C(/sys/bus/vmbus/devices).
      type: str
      returned: success
      sample: f8b3781a-1e82-4818-a1c3-63d806ec15bb
    driver:
      description: Driver that the device is bound to, V(null) for none.
      type: str
      returned: success
      sample: hv_netvsc
    driver_override:
      description: The only driver that may take the device, V(null) where any may.
      type: str
      returned: success
    numa_node:
      description: NUMA node, V(null) where the host reports none.
      type: int
      returned: success
      sample: 0
    interfaces:
      description: >-
        Network interfaces of the device, each with C(name) and C(mac); with C(altnames) where it has some, and with
        C(permanent_mac) where it shows another address for now, as below a bond. Representors of VFs and subfunctions are none.
      type: list
      elements: dict
      returned: success
      sample: [{"name": "eth1", "mac": "00:15:5d:00:00:01"}]
    dpdk_ready:
      description: Whether the driver is C(uio_hv_generic).
      type: bool
      returned: success
      sample: false
    active:
      description: Whether the host uses the device.
      type: bool
      returned: success
      sample: false
    used_by:
      description: Who uses the device.
      type: str
      returned: success
    management:
      description: How the host depends on the device, which carries its management path or its system. V(null) where it does not.
      type: str
      returned: success
    original_driver:
      description: Driver that the device had when it was first changed, V(null) where it was never.
      type: str
      returned: success
    persistent_driver:
      description: Driver that a rule keeps the device on, V(null) for none.
      type: str
      returned: success
    drift:
      description: A sentence for each difference between the device and what the rules and records of this host say.
      type: list
      elements: str
      returned: success
      sample: []
drift:
  description: A sentence for each rule of this host whose device is not there.
  returned: success
  type: list
  elements: str
  sample: ["No device is at 0000:01:10.0, which should be on vfio-pci."]
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
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import have, overview, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import report


def main() -> None:
    module = AnsibleModule(
        argument_spec={"devices": {"type": "list", "elements": "raw", "default": []}},
        supports_check_mode=True,
    )
    report(module, want.parse, have.read, overview.describe)


if __name__ == "__main__":
    main()
