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
  - Never changes anything.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  devices:
    description:
      - Devices to judge one by one as well, each as a PCI address, interface name, MAC address, or a vendor and device ID.
      - A VF may also be given as a dictionary with the keys C(device) (its PF, in one of these ways) and C(vf) (its index).
    type: list
    elements: raw
    default: []
  fail:
    description:
      - Fail, with causes and remedies, when DMA is not protected on the host or for one of O(devices).
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

- name: See what this host needs
  dataplane.dpdk.iommu_check:
    fail: false
  register: iommu
"""

RETURN = r"""
verdict:
  description:
    - V(active), V(passthrough) (effective, with identity domains for the kernel's own drivers), V(off_by_cmdline),
      V(supported_but_not_enabled), V(firmware_absent), V(vm_no_viommu), V(kernel_unsupported) or V(noiommu).
  returned: always
  type: str
  sample: off_by_cmdline
effective:
  description: Whether the IOMMU protects DMA on this host.
  returned: always
  type: bool
platform:
  description: The kind of IOMMU that the firmware tells of, or V(null).
  returned: always
  type: str
  sample: intel
causes:
  description: Why the verdict is what it is.
  returned: always
  type: list
  elements: str
remedies:
  description: What to do to have DMA protected, as sentences.
  returned: always
  type: list
  elements: str
kernel_args:
  description: The boot parameters for this platform, as M(dataplane.dpdk.kernel_args) takes them.
  returned: always
  type: dict
  sample: {"present": ["intel_iommu=on"], "absent": ["intel_iommu=off", "iommu=off"]}
devices:
  description: The verdict on each of O(devices).
  returned: always
  type: list
  elements: dict
  sample:
    - {"address": "0000:01:00.0", "protected": true, "iommu_group": 9, "group_type": "DMA-FQ", "group_members": ["0000:01:00.0"]}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as pci_device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import iommu, selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import report


def look(host: Host, selectors: list[selector.Selector]) -> dict[str, Any]:
    """Return the verdict on the host and on the named devices."""
    facts = iommu.read(host)
    verdict = iommu.judge(facts)
    devices = pci_device.scan(host) if selectors else {}
    records = record.parse(host.read(record.PATH)) if selectors else {}
    return {
        "verdict": verdict.name,
        "effective": verdict.effective,
        "platform": facts.platform,
        "causes": list(verdict.causes),
        "remedies": list(verdict.remedies),
        "kernel_args": verdict.kernel_args,
        "devices": [iommu.judge_device(facts, selector.find_present(devices, records, each)) for each in selectors],
    }


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "devices": {"type": "list", "elements": "raw", "default": []},
            "fail": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    report(
        module,
        lambda host: look(host, [selector.parse(entry) for entry in module.params["devices"]]),
        iommu.complaint if module.params["fail"] else None,
    )


if __name__ == "__main__":
    main()
