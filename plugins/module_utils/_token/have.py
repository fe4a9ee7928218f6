# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host has: the file of the VF token, its owner and mode."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import ownership
from ansible_collections.dataplane.dpdk.plugins.module_utils._token.want import Want


@dataclass(frozen=True, repr=False)
class Have:
    """The file; None where there is none. ``numbers`` are those of its user and group, and ``exposed`` is a directory on the
    way to it that others than root may write.

    Its text is a secret: no repr shows it, not even in a traceback.
    """

    text: str | None
    mode: str | None = None
    owner: str | None = None
    group: str | None = None
    group_exists: bool = True
    numbers: tuple[int, int] = (0, 0)
    exposed: str | None = None


def read(host: Host, want: Want) -> Have:
    """Read the file, and whether there is the group that should have it; raise HostError where a link is in its place."""
    status = host.status(want.path)
    if status is not None and status.kind != "file":
        raise HostError(
            f"{want.path} is a {status.kind if status.kind != 'other' else 'special file'}; no VF token is read from that.",
            f"Look what {want.path} is, and remove it, or name another path.",
        )
    text = host.read(want.path)
    exposed = ownership.exposed(host, want.path.rpartition("/")[0])
    there = want.restored or ownership.exists(host, "group", want.group)
    if text is None:
        return Have(None, group_exists=there, exposed=exposed)
    found = ownership.read(host, want.path)
    numbers = (status.uid, status.gid) if status else (0, 0)
    return Have(text, found.mode, found.owner, found.group, there, numbers, exposed)
