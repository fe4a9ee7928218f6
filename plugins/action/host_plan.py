# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the module on the host, or make the plans here where a capture stands for the host."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _rehearsal


class ActionModule(ActionBase):  # type: ignore[misc]
    """With ``capture`` nothing is executed anywhere else: five hundred hosts are rehearsed in a minute."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of host_plan."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        capture = self._task.args.get("capture")
        if capture:
            return {**result, **_rehearsal.plan(self._loader.path_dwim(capture), self._task.args)}
        return {**result, **self._execute_module(task_vars=task_vars)}
