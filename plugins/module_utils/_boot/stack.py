# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which boot stack a host has."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import debian_grub
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

# Marks of stacks that must be told from Debian's GRUB, as some of them leave GRUB's files lying about.
_OTHERS = {
    "/run/ostree-booted": "rpm-ostree",
    "/usr/sbin/grubby": "BLS entries kept by grubby",
    "/run/.containerenv": "a container",
    "/.dockerenv": "a container",
}


def require_supported(host: Host) -> None:
    """Raise HostError where boot parameters cannot be set on this host."""
    for path, name in _OTHERS.items():
        if host.exists(path):
            raise _unsupported(f"This host boots by {name} ({path} exists)")
    if not debian_grub.found(host):
        needed = f"/etc/debian_version, {debian_grub.MAIN} and {debian_grub.GRUB_CFG}"
        raise _unsupported(f"This host shows no boot stack that is known here (looked for {needed})")


def _unsupported(reason: str) -> HostError:
    return HostError(
        f"{reason}, which kernel_args does not support. Nothing was changed.",
        "Set the boot parameters with the host's own tool and reboot; the other modules do not need kernel_args.",
    )
