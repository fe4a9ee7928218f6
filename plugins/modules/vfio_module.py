#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vfio_module
short_description: Load kernel modules for DPDK with their parameters, now and at boot
version_added: 0.1.0
description:
  - Loads a module such as C(vfio-pci) and sets its parameters. A parameter is compared with the live value below
    C(/sys/module), not with what a file says, and read back after it was set.
  - C(modprobe) on a loaded module changes no parameter and still succeeds; this module writes the live value instead,
    and refuses with the reason where the kernel reads the parameter only while the module is loaded.
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  name:
    description:
      - The module. Dashes and underscores are the same.
    type: str
    default: vfio-pci
  params:
    description:
      - Parameters by name. V(true), V(Y) and V(1) are the same for a boolean parameter.
    type: dict
    default: {}
  persistent:
    description:
      - Load the module with these parameters at boot as well, by files below C(/etc/modules-load.d) and C(/etc/modprobe.d).
    type: bool
    default: true
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
- name: Load vfio-pci
  dataplane.dpdk.vfio_module:
    name: vfio-pci

- name: Let a PF on vfio-pci have VFs
  dataplane.dpdk.vfio_module:
    name: vfio-pci
    params:
      enable_sriov: true
"""

RETURN = r"""
before:
  description: The state before, of what the task names.
  returned: success, and failure where it was read
  type: dict
  sample: {"loaded": false, "params": {}, "persistent": false, "persistent_params": {}}
after:
  description: The state after, in the same shape as RV(before); foretold in check mode.
  returned: success
  type: dict
  sample: {"loaded": true, "params": {}, "persistent": true, "persistent_params": {}}
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Wrote /etc/modules-load.d/dataplane-dpdk-vfio_pci.conf", "Loaded vfio_pci"]
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

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as kernel_module
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import reconcile, refuse


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "default": "vfio-pci"},
            "params": {"type": "dict", "default": {}},
            "persistent": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    try:
        want = kernel_module.wanted(module.params["name"], module.params["params"], module.params["persistent"])
    except HostError as error:
        refuse(module, error)
        return
    reconcile(
        module,
        lambda host: kernel_module.read(host, want.name),
        lambda have: kernel_module.plan(have, want),
        lambda have: kernel_module.describe(have, want),
    )


if __name__ == "__main__":
    main()
