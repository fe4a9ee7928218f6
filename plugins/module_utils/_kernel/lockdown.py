# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Secure Boot and kernel lockdown forbid."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

LOCKDOWN = "/sys/kernel/security/lockdown"
ENFORCED = "/sys/module/module/parameters/sig_enforce"
SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_VALUE = 4  # the first four bytes of an EFI variable's file are its attributes


@dataclass(frozen=True)
class Lockdown:
    """The lockdown mode (none, integrity, confidentiality; None where unknown), and Secure Boot.

    ``enforced`` says that modules have to be signed, whatever the mode.
    """

    mode: str | None
    secure_boot: bool
    enforced: bool = False

    @property
    def forbids_direct_access(self) -> bool:
        """Whether userspace may not reach a device's registers except through VFIO."""
        return self.mode in ("integrity", "confidentiality")

    @property
    def signed_only(self) -> bool:
        """Whether the kernel takes only modules with a signature it trusts."""
        return self.enforced or self.forbids_direct_access

    @property
    def story(self) -> str:
        """Why, for an error message."""
        if not self.forbids_direct_access:
            return "module.sig_enforce is set"
        return f"kernel lockdown is in mode {self.mode}" + (", as Secure Boot is on" if self.secure_boot else "")


def read(host: Host) -> Lockdown:
    """Read both; Secure Boot does not imply lockdown, nor the other way round."""
    mode = re.search(r"\[(\w+)\]", host.attr(LOCKDOWN) or "")
    variable = host.read_bytes(SECURE_BOOT, _VALUE + 1) or b""
    return Lockdown(mode.group(1) if mode else None, variable[_VALUE:] == b"\x01", host.attr(ENFORCED) == "Y")


def unsigned(name: str, signer: str, keys: str, lockdown: Lockdown) -> HostError | None:
    """Refuse a module that the kernel would reject; ``keys`` is /proc/keys, where the trusted signers are listed."""
    if not lockdown.signed_only:
        return None
    remedy = (
        f"Sign {name}.ko with a key that is enrolled with mokutil --import (a reboot asks for it), or use vfio-pci."
    )
    if not signer:
        return HostError(f"The module {name} is not signed, and {lockdown.story}: the kernel would reject it.", remedy)
    if "asymmetri" in keys and f" {signer}: " not in keys:
        return HostError(
            f"The module {name} is signed by '{signer}', which is no key that this kernel trusts, and {lockdown.story}.",
            remedy,
        )
    return None


def useless(name: str, direct: bool, lockdown: Lockdown) -> HostError | None:
    """Refuse a module whose driver gives devices to userspace directly, where that is forbidden."""
    if not (direct and lockdown.forbids_direct_access):
        return None
    return HostError(
        f"{name} gives devices to userspace directly, and {lockdown.story}: devices would bind, and every application fail.",
        "Use vfio-pci, which works under lockdown.",
    )
