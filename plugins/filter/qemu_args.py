# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: qemu_args
short_description: QEMU arguments of a virtual machine with an IOMMU and SR-IOV ports
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Turns the description of a machine into the argument list of C(qemu-system-x86_64) or, with O(_input.arch=arm64),
    C(qemu-system-aarch64), without the program's own name.
  - The role P(dataplane.dpdk.dpdk_lab#role) uses it for every machine it starts.
  - Every device gets a fixed PCI slot, so that the names of the interfaces in the guest depend on the description alone.
    Ports on a root port come first, one bus each from bus 1 on, then the bridges in the order in which they are named.
  - The disk and the management port bypass the virtual IOMMU, so no test of the IOMMU can cut the connection.
options:
  _input:
    description:
      - The machine.
    type: dict
    required: true
    suboptions:
      name:
        description: Name of the machine, shown in the host's process list.
        type: str
        required: true
      directory:
        description: Where the serial log and the pid file are written.
        type: path
        required: true
      disk:
        description: The machine's own qcow2 overlay.
        type: path
        required: true
      memory:
        description: Memory, such as V(2G) or V(512M). A number alone is in MiB.
        type: str
        required: true
      cpus:
        description: Number of virtual CPUs.
        type: int
        required: true
      arch:
        description: Architecture of the machine.
        type: str
        choices: [amd64, arm64]
        default: amd64
      accel:
        description: V(kvm) or V(tcg). An arm64 machine is always emulated.
        type: str
        choices: [kvm, tcg]
        required: true
      firmware:
        description:
          - Firmware of the machine. An arm64 machine has V(uefi), which describes the hardware in ACPI tables, or V(none), where
            a device tree describes it. Others have all but V(none).
          - The default is V(bios), and V(uefi) with O(_input.arch=arm64).
        type: str
        choices: [bios, uefi, secureboot, none]
      firmware_code:
        description: UEFI's code, one for Secure Boot with O(_input.firmware=secureboot). Needed with UEFI.
        type: path
      nvram:
        description: The machine's own copy of UEFI's variables, qcow2. Needed with UEFI.
        type: path
      kernel:
        description: Kernel that the firmware or QEMU starts. Needed with O(_input.arch=arm64), and only used there.
        type: path
      initrd:
        description: Its initramfs. Needed with O(_input.arch=arm64), and only used there.
        type: path
      kernel_args:
        description: Boot parameters besides those that every machine needs. Only used with O(_input.arch=arm64).
        type: str
        default: ""
      iommu:
        description:
          - Kind of the virtual IOMMU. An arm64 machine has V(smmuv3) or V(none), and others all but V(smmuv3).
          - The default is V(intel), and V(smmuv3) with O(_input.arch=arm64).
        type: str
        choices: [intel, amd, virtio, smmuv3, none]
      nics:
        description: The ports besides the management port.
        type: list
        elements: dict
        default: []
        suboptions:
          model:
            description: QEMU's name of the device, for example V(igb), V(e1000) or V(virtio-net-pci).
            type: str
            required: true
          port:
            description: V(root) puts the device on a PCIe root port of its own. Exactly one of O(_input.nics[].port) and
              O(_input.nics[].behind) must be given.
            type: str
            choices: [root]
          behind:
            description: Name of a PCIe-to-PCI bridge. Ports that name the same bridge share it, and its IOMMU group.
            type: str
          wire:
            description: Name of a wire. Ports on the same wire reach each other. Without it the port's wire has one end.
            type: str
          mac:
            description: MAC address. The default is derived from the position in the list.
            type: str
      devices:
        description:
          - Further devices, each as QEMU's C(-device) takes it. Slots 0x6 to 0x8 and 0xa to 0xf of the root bus are free.
        type: list
        elements: str
        default: []
      seed:
        description: Directory with C(user-data) and C(meta-data) for cloud-init, shown to the guest as a disk labelled V(cidata).
        type: path
      loadvm:
        description: Name of the internal snapshot to resume.
        type: str
"""

EXAMPLES = r"""
- name: Show how a machine with one SR-IOV port would be started
  ansible.builtin.debug:
    msg: "{{ machine | dataplane.dpdk.qemu_args | join(' ') }}"
  vars:
    machine:
      name: vfio-trixie
      directory: /var/tmp/lab/vfio-trixie
      disk: /var/tmp/lab/vfio-trixie/disk.qcow2
      memory: 2048
      cpus: 2
      accel: tcg
      iommu: intel
      nics:
        - model: igb
          port: root
"""

RETURN = r"""
_value:
  description: The arguments, one element each.
  type: list
  elements: str
"""

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _qemu


def qemu_args(machine: Any) -> list[str]:
    """The argument list of QEMU for the machine described; see the documentation above for the keys."""
    try:
        return _qemu.arguments(machine)
    except _qemu.MachineError as error:
        raise AnsibleFilterError(f"qemu_args: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"qemu_args": qemu_args}
