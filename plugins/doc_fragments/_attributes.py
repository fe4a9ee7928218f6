# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module promises, described once.

Every module extends `dataplane.dpdk._attributes` and `dataplane.dpdk._attributes.actiongroup_dpdk`; as well one that
changes the host extends `dataplane.dpdk._attributes.planning_module`, and one that only looks
`dataplane.dpdk._attributes.info_module`. Where a module's promise differs, it states that itself.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changes it would make, without making them.
  diff_mode:
    description: Returns what has changed, or in check mode would change, as a diff when run with C(--diff).
  idempotent:
    description:
      - When run twice in a row outside check mode with the same arguments, the second run reports no change.
      - This assumes that nothing else has changed the host in between.
  platform:
    description: The operating systems of the hosts that the module can manage.
    support: full
    platforms: linux
"""

    # Use together with the standard fragment, in every module of the action group of meta/runtime.yml.
    ACTIONGROUP_DPDK = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/dataplane.dpdk.dpdk) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - dataplane.dpdk.dpdk
"""

    # Use together with the standard fragment, in modules that carry out a plan.
    PLANNING_MODULE = r"""
options:
  lock_timeout:
    description:
      - How many seconds to wait for another run that changes the host. One at a time does, whichever module, controller
        or slice of a task it is of.
      - Who waited has a warning that names the process, the module and since when it ran. After this time the task fails
        with the same, and has changed nothing.
    type: int
    default: 300
    version_added: 1.0.0
attributes:
  check_mode:
    support: full
    details:
      - RV(after) is predicted from the same plan that a real run carries out.
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    # Use together with the standard fragment, in modules that can cut a host off.
    CONFIRMED = r"""
options:
  confirm_within:
    description:
      - Have the host take all of the change back by itself, unless the controller reaches it again within as many seconds
        after the change. Drivers, VFs, rules and records are then as they were before.
      - The task itself makes that contact, by a new connection, and fails where the host was faster. With C(async), the next
        task of this collection that is not in check mode does.
      - A timer of systemd sees to it, which also counts where the task is killed. Nothing of it is left afterwards.
      - A reboot before the contact is no contact. The next run of a module that changes the host then takes the change back.
    type: int
    version_added: 1.0.0
"""

    # Use together with the standard fragment, in modules that never change the host.
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module only reads the state of the host.
  diff_mode:
    support: N/A
    details:
      - This module only reads the state of the host.
  idempotent:
    support: full
    details:
      - This module only reads the state of the host.
"""
