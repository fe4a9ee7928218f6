# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``restored`` as parameters: what takes back everything that was ever added and removed."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError


def resolve(have: Have, want: Want) -> Want:
    """Return the want with all its parameters named; raise HostError where the stack kept none to bring back."""
    if not want.restored:
        return want
    original = have.stack.original(have.configured)
    if original is None:
        raise HostError(
            f"On {have.stack.NAME} nothing keeps what the boot parameters were before the first change.",
            "Name in absent what should go, and in present what should come back.",
        )
    return replace(original, restored=True)
