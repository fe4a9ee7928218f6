# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which boot stack a host has, in the order in which one hides another's files."""

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import (
    debian_grub,
    grub2,
    grubby,
    refusal,
    rpm_ostree,
    systemd_boot,
    systemd_entries,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import BootStack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

# The first one that is found counts, a refusal as much as a stack.
STACKS: tuple[BootStack[Any] | Refusal, ...] = (
    *refusal.CONTAINERS,
    rpm_ostree,
    *refusal.IMAGES,
    refusal.UNMOUNTED,
    systemd_boot,
    *refusal.LOADERS,
    *refusal.BESIDE,
    grubby,
    refusal.BLSCFG,
    debian_grub,
    grub2,
    systemd_entries,
    *refusal.BOARDS,
)


def detect(host: Host) -> BootStack[Any]:
    """Return the host's boot stack; raise HostError where boot parameters cannot be set on this host."""
    found = next((each for each in STACKS if each.detect(host)), None)
    if isinstance(found, Refusal):
        raise found.error(host)
    if found is None:
        signs = "; ".join(each.SIGN for each in STACKS if not isinstance(each, Refusal))
        raise refusal.unsupported(f"This host shows no boot stack that is known here (looked for {signs})")
    return found
