# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A trial boot of GRUB: an entry for the next boot alone, so that a host that does not come back falls into its old one.

GRUB forgets the choice (next_entry in grubenv) as it boots the entry. It cannot where it cannot write
the file, as on LVM, software RAID and file systems that move their blocks; then the choice would stay for good
(grub-reboot(8), and the header that grub-mkconfig writes).
"""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import grub_cfg
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Menu
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

ENTRY = "dataplane-dpdk-trial"
GRUBENV = "/boot/grub/grubenv"
_UNWRITABLE = ("btrfs", "cpiofs", "newc", "odc", "romfs", "squash4", "tarfs", "zfs")
_MENUENTRY = re.compile(r"^menuentry .*?\n}\n", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^menuentry\s+(?:'[^']*'|\"[^\"]*\")")
_ID = re.compile(r"(?:\$menuentry_id_option|--id)\s+(?:'[^']*'|\"[^\"]*\"|\S+)")


def require_forgetful(host: Host, menu: Menu) -> None:
    """Raise HostError where GRUB cannot forget the choice, or never reads it."""
    directory = host.path("/boot/grub")
    abstraction = host.must("grub-probe", "--target=abstraction", directory).split()
    system = host.must("grub-probe", "--target=fs", directory).strip()
    if abstraction or system in _UNWRITABLE:
        raise HostError(
            f"{GRUBENV} lies on {' '.join(abstraction) or system}, where GRUB cannot reset the choice of a trial boot: "
            "the host would try the new parameters at every boot. Nothing was changed.",
            "Set the parameters without a trial boot, with the host's console at hand.",
        )
    if "next_entry" not in (host.read(menu.path) or ""):
        raise HostError(
            f"{menu.path} does not read next_entry, so GRUB would not boot the trial entry. Nothing was changed.",
            "Generate it again with grub-mkconfig, or set the parameters without a trial boot.",
        )


def entry(text: str) -> str | None:
    """Return the first entry of a configuration as the trial entry, or None where there is none."""
    match = _MENUENTRY.search(text)
    if match is None:
        return None
    titled = _TITLE.sub("menuentry 'Trial of boot parameters for DPDK'", match.group(), count=1)
    head, brace, body = titled.partition("{")
    return f"{_ID.sub('', head).rstrip()} --id {ENTRY} {brace}{body}"


def arm(host: Host, menu: Menu, old: str, mode: int, want: Want) -> None:
    """Add the trial entry behind those of the old configuration, and choose it for the next boot."""
    require_forgetful(host, menu)
    try:
        host.must(menu.mkconfig, "-o", menu.new)
        added = entry(grub_cfg.made(host.read(menu.new) or ""))
        if added is None or not want.holds(grub_cfg.first_entry(added)):
            raise HostError(f"{menu.mkconfig} wrote no entry with the parameters that should be tried.")
        host.write_file(menu.new, f"{without(old)}{added}", mode)
        grub_cfg.accept(host, menu)
        host.rename(menu.new, menu.path)
        host.must("grub-reboot", ENTRY)
    except HostError as error:
        host.remove_file(menu.new)
        raise HostError(f"No trial boot was prepared: {error.message}", *error.remedy) from error


def disarm(host: Host) -> None:
    """Take the choice back; that there is none is fine."""
    if f"next_entry={ENTRY}" in (host.read(GRUBENV) or ""):
        host.must("grub-editenv", host.path(GRUBENV), "unset", "next_entry")


def without(text: str) -> str:
    """Return a configuration without an earlier trial entry."""
    return _MENUENTRY.sub(lambda match: "" if f"--id {ENTRY} " in match.group() else match.group(), text)
