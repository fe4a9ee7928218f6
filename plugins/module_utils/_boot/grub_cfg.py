# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GRUB's own configuration: generated beside the old one, checked, and only then put in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

HINT = (
    "Look which entry the boot loader starts: another default entry, a one-shot choice, or a grub.cfg that is not the one it "
    "reads."
)
_LINUX = re.compile(r"^\s*linux(?:16|efi)?\s+\S+[ \t]*(.*)$", re.MULTILINE)
# What one program of /etc/grub.d wrote; its number orders it among the others.
_MADE = re.compile(r"^### BEGIN \S*/\d+_linux ###$.*?^### END \S*/\d+_linux ###$", re.MULTILINE | re.DOTALL)
_TUNED = re.compile(r"^\s*set tuned_params=\"(.*)\"", re.MULTILINE)
# The same files in the same order as grub-mkconfig sources them, in the same shell; what they print is not looked at.
SOURCE = """
for file in "$@"; do sh -n "$file" || exit; done
set -e
unset GRUB_CMDLINE_LINUX GRUB_CMDLINE_LINUX_DEFAULT
exec 3>&1 >/dev/null
for file in "$@"; do
    . "$file"
    printf '%s\\0%s\\0' "${GRUB_CMDLINE_LINUX-}" "${GRUB_CMDLINE_LINUX_DEFAULT-}" >&3
done
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
    """Return what the files say together; see ``evaluate_each``."""
    return evaluate_each(host, files)[-1]


def evaluate_each(host: Host, files: Sequence[str]) -> tuple[Variables, ...]:
    """Return what the files say, after each of them, as grub-mkconfig's shell sees it.

    Raise HostError where it could not read them, or where GRUB would read something else. A file whose quotes are
    damaged is refused before a shell could run its words.
    """
    for path in files:
        default_grub.require_sound(path, host.read(path) or "")
    done = host.run("sh", "-c", SOURCE, "sh", *[host.path(path) for path in files])
    lines = done.out.split("\0")[:-1]
    if done.rc != 0 or len(lines) != 2 * len(files):
        raise HostError(
            f"The shell cannot read {', '.join(files)}: {done.err.strip() or done.rc}. Nothing was changed.",
            f"Correct the file that is named; 'sh -n {files[0]}' shows the place.",
        )
    return said(host, files, lines)


def said(host: Host, files: Sequence[str], lines: Sequence[str]) -> tuple[Variables, ...]:
    """Return the two variables after each file as tokens; raise HostError where they hold what GRUB reads otherwise."""
    if any("\r" in line for line in lines):
        raise HostError(
            f"{', '.join(files)}: the boot parameters hold a carriage return, which the kernel takes as part of a value. "
            "Nothing was changed.",
            "Save the file with Unix line ends: sed -i 's/\\r$//' FILE.",
        )
    for number, line in enumerate(lines):
        if "\n" in line:
            raise _cut_off(host, files[number // 2])
    return tuple(
        Variables(default_grub.parse(linux), default_grub.parse(default))
        for linux, default in zip(lines[::2], lines[1::2])
    )


def _cut_off(host: Host, path: str) -> HostError:
    """Return the error for a value with a line end: 10_linux writes it into grub.cfg as it is, where it ends the command."""
    place = default_grub.in_two_lines(host.read(path) or "")
    where = f"Line {place.line} of {path} sets {place.name} to" if place else f"{path} sets the boot parameters to"
    return HostError(
        f"{where} a value that goes on in another line. GRUB ends the kernel's command line there, and all behind it is lost. "
        "Nothing was changed.",
        "Write the value in one line, or end each of its lines but the last with a backslash.",
    )


def made(text: str) -> str:
    """Return the entries of the distribution's kernels; the whole where nothing says which they are.

    Entries of the administrator may come before them, as from /etc/grub.d/06_custom.
    """
    match = _MADE.search(text)
    return match.group() if match else text


def first_entry(text: str) -> tuple[str, ...]:
    """Return the boot parameters of the first entry of a kernel: the one that boots unless another was chosen."""
    match = _LINUX.search(made(text))
    return default_grub.parse(match.group(1)) if match else ()


def expanded(tokens: Sequence[str], text: str) -> tuple[str, ...]:
    """Return tokens with what a configuration sets TuneD's variable to in place of its name."""
    found = _TUNED.findall(text)
    values = default_grub.parse(found[-1]) if found else ()
    named = ("$tuned_params", "${tuned_params}")
    return tuple(each for token in tokens for each in (values if token in named else (token,)))


def generate(host: Host, menu: Menu, want: Want) -> None:
    """Have the file written again and checked, and keep the old one as a backup.

    Whenever this is cut off, the file that GRUB reads is whole: the old one or the new.
    """
    try:
        host.must(menu.mkconfig, "-o", menu.new)
        accept(host, menu)
        check_entry(menu, host.read(menu.new) or "", want)
        host.write_file(menu.backup, host.read(menu.path) or "", mode=0o600)
        host.rename(menu.new, menu.path)
    except HostError as error:
        host.remove_file(menu.new)
        raise HostError(f"{error.message} {menu.path} was left as it was.", *error.remedy) from error


def accept(host: Host, menu: Menu) -> None:
    """Raise HostError unless GRUB can read the new file."""
    host.must(menu.check, host.path(menu.new))


def put_back(host: Host, menu: Menu, text: str, mode: int) -> None:
    """Bring an earlier text back, where it is not there any more; it may hold the hash of a password.

    A file that is there keeps what it has of owner and mode; ``mode`` is for one that is gone.

    A program that was cut off leaves what it was writing, grub-mkconfig in a file of its own beside.
    """
    host.remove_file(menu.new)
    host.remove_file(f"{menu.new}.new")
    if host.read(menu.path) != text:
        host.write_file(menu.path, text, None if host.exists(menu.path) else mode)


def check_entry(menu: Menu, text: str, want: Want) -> None:
    """Raise HostError unless the first entry of a kernel in a new configuration is as wanted."""
    tokens = first_entry(text)
    missing = want.lacking(tokens)
    left = want.unwanted(tokens)
    if not tokens:
        raise HostError(f"{menu.mkconfig} wrote a configuration without any Linux entry.")
    if missing or left:
        problem = [f"lacks {' '.join(missing)}"] * bool(missing) + [f"still has {' '.join(left)}"] * bool(left)
        raise HostError(f"The first entry that {menu.mkconfig} wrote {' and '.join(problem)}.")
