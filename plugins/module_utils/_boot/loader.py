# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which boot loader the firmware started, as its variables say: what lies on the disk may be left over from another one."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import signs
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_EFIVARS = "/sys/firmware/efi/efivars"
_GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
CURRENT = f"{_EFIVARS}/BootCurrent-{_GLOBAL}"
LIMINE, REFIND, SYSTEMD_BOOT, GRUB = "limine", "rEFInd", "systemd-boot", "GRUB"
# What loaders call themselves, and what is in the names of their files. shim starts GRUB unless it is told otherwise.
_NAMES = {"limine": LIMINE, "refind": REFIND, "systemd": SYSTEMD_BOOT, "grub": GRUB, "shim": GRUB}


def started(host: Host) -> str:
    """Return the loader's name; empty where nothing says it, as without UEFI.

    A loader that speaks the Boot Loader Interface leaves its name (https://systemd.io/BOOT_LOADER_INTERFACE). For others the
    boot entry that the firmware used names a file (UEFI specification, 3.3).
    """
    return _known(_bytes(host, signs.LOADER_INFO)) or _known(_bytes(host, _entry(host)))


def _entry(host: Host) -> str:
    """Return the path of the boot entry that was used: a number behind four bytes of attributes."""
    number = int.from_bytes(_bytes(host, CURRENT)[4:6], "little")
    return f"{_EFIVARS}/Boot{number:04X}-{_GLOBAL}"


def _bytes(host: Host, path: str) -> bytes:
    try:
        return host.read_bytes(path) or b""
    except HostError:
        return b""


def _known(data: bytes) -> str:
    """Return the loader that a variable names, in UTF-16."""
    text = data.replace(b"\0", b"").decode("ascii", "ignore").lower()
    return next((name for word, name in _NAMES.items() if word in text), "")
