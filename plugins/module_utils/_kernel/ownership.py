# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""To whom a file belongs, and what its mode lets others do; modes are octal, as in 0660."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host


@dataclass(frozen=True)
class Ownership:
    """The owner and the group of a file by name, and its mode."""

    owner: str
    group: str
    mode: str


def read(host: Host, path: str) -> Ownership:
    """Return to whom a file belongs; it has to be there."""
    mode, owner, group = host.must("stat", "-c", "%a %U %G", path).split()
    return Ownership(owner, group, f"{mode:0>4}")


def give(host: Host, path: str, to: Ownership, *, whom: str, remedy: str) -> None:
    """Give a file its owner, group and mode; ``whom`` and ``remedy`` are for the error that there is no such owner."""
    done = host.run("chown", f"{to.owner}:{to.group}", path)
    if done.rc != 0:
        raise HostError(f"{path} could not be given to {whom}: {done.err.strip() or done.out.strip()}", remedy)
    host.must("chmod", to.mode, path)
