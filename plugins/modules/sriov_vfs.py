#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sriov_vfs
short_description: Give PFs the number of VFs they are to have, and keep it
version_added: 0.1.0
description:
  - Sets the number of virtual functions (VFs) of physical functions (PFs), counts afterwards what the driver made,
    and brings the VFs back after a reboot or a reload of the PF's driver by a udev rule.
  - A number other than 0 is not changed to another unless O(allow_recreate) is set, as that removes all VFs with their settings.
  - VFs that are in use, or that a process holds open, stop it; they are named.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  pfs:
    description: The PFs and what they are to have.
    type: list
    elements: dict
    required: true
    suboptions:
      device:
        description:
          - The PF, as a PCI address, interface name, MAC address, or a vendor and device ID that only one device has.
        type: str
        required: true
      num_vfs:
        description:
          - The number of VFs, from 0 to the PF's C(sriov_totalvfs).
        type: int
        required: true
      drivers_autoprobe:
        description:
          - Whether native drivers may take the VFs that are made from now on.
          - With V(false) no network interface appears for them; this is what VFs for DPDK want.
          - Left as it is when not given.
        type: bool
  allow_recreate:
    description:
      - Change a number of VFs other than 0 to another one by way of 0.
    type: bool
    default: false
  persistent:
    description:
      - Make the VFs again at boot, by a udev rule.
      - With V(false) the PFs named here have no rule, and one that an earlier task left is removed.
    type: bool
    default: true
  force:
    description:
      - Remove VFs whose network interface is in use. This does not cover the management path.
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
  - module: dataplane.dpdk.dpdk_bind
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
"""

EXAMPLES = r"""
- name: Two VFs on one PF, none of them taken by its native driver
  dataplane.dpdk.sriov_vfs:
    pfs:
      - device: enp1s0
        num_vfs: 2
        drivers_autoprobe: false

- name: No VFs any more
  dataplane.dpdk.sriov_vfs:
    pfs:
      - {device: "0000:01:00.0", num_vfs: 0}
"""

RETURN = r"""
before:
  description: The state before, of what the task names.
  returned: success, and failure where it was read
  type: dict
  sample: {"pfs": [{"address": "0000:01:00.0", "num_vfs": 0, "drivers_autoprobe": true, "vfs": [], "persistent_num_vfs": null}]}
after:
  description: The state after, in the same shape as RV(before); foretold in check mode.
  returned: success
  type: dict
  sample: {"pfs": [{"address": "0000:01:00.0", "num_vfs": 1, "drivers_autoprobe": false, "vfs": ["0000:01:10.0"], "persistent_num_vfs": 1}]}
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
undone:
  description: What was brought back after a step failed.
  returned: failure
  type: list
  elements: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import reconcile


def wanted(params: dict[str, Any]) -> sriov.Want:
    """Return what the task asks for."""
    return sriov.Want(
        pfs=tuple(sriov.PfWant(pf["device"], pf["num_vfs"], pf["drivers_autoprobe"]) for pf in params["pfs"]),
        allow_recreate=params["allow_recreate"],
        persistent=params["persistent"],
        consent=Consent(force=params["force"]),
    )


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "pfs": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "device": {"type": "str", "required": True},
                    "num_vfs": {"type": "int", "required": True},
                    "drivers_autoprobe": {"type": "bool"},
                },
            },
            "allow_recreate": {"type": "bool", "default": False},
            "persistent": {"type": "bool", "default": True},
            "force": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    want = wanted(module.params)
    reconcile(
        module,
        sriov.read,
        lambda have: sriov.plan(have, want),
        lambda have: sriov.describe(have, want),
    )


if __name__ == "__main__":
    main()
