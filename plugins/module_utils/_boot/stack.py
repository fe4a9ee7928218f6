# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which boot stack a host has, in the order in which one hides another's files."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import refusal, signs
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import BootStack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host


class _Later:
    """Stands for the file of a boot stack: it is imported where more is asked than whether a host boots by it."""

    def __init__(self, detect: Callable[[Host], bool], load: Callable[[], BootStack[Any]]) -> None:
        self.detect = detect
        self._load = load

    def __getattr__(self, name: str) -> Any:
        return getattr(self._load(), name)


def _later(detect: Callable[[Host], bool], load: Callable[[], BootStack[Any]]) -> BootStack[Any]:
    found: Any = _Later(detect, load)
    stack: BootStack[Any] = found
    return stack


def _rpm_ostree() -> BootStack[Any]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import rpm_ostree

    return rpm_ostree


def _systemd_boot() -> BootStack[Any]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import systemd_boot

    return systemd_boot


def _grubby() -> BootStack[Any]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import grubby

    return grubby


def _debian_grub() -> BootStack[Any]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import debian_grub

    return debian_grub


def _grub2() -> BootStack[Any]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import grub2

    return grub2


def _systemd_entries() -> BootStack[Any]:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import systemd_entries

    return systemd_entries


# The first one that is found counts, a refusal as much as a stack.
STACKS: tuple[BootStack[Any] | Refusal, ...] = (
    *refusal.CONTAINERS,
    _later(signs.rpm_ostree, _rpm_ostree),
    *refusal.IMAGES,
    refusal.UNMOUNTED,
    _later(signs.systemd_boot, _systemd_boot),
    *refusal.LOADERS,
    *refusal.BESIDE,
    _later(signs.grubby, _grubby),
    refusal.BLSCFG,
    _later(signs.debian_grub, _debian_grub),
    _later(signs.grub2, _grub2),
    _later(signs.systemd_entries, _systemd_entries),
    *refusal.BOARDS,
)


def detect(host: Host) -> BootStack[Any]:
    """Return the host's boot stack; raise HostError where boot parameters cannot be set on this host."""
    found = next((each for each in STACKS if each.detect(host)), None)
    if isinstance(found, Refusal):
        raise found.error(host)
    if found is None:
        known = "; ".join(each.SIGN for each in STACKS if not isinstance(each, Refusal))
        raise refusal.unsupported(f"This host shows no boot stack that is known here (looked for {known})")
    return found
