# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that holds a host's VF token, written and parsed back. Its text is a secret: it goes into no message."""

from __future__ import annotations

import uuid

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

PATH = "/etc/dataplane-dpdk/vf_token"
MODE = "0640"
OWNER = "root"


def new() -> str:
    """Return the text of a file with a new token."""
    return f"{uuid.uuid4()}\n"


def parse(text: str | None, path: str) -> str | None:
    """Return the token in a file's text, or None where there is no file."""
    if text is None:
        return None
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError:
        pass
    # Not chained: the cause would show the text.
    raise HostError(
        f"{path} holds no UUID, so it is no VF token. What it holds is not shown.",
        "Look at the file on the host, and remove it or set rotate to have a new token made.",
    )
