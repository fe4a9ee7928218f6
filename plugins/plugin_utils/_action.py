# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugins of modules with `confirm_within` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action.normal import ActionModule as Normal
from ansible.plugins.connection import ConnectionBase
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _confirm


class ConfirmingAction(Normal):
    """Runs a module as always, and makes the contact for which the host waits, by a new connection."""

    def run(self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """See ActionBase."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        armed = _confirm.armed(result.pop("confirm", None))
        if armed:
            place, within = armed
            if type(self._connection).reset is not ConnectionBase.reset:
                self._connection.reset()
            done = self._low_level_execute_command(_confirm.script(place))
            result.update(_confirm.result(within, done["stdout"]))
        return result
