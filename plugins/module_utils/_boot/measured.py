# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks that a TPM unlocks only for the boot parameters that it measured: other ones, and the host asks for a passphrase.

The command line is measured into PCR 8 by GRUB, 9 by the kernel's EFI stub and 12 by systemd-boot and systemd-stub
(https://systemd.io/TPM2_PCR_MEASUREMENTS, GRUB manual "Measured boot").
"""

from __future__ import annotations

import json
import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import signs
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

CRYPTTAB = "/etc/crypttab"
_OF_THE_LINE = {8, 9, 12}
_LINKS = {"UUID": "by-uuid", "PARTUUID": "by-partuuid", "LABEL": "by-label", "PARTLABEL": "by-partlabel"}
_UUID_KEYS = ("rd.luks.uuid", "luks.uuid", "rd.luks.name", "luks.name")
_CLEVIS = re.compile(r"\"pcr_ids\":\s*\"([\d,]+)\"")
_OPTION = re.compile(r"\btpm2-pcrs=([\d+]+)")


@dataclass(frozen=True)
class Bound:
    """A disk, the program that enrolled its key, and the PCRs of the command line to which it is bound."""

    device: str
    program: str
    pcrs: tuple[int, ...]

    @property
    def warning(self) -> str:
        """What happens at the next boot with other parameters."""
        numbers = ", ".join(map(str, self.pcrs))
        return (
            f"The key of {self.device} is bound by {self.program} to PCR {numbers} of the TPM, into which boot parameters are "
            "measured. The next boot may ask for its passphrase or recovery key: have it at hand, and enroll again afterwards."
        )


def read(host: Host) -> tuple[Bound, ...]:
    """Return the disks that are bound to the command line; without a TPM or encrypted disks nothing is run."""
    if not host.names(signs.TPM):
        return ()
    options = _devices(host)
    found = [
        each for device, option in options.items() for each in (_systemd(host, device, option), _clevis(host, device))
    ]
    return tuple(each for each in found if each and each.pcrs)


def _devices(host: Host) -> dict[str, str]:
    """Return the encrypted disks that are opened at boot, with their options: of crypttab, and of the command line."""
    lines = [line.split() for line in (host.read(CRYPTTAB) or "").splitlines() if not line.lstrip().startswith("#")]
    found = {_device(words[1]): words[3] if len(words) > 3 else "" for words in lines if len(words) > 1}
    for token in cmdline.parse(host.attr("/proc/cmdline") or ""):
        key, value = token.partition("=")[::2]
        if key in _UUID_KEYS:
            uuid = value.partition("=")[0]
            found.setdefault(_device(f"UUID={uuid[5:] if uuid.startswith('luks-') else uuid}"), "")
    return found


def _device(name: str) -> str:
    kind, equals, value = name.partition("=")
    return f"/dev/disk/{_LINKS[kind]}/{value}" if equals and kind in _LINKS else name


def _systemd(host: Host, device: str, option: str) -> Bound:
    """What systemd-cryptenroll wrote into the header; where that cannot be read, what crypttab asks for."""
    said = host.output("cryptsetup", "luksDump", "--dump-json-metadata", device)
    named = _OPTION.search(option)
    pcrs = _enrolled(said) if said else {int(pcr) for pcr in named.group(1).split("+") if pcr} if named else set()
    return Bound(device, "systemd-cryptenroll", tuple(sorted(pcrs & _OF_THE_LINE)))


def _enrolled(text: str) -> set[int]:
    try:
        tokens = json.loads(text)["tokens"].values()
        return {int(pcr) for token in tokens if token["type"] == "systemd-tpm2" for pcr in token.get("tpm2-pcrs", ())}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()


def _clevis(host: Host, device: str) -> Bound | None:
    """What clevis bound; its command prints the configuration of each slot."""
    if not host.exists("/usr/bin/clevis"):
        return None
    said = host.output("clevis", "luks", "list", "-d", device)
    pcrs = {int(pcr) for each in _CLEVIS.findall(said) for pcr in each.split(",") if pcr}
    return Bound(device, "clevis", tuple(sorted(pcrs & _OF_THE_LINE)))
