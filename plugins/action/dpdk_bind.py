# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module dpdk_bind, and shows the host afterwards that it is still reached where it waits for that."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.plugin_utils._action import ConfirmingAction


class ActionModule(ConfirmingAction):
    """The module, with `confirm_within`."""
