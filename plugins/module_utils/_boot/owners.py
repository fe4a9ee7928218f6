# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Others that set boot parameters on this host: TuneD, and the drop-ins of cloud images."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import drop_in, signs
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

TUNED = "/etc/tuned/bootcmdline"
TUNED_PROFILE = "/etc/tuned/active_profile"
_TUNED_LINE = re.compile(r"^TUNED_BOOT_CMDLINE=\"?(.*?)\"?$", re.MULTILINE)
_GRUB_LINE = re.compile(r"^[^#\n]*GRUB_CMDLINE_LINUX(?:_DEFAULT)?\+?=[\"']?(.*?)[\"']?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Owner:
    """Somebody else, the file in which they set parameters, and these."""

    name: str
    path: str
    tokens: tuple[str, ...]


def read(host: Host) -> tuple[Owner, ...]:
    """Return everybody whose file sets at least one parameter."""
    found = [Owner(_tuned(host), TUNED, _tokens(_TUNED_LINE, host.read(TUNED)))]
    if host.exists(signs.DEBIAN):
        from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import debian_grub

        for path in debian_grub.drop_ins(host):
            if path != drop_in.PATH:
                found.append(Owner("a drop-in", path, _tokens(_GRUB_LINE, host.read(path))))
    return tuple(each for each in found if each.tokens)


def concerned(owners: tuple[Owner, ...], want: Want) -> list[dict[str, str]]:
    """Return who else sets a key that the task names, unless to the very value that is wanted."""
    wanted = {cmdline.plain(token) for token in want.present}
    keys = {cmdline.key(token) for token in (*want.present, *want.absent)}
    return [
        {"parameter": token, "owner": owner.name, "path": owner.path}
        for owner in owners
        for token in owner.tokens
        if cmdline.key(token) in keys and cmdline.plain(token) not in wanted
    ]


def warning(each: dict[str, str], tokens: tuple[str, ...]) -> str:
    """Return the sentence about another one's parameter, given what the next boot gets."""
    named = f"{each['parameter']} is also set by {each['owner']} in {each['path']}"
    if each["path"] == TUNED and each["parameter"] in tokens:
        return (
            f"{named}, which puts it on the line of each boot. Change the profile, and have TuneD write the file again."
        )
    return f"{named}, which may set it again."


def _tuned(host: Host) -> str:
    """Return TuneD by the active profile; its file may be left from another one, since a profile without boot parameters keeps it."""
    profile = (host.attr(TUNED_PROFILE) or "").strip()
    return f"TuneD (active profile: {profile})" if profile else "TuneD"


def _tokens(pattern: re.Pattern[str], text: str | None) -> tuple[str, ...]:
    return tuple(token for line in pattern.findall(text or "") for token in cmdline.parse(line) if "$" not in token)
