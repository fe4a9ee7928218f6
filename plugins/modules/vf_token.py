#!/usr/bin/python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vf_token
short_description: Make the VF token of a host, and keep it secret
version_added: 0.1.0
description:
  - Where a PF is on C(vfio-pci), the kernel lets nobody open one of its VFs without the token of that PF. The PF's
    application sets the token when it starts, and each application of a VF has to give the same.
  - This module makes one token for the host, a random UUID in a file that only root and one group can read. It is
    made once. Later runs change nothing, until O(rotate) asks for a new one.
  - The token is in no output, not with C(-vvv), not in a diff, and not in the host's log.
  - DPDK applications take it as C(--vfio-vf-token=UUID). That of the PF and those of its VFs need it alike. In a shell script
    that is C(--vfio-vf-token="$(cat /etc/dataplane-dpdk/vf_token\)").
author:
  - The dataplane.dpdk authors (@dataplane)
options:
  path:
    description:
      - The file that holds the token, followed by a line feed. It is no link, and lies below directories that root alone may write.
    type: path
    default: /etc/dataplane-dpdk/vf_token
  group:
    description: The group that may read it besides root; the one that the applications run in. The file belongs to root, and its mode is V(0640).
    type: str
    default: root
  rotate:
    description:
      - Make a new token, in any case.
      - Applications that run keep the old one. Stop those of a PF and of all its VFs first, and start them with the new one.
    type: bool
    default: false
  return_token:
    description:
      - Return the token itself as RV(token), for tasks that hand it to an application elsewhere.
      - The task needs C(no_log) set to V(true), and each task that uses what it registered does too.
    type: bool
    default: false
  state:
    description: V(absent) removes the file, and so does V(restored), the word of the other modules for taking back.
    type: str
    choices: [present, absent, restored]
    default: present
attributes:
  diff_mode:
    support: full
    details:
      - The diff shows the file's path, mode, owner and group, and never its text.
  idempotent:
    support: partial
    details:
      - With O(rotate=true) each run makes a new token.
seealso:
  - module: dataplane.dpdk.sriov_vfs
extends_documentation_fragment:
  - dataplane.dpdk._attributes
  - dataplane.dpdk._attributes.actiongroup_dpdk
  - dataplane.dpdk._attributes.planning_module
"""

EXAMPLES = r"""
- name: Have a VF token that members of the group dpdk can read
  dataplane.dpdk.vf_token:
    group: dpdk

- name: Make a new one
  dataplane.dpdk.vf_token:
    group: dpdk
    rotate: true
"""

RETURN = r"""
before:
  description: The file before. The token is not part of it.
  returned: success, and failure where it was read
  type: dict
  sample: {"path": "/etc/dataplane-dpdk/vf_token", "exists": false, "mode": null, "owner": null, "group": null}
after:
  description: The file after, in the same shape as RV(before); predicted in check mode.
  returned: success
  type: dict
  sample: {"path": "/etc/dataplane-dpdk/vf_token", "exists": true, "mode": "0640", "owner": "root", "group": "dpdk"}
path:
  description: The file that holds the token.
  returned: success
  type: str
  sample: /etc/dataplane-dpdk/vf_token
token:
  description: The token. V(null) where there is none, and in check mode where a new one would be made.
  returned: success, with O(return_token=true)
  type: str
actions:
  description: What was done, or would be done in check mode, in order.
  returned: always
  type: list
  elements: str
  sample: ["Made a VF token in /etc/dataplane-dpdk/vf_token"]
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
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import as_written
from ansible_collections.dataplane.dpdk.plugins.module_utils._result import OPTIONS, reconcile, refuse
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import have, plan, want


def main() -> None:
    module = AnsibleModule(
        argument_spec={**want.OPTIONS, **OPTIONS},
        supports_check_mode=True,
    )
    if module.params["return_token"] and not module.no_log:
        refuse(
            module,
            HostError("The VF token is returned only where it is not logged.", "Set no_log: true for this task."),
        )
        return
    reconcile(module, want.parse, have.read, as_written, plan.plan, plan.describe)


if __name__ == "__main__":
    main()
