#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dpdk_bind
short_description: Bind PCI devices to the driver that DPDK needs, safely and for good
version_added: 0.1.0
description:
  - Moves devices to drivers such as C(vfio-pci), and verifies by the kernel's own driver link that they are there.
  - Before anything is touched, every device is checked. A port by which the host is managed, a port in use,
    a device that a process holds open, a bridge, and a device whose IOMMU group an application could not open are
    refused, each with the reason and a remedy.
  - When a step fails, the devices that were moved before it go back to their old drivers.
  - What each device was on is recorded on the host at the first change.
  - The setting survives reboots, hot-plug and re-created VFs by udev rules; no agent is needed.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  devices:
    description:
      - The devices, each as a string or as a dictionary.
      - A string is a PCI address (V(0000:01:00.0), the domain may be left out), an interface name, a MAC address,
        or a vendor and device ID (V(8086:10c9)) that only one device has.
      - A dictionary has the keys C(device) (such a string), optionally C(vf) (the index of a VF below that PF),
        and optionally C(driver), which wins over O(driver).
      - An interface that is gone because its device was bound by this module before is still found by its name.
    type: list
    elements: raw
    required: true
  driver:
    description:
      - The driver for all devices that name none, as in C(/sys/bus/pci/drivers). Its module is loaded when needed.
    type: str
    default: vfio-pci
  persistent:
    description:
      - Keep the devices on their drivers by a udev rule, across reboots and hot-plug.
      - With V(false) the devices named here have no rule, and one that an earlier task left is removed.
    type: bool
    default: true
  group:
    description:
      - What to do when other devices in the IOMMU group keep an application from opening it.
      - V(refuse) names them and changes nothing; V(ignore) binds regardless.
    type: str
    choices: [refuse, ignore]
    default: refuse
  force:
    description:
      - Take a port away from what uses it. This does not cover the management path.
    type: bool
    default: false
  allow_management:
    description:
      - Take even a port that carries the management path. The host may be lost.
    type: bool
    default: false
  allow_bifurcated:
    description:
      - Take a port from C(mlx4_core), C(mlx5_core) or C(mana), though DPDK's drivers for those work on top of them.
    type: bool
    default: false
  assume_prepared:
    description:
      - Only for check mode. Foretell for a host on which the steps before this one have been done, so that an IOMMU
        that a pending reboot turns on, and VFs that are yet to be made, count as there.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    details:
      - RV(after) is foretold from the same plan that a real run carries out.
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: dataplane.dpdk.sriov_vfs
  - module: dataplane.dpdk.iommu_check
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
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
"""

RETURN = r"""
before:
  description: The state before, of what the task names.
  returned: success, and failure where it was read
  type: dict
  sample: {"devices": [{"address": "0000:02:00.0", "driver": "igb", "driver_override": null, "persistent_driver": null}]}
after:
  description: The state after, in the same shape as RV(before); foretold in check mode.
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
undone:
  description: What was brought back after a step failed.
  returned: failure
  type: list
  elements: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import binding, selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import reconcile, refuse


def wanted(params: dict[str, Any], check_mode: bool) -> binding.Want:
    """Return what the task asks for."""
    return binding.Want(
        drivers=tuple(_device(entry, params["driver"]) for entry in params["devices"]),
        persistent=params["persistent"],
        ignore_group=params["group"] == "ignore",
        consent=Consent(params["force"], params["allow_management"], params["allow_bifurcated"]),
        prepared=params["assume_prepared"] and check_mode,
    )


def _device(entry: Any, driver: str) -> tuple[Selector, str]:
    if isinstance(entry, dict) and isinstance(entry.get("driver", driver), str):
        driver = entry.get("driver", driver)
        entry = {key: value for key, value in entry.items() if key != "driver"}
    return selector.parse(entry), driver


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "devices": {"type": "list", "elements": "raw", "required": True},
            "driver": {"type": "str", "default": "vfio-pci"},
            "persistent": {"type": "bool", "default": True},
            "group": {"type": "str", "choices": ["refuse", "ignore"], "default": "refuse"},
            "force": {"type": "bool", "default": False},
            "allow_management": {"type": "bool", "default": False},
            "allow_bifurcated": {"type": "bool", "default": False},
            "assume_prepared": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    try:
        want = wanted(module.params, module.check_mode)
    except HostError as error:
        refuse(module, error)
        return
    reconcile(
        module,
        lambda host: binding.read(host, want),
        lambda have: binding.plan(have, want),
        lambda have: binding.describe(have, want),
    )


if __name__ == "__main__":
    main()
