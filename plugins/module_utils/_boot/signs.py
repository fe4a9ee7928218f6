# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By what each boot stack is recognised: files that it leaves, and variables of the firmware.

They stand apart from the stacks, because every host is looked at for all of them, and needs the rest of one.
"""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import entries
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

OSTREE = "/run/ostree-booted"
RPM_OSTREE = "/usr/bin/rpm-ostree"
LOADER_INFO = "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
STUB_INFO = "/sys/firmware/efi/efivars/StubInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
PLACES = ("/efi", "/boot/efi", "/boot")
GRUBBY = ("/usr/sbin/grubby", "/usr/bin/grubby", "/sbin/grubby")
ENTRIES = "/boot/loader/entries"
TPM = "/sys/class/tpm"
DEFAULT_GRUB = "/etc/default/grub"
DEBIAN = "/etc/debian_version"
RED_HAT_OR_SUSE, DEBIAN_OR_ARCH = "/boot/grub2/grub.cfg", "/boot/grub/grub.cfg"
MENUS = (RED_HAT_OR_SUSE, DEBIAN_OR_ARCH)


def rpm_ostree(host: Host) -> bool:
    """Whether this host booted a deployment, and rpm-ostree is there to make another."""
    return host.exists(OSTREE) and host.exists(RPM_OSTREE)


def systemd_boot(host: Host) -> bool:
    """Whether systemd-boot started this host: it leaves its name in a variable of the firmware, in UTF-16."""
    return "systemd-boot" in (host.attr(LOADER_INFO) or "").replace("\0", "")


def grubby(host: Host) -> bool:
    """Whether there is a grubby, entries for it, and a GRUB that reads them."""
    there = any(host.exists(path) for path in GRUBBY)
    return there and bool(entries.read(host, ENTRIES)) and not _menu_of_its_own(host)


def _menu_of_its_own(host: Host) -> bool:
    """Whether GRUB_ENABLE_BLSCFG was not true when the menu was generated: it holds its entries itself, and reads no others."""
    menu = host.read(RED_HAT_OR_SUSE) or ""
    own = "menuentry " in menu and not re.search(r"^\s*blscfg\b", menu, re.MULTILINE)
    return own and not re.search(r"^\s*GRUB_ENABLE_BLSCFG=[\"']?true", host.read(DEFAULT_GRUB) or "", re.MULTILINE)


def debian_grub(host: Host) -> bool:
    """Whether this host boots by Debian's GRUB."""
    return host.exists(DEBIAN) and host.exists(DEFAULT_GRUB) and host.exists(DEBIAN_OR_ARCH)


def grub2(host: Host) -> bool:
    """Whether this host boots by a GRUB that generates its menu from /etc/default/grub."""
    return host.exists(DEFAULT_GRUB) and any(host.exists(menu) for menu in MENUS)


def systemd_entries(host: Host) -> bool:
    """Whether there are entries where systemd-boot looks for them."""
    return any(entries.read(host, f"{place}/loader/entries") for place in PLACES)
