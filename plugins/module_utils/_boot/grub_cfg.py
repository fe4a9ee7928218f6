# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GRUB's own configuration: generated beside the old one, checked, and only then put in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

HINT = (
    "Look which entry the boot loader starts: another default entry, a one-shot choice, or a grub.cfg that is not the one it "
    "reads."
)
_LINUX = re.compile(r"^\s*linux(?:16|efi)?\s+\S+[ \t]*(.*)$", re.MULTILINE)
# The same files in the same order as grub-mkconfig sources them, in the same shell.
_SOURCE = """
set -e
unset GRUB_CMDLINE_LINUX GRUB_CMDLINE_LINUX_DEFAULT
for file in "$@"; do . "$file"; done
printf '%s\\0%s' "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"
"""


@dataclass(frozen=True)
class Menu:
    """A distribution's names: the file that GRUB reads, and the programs that write and check it."""

    path: str
    mkconfig: str
    check: str

    @property
    def backup(self) -> str:
        """The file's last predecessor."""
        return f"{self.path}.before-dpdk"

    @property
    def new(self) -> str:
        """The file's successor, while it is not checked yet."""
        return f"{self.path}.dpdk-new"


@dataclass(frozen=True)
class Variables:
    """The tokens of all entries, and those of the normal entries alone."""

    linux: tuple[str, ...] = ()
    default: tuple[str, ...] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        """What a normal entry gets, in grub-mkconfig's order."""
        return (*self.linux, *self.default)


def evaluate(host: Host, files: Sequence[str]) -> Variables:
    """Return what the files say, as grub-mkconfig's shell sees it; raise HostError where it could not read them."""
    done = host.run("sh", "-c", _SOURCE, "sh", *[host.path(path) for path in files])
    linux, separator, default = done.out.rpartition("\0")
    if done.rc != 0 or not separator:
        raise HostError(
            f"The shell cannot read {', '.join(files)}: {done.err.strip() or done.rc}. Nothing was changed.",
            f"Correct the file that is named; 'sh -n {files[0]}' shows the place.",
        )
    if "\r" in done.out:
        raise HostError(
            f"{', '.join(files)}: the boot parameters hold a carriage return, which the kernel takes as part of a value. "
            "Nothing was changed.",
            "Save the file with Unix line ends: sed -i 's/\\r$//' FILE.",
        )
    return Variables(cmdline.parse(linux), cmdline.parse(default))


def first_entry(text: str) -> tuple[str, ...]:
    """Return the boot parameters of the first entry: the one that boots unless another was chosen."""
    match = _LINUX.search(text)
    return cmdline.parse(match.group(1)) if match else ()


def generate(host: Host, menu: Menu, want: Want) -> None:
    """Have the file written again and checked, and keep the old one as a backup.

    Whenever this is cut off, the file that GRUB reads is whole: the old one or the new.
    """
    try:
        host.must(menu.mkconfig, "-o", menu.new)
        accept(host, menu)
        _check_entry(menu, first_entry(host.read(menu.new) or ""), want)
        host.write_file(menu.backup, host.read(menu.path) or "", mode=0o600)
        host.rename(menu.new, menu.path)
    except HostError as error:
        host.remove_file(menu.new)
        raise HostError(f"{error.message} {menu.path} was left as it was.", *error.remedy) from error


def accept(host: Host, menu: Menu) -> None:
    """Raise HostError unless GRUB can read the new file."""
    host.must(menu.check, host.path(menu.new))


def put_back(host: Host, menu: Menu, text: str, mode: int) -> None:
    """Bring an earlier text back, where it is not there any more; it may hold the hash of a password."""
    if host.read(menu.path) != text:
        host.write_file(menu.path, text, mode)


def _check_entry(menu: Menu, tokens: tuple[str, ...], want: Want) -> None:
    missing = want.lacking(tokens)
    left = want.unwanted(tokens)
    if not tokens:
        raise HostError(f"{menu.mkconfig} wrote a configuration without any Linux entry.")
    if missing or left:
        problem = [f"lacks {' '.join(missing)}"] * bool(missing) + [f"still has {' '.join(left)}"] * bool(left)
        raise HostError(f"The first entry that {menu.mkconfig} wrote {' and '.join(problem)}.")
