# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Secure Boot and kernel lockdown forbid."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

LOCKDOWN = "/sys/kernel/security/lockdown"
SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_VALUE = 4  # the first four bytes of an EFI variable's file are its attributes


@dataclass(frozen=True)
class Lockdown:
    """The lockdown mode (none, integrity, confidentiality; None where unknown), and Secure Boot."""

    mode: str | None
    secure_boot: bool

    @property
    def forbids_direct_access(self) -> bool:
        """Whether userspace may not reach a device's registers except through VFIO."""
        return self.mode in ("integrity", "confidentiality")

    @property
    def story(self) -> str:
        """Why, for an error message."""
        return f"kernel lockdown is in mode {self.mode}" + (", as Secure Boot is on" if self.secure_boot else "")


def read(host: Host) -> Lockdown:
    """Read both; Secure Boot does not imply lockdown, nor the other way round."""
    mode = re.search(r"\[(\w+)\]", host.attr(LOCKDOWN) or "")
    variable = host.read_bytes(SECURE_BOOT, _VALUE + 1) or b""
    return Lockdown(mode.group(1) if mode else None, variable[_VALUE:] == b"\x01")
