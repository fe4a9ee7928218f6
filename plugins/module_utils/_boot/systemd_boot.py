# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemd-boot and kernel-install: /etc/kernel/cmdline for kernels to come, and the entries of those that are there.

kernel-install copies the file into an entry as it installs a kernel and never again, so the entries
are edited beside it. Without the file it would copy /proc/cmdline, whatever was booted
(https://github.com/systemd/systemd/issues/18456), so the file is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import entries, signs, systemd_cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.entries import Entry
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import (
    Written,
    links,
    no_generator,
    no_record,
    written,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

CMDLINE = systemd_cmdline.PATH
VENDOR = "/usr/lib/kernel/cmdline"
# Put into an entry by kernel-install for this installation and kernel alone.
_OF_ENTRY = ("systemd.machine_id", "initrd", "BOOT_IMAGE")

NAME = "systemd_boot"
SIGN = "the name of systemd-boot in the firmware"
TRIAL = False
HINT = (
    "Look which entry the boot loader starts, with 'bootctl status' and 'bootctl list': another default, a one-shot choice, "
    "or an entry whose boots were counted down."
)
detect = signs.systemd_boot
original = no_record
preview = no_generator


@dataclass(frozen=True)
class Configured:
    """The file for kernels to come, None where there is none, what would be in it, and the entries of this installation.

    ``comments`` are the words of its comments where kernel-install takes them for parameters.
    """

    cmdline_text: str | None
    line_text: str
    comments: tuple[str, ...]
    entries: tuple[Entry, ...]
    running: str
    links: Mapping[str, str]
    source: str = CMDLINE

    @property
    def line(self) -> tuple[str, ...]:
        """The parameters of kernels to come."""
        return systemd_cmdline.parse(self.line_text)

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the running kernel's entry gives; the line for kernels to come where it has none."""
        own = [each.tokens for each in self.entries if each.field("version") == self.running]
        return own[0] if own else self.entries[0].tokens if self.entries else self.line


def read(host: Host) -> Configured:
    """Read the line and the entries; raise HostError where their file system is not mounted."""
    identity = (host.attr("/etc/machine-id") or "").strip()
    done = host.run("bootctl", "--print-boot-path")
    places = [done.out.strip()] if done.rc == 0 and done.out.strip() else list(signs.PLACES)
    seen = [each for place in places for each in entries.read(host, f"{place}/loader/entries")]
    ours = tuple(each for each in seen if each.field("machine-id") in (None, identity))
    if not ours:
        raise HostError(
            f"No entry of systemd-boot was found in loader/entries below {', '.join(places)}. Nothing was changed.",
            "Mount the EFI system partition; where kernels are unified images, put the parameters into the image.",
        )
    text = host.read(CMDLINE)
    line = text if text is not None else host.read(VENDOR)
    if line is None:
        own = next((each for each in ours if each.field("version") == host.release()), ours[0])
        line = cmdline.render(token for token in own.tokens if cmdline.key(token) not in _OF_ENTRY) + "\n"
    comments = systemd_cmdline.comments(line)
    if comments and not systemd_cmdline.reads_comments(host):
        comments = ()
    return Configured(text, line, comments, ours, host.release(), links(host, CMDLINE))


def write(have: Configured, want: Want) -> Written:
    """Return one step a file that is not as wanted: each is replaced atomically, so the host boots in between."""
    require_no_comment(have, want)
    steps: list[Step] = []
    text = systemd_cmdline.edit(have.line_text, want)
    if text != have.cmdline_text:
        steps.append(write_step(CMDLINE, have.cmdline_text, text))
    for entry in have.entries:
        tokens = want.edit(entry.tokens)
        if tokens != entry.tokens:
            steps.append(write_step(entry.path, entry.text, entries.replace(entry.text, tokens)))
    if steps:
        steps.append(Step("Read the entries back", lambda host: apply(host, want)))
    return written(steps, want.edit(have.tokens), have.links)


def require_no_comment(have: Configured, want: Want) -> None:
    """Raise HostError where this release of kernel-install takes an unwanted parameter from a comment."""
    taken = want.unwanted(have.comments)
    if taken:
        raise HostError(
            f"A comment in {CMDLINE} holds {' '.join(taken)}, and this release of kernel-install reads comments as boot "
            "parameters. Nothing was changed.",
            f"Take the comment out of {CMDLINE}.",
        )


def apply(host: Host, want: Want) -> None:
    """Nothing has to be generated; the entries and the line are read back."""
    have = read(host)
    wrong = [each.path for each in have.entries if not want.holds(each.tokens)]
    wrong += [CMDLINE] * (not want.holds(have.line))
    if wrong:
        raise HostError(
            f"{', '.join(wrong)} was written and does not hold the parameters.",
            "Look for another program that writes these files at the same time.",
        )
