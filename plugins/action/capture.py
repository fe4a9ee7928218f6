# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the module, and write what it returns to a file on the controller."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]
    """The host names no path and no content of its own: both are what the task and the module's form say."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the module, without the capture once it is written."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        result.update(self._execute_module(task_vars=task_vars))
        dest = self._task.args.get("dest")
        if not dest or result.get("failed") or "capture" not in result:
            return result
        path = self._loader.path_dwim(dest)
        data = json.dumps(result.pop("capture"), indent=0, sort_keys=True).encode()
        if path.endswith(".gz"):
            data = gzip.compress(data, mtime=0)
        try:
            _write(path, data)
        except OSError as error:
            raise AnsibleActionFail(
                f"Cannot write the capture to {path}: {error.strerror}. Make its directory writable, or name another dest."
            ) from error
        return {**result, "dest": path, "size": len(data)}


def _write(path: str, data: bytes) -> None:
    """Write all of it or nothing; others may not read it, because it says much about the host."""
    directory = os.path.dirname(path)
    os.makedirs(directory, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=".capture-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
