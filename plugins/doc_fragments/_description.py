# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is described of a host, for the modules that plan for it or look at it for a plan."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  ports:
    description:
      - The ports that DPDK gets, as O(dataplane.dpdk.dpdk_bind#module:devices) takes them.
      - A PF that is in O(pfs) as well gets C(vfio-pci) first, with C(enable_sriov), and its VFs there.
    type: list
    elements: raw
    default: []
  pfs:
    description:
      - The PFs that get VFs, as O(dataplane.dpdk.sriov_vfs#module:pfs) takes them. An entry may have C(persistent), C(force) and
        C(allow_recreate) of its own.
      - The older name O(vfs) goes in version 2.0.0.
    type: list
    elements: dict
    default: []
    aliases: [vfs]
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
      persistent:
        description: As O(dataplane.dpdk.vfio_module#module:persistent). When not given, it is what holds for the whole description, V(true) by itself.
        type: bool
      path:
        description: As O(dataplane.dpdk.vfio_module#module:path).
        type: path
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
          - How much memory a process may lock, as O(dataplane.dpdk.access#module:memlock).
          - When not given, it is the memory of O(hugepages) and 64 MiB more.
        type: str
  vf_token:
    description: Have a VF token, as M(dataplane.dpdk.vf_token) makes it, for the applications of a PF on C(vfio-pci) and of its VFs.
    type: dict
    suboptions:
      path:
        description: The file, as O(dataplane.dpdk.vf_token#module:path).
        type: path
      group:
        description: The group that may read it. When not given, it is that of O(access), or C(root).
        type: str
  kernel_args:
    description: Further boot parameters, as O(dataplane.dpdk.kernel_args#module:present) takes them.
    type: raw
    default: []
  kernel_args_absent:
    description: Boot parameters that must not be there, as O(dataplane.dpdk.kernel_args#module:absent) takes them.
    type: raw
    default: []
  kernel_args_replace:
    description: Keys whose values are all named, as O(dataplane.dpdk.kernel_args#module:replace) takes them.
    type: raw
    default: []
"""
