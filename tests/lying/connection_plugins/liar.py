# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to a host that runs nothing and answers every module with what a file says."""

from __future__ import annotations

DOCUMENTATION = """
name: liar
short_description: Answers what a file says
description:
  - Runs nothing anywhere. What a host answers to each module is in the JSON file that LIAR_ANSWERS names.
author:
  - The dataplane.dpdk authors (@dataplane)
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from ansible.plugins.connection import ConnectionBase

_MODULE = re.compile(rb"(?:ansible_collections\.dataplane\.dpdk\.plugins\.modules|ansible\.modules)\.([a-z_]+)")
_TEMPORARY = re.compile(r"ansible-tmp-[0-9.-]+")


class Connection(ConnectionBase):
    """A host that lies."""

    transport = "liar"
    has_pipelining = True

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        answers = json.loads(Path(os.environ["LIAR_ANSWERS"]).read_text())[self._play_context.remote_addr]
        found = _MODULE.search(in_data or b"")
        if found:
            return 0, _said(answers.get(found[1].decode(), answers["*"])), b""
        temporary = _TEMPORARY.search(cmd)
        if temporary and "mkdir" in cmd:
            return 0, f"{temporary[0]}=/nowhere/{temporary[0]}\n".encode(), b""
        return 0, _said(answers["smoke"]) if "smoke.py" in cmd else b"", b""

    def put_file(self, in_path: str, out_path: str) -> None:
        """Take a file and keep nothing."""

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Give nothing."""

    def close(self) -> None:
        self._connected = False


def _said(answer: Any) -> bytes:
    return answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
