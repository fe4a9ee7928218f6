# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot parameters of a host: what is configured, what is booted, and the note of a reboot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import attempt, owners, signs, stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.attempt import Attempt
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.owners import Owner
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import BootStack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.measured import Bound


@dataclass(frozen=True)
class Have:
    """The boot stack with its own picture, and the tokens that the next boot is given and that this one was given.

    ``bound`` are disks that a TPM unlocks for the parameters of this boot alone.
    """

    stack: BootStack[Any]
    configured: Any
    tokens: tuple[str, ...]
    booted: tuple[str, ...]
    attempt: Attempt
    owners: tuple[Owner, ...] = ()
    bound: tuple[Bound, ...] = ()


def read(host: Host, want: Want) -> Have:
    """Find the boot stack and read its state; raise HostError where it is none that is known."""
    found = stack.detect(host)
    configured = found.read(host)
    booted = cmdline.parse(host.attr("/proc/cmdline") or "")
    note = attempt.read(host)
    asked = found.original(configured) if want.restored else want
    if asked is not None and not attempt.settled(note, asked, not asked.holds(booted)):
        configured = found.preview(host, configured, asked)
    return Have(
        stack=found,
        configured=configured,
        tokens=configured.tokens,
        booted=booted,
        attempt=note,
        owners=owners.read(host),
        bound=_bound(host),
    )


def _bound(host: Host) -> tuple[Bound, ...]:
    """Return the disks that a TPM unlocks; nothing is looked for where there is none."""
    if not host.names(signs.TPM):
        return ()
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import measured

    return measured.read(host)
