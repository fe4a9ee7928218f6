# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files in which Red Hat's releases keep boot parameters: what they hold, and the texts that they should have.

What boots is read as GRUB reads it (blscfg puts kernelopts in for its name), what later kernels get as kernel-install's
20-grub.install does, which takes all lines of /etc/kernel/cmdline. grubby reads less: an entry's options behind a space
alone, and the first line of the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub, entries, signs, systemd_cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.entries import Entry
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

GRUBENV = "/boot/grub2/grubenv"
CMDLINE = systemd_cmdline.PATH
KERNELOPTS = ("$kernelopts", "${kernelopts}")
# The environment block of GRUB has this size, and what is free in it is filled with '#' (grub-editenv(1)).
ENVIRONMENT = 1024
_OPTIONS = re.compile(r"^options[ \t]", re.MULTILINE)
_KERNELOPTS = re.compile(r"^kernelopts=(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class File:
    """A file as it is or should be; ``real`` is where its text lies, if the path is a symbolic link to it."""

    path: str
    real: str
    text: str | None
    mode: int


@dataclass(frozen=True)
class Configured:
    """The files, and what the shell reads from /etc/default/grub. ``order`` has the entry that boots first.

    ``warnings`` say what of a change could not be looked at.
    """

    files: tuple[File, ...]
    order: tuple[str, ...]
    variables: Variables
    source: str = signs.ENTRIES
    warnings: tuple[str, ...] = ()

    def text(self, path: str) -> str | None:
        """Return the text of one of the files."""
        return next((each.text for each in self.files if each.path == path), None)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that start a kernel, the one that boots first."""
        found = [Entry(path, self.text(path) or "") for path in self.order]
        return tuple(each for each in found if each.field("linux"))

    @property
    def kernelopts(self) -> tuple[str, ...] | None:
        """What GRUB puts in for the name, or None where its environment has none."""
        return kernelopts(self.text(GRUBENV) or "")

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the next boot is given."""
        return self.expanded(self.entries[0])

    @property
    def places(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The parameters in each place besides the entries that has some, by the place's name."""
        found: list[tuple[str, tuple[str, ...]]] = []
        line = self.text(CMDLINE)
        if line is not None:
            found.append((CMDLINE, systemd_cmdline.parse(line)))
        if self.variables.linux or self.variables.default:  # without any the file is not in use
            found.append((default_grub.PATH, self.variables.tokens))
        if self.kernelopts is not None:
            found.append((GRUBENV, self.kernelopts))
        return tuple(found)

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """All lines that have to be as wanted."""
        return (*map(self.expanded, self.entries), *[tokens for dummy, tokens in self.places])

    def expanded(self, entry: Entry) -> tuple[str, ...]:
        """Return an entry's parameters as GRUB gives them; other variables, such as $tuned_params, are left to their owners."""
        found: list[str] = []
        for token in entry.tokens:
            if token in KERNELOPTS:
                found += self.kernelopts or ()
            elif not token.startswith("$"):
                found.append(token)
        return tuple(found)


def kernelopts(text: str) -> tuple[str, ...] | None:
    """Return the parameters in an environment block, or None where it has none."""
    found = _KERNELOPTS.search(text)
    return cmdline.parse(re.sub(r"\\(.)", r"\1", found.group(1))) if found else None


def as_wanted(have: Configured, want: Want) -> bool:
    """Whether every line holds what is wanted; 20-grub.install takes the words of a comment for parameters."""
    line = have.text(CMDLINE)
    words = cmdline.parse(line) if line is not None else ()
    return all(want.holds(tokens) for tokens in have.lines) and not want.unwanted(words)


def planned(have: Configured, want: Want) -> Configured:
    """Return the files as they should be; raise HostError where one cannot hold what is wanted.

    What grubby would misread is put into the form that it reads: one line, and one space behind ``options``.
    """
    made = {each.path: each.text for each in have.files}
    for entry in have.entries:
        made[entry.path] = _entry_text(entry, _entry_tokens(have, entry, want))
    made[GRUBENV] = _environment(have, want)
    made[default_grub.PATH] = _default_text(have, want)
    goal = replace(have, files=tuple(replace(each, text=made[each.path]) for each in have.files))
    line = have.text(CMDLINE)
    if line is None and any(token in KERNELOPTS for entry in have.entries for token in entry.tokens):
        return goal  # new entries name kernelopts too, and nothing reads the file
    tokens = have.tokens if line is None else systemd_cmdline.parse(line)
    made[CMDLINE] = cmdline.render(want.edit(tokens)) + "\n"
    return replace(have, files=tuple(replace(each, text=made[each.path]) for each in have.files))


def variables(old: Variables, want: Want) -> Variables:
    """Return the variables of /etc/default/grub as they should be; what is added goes to the one that is in use."""
    gone, added = _change(old, want)
    linux = tuple(token for token in old.linux if token not in gone)
    default = tuple(token for token in old.default if token not in gone)
    return Variables((*linux, *added), default) if old.linux else Variables(linux, (*default, *added))


def _change(old: Variables, want: Want) -> tuple[list[str], list[str]]:
    """Return what goes and what comes; nothing where the file has no parameters, which grubby leaves so too."""
    gone = want.unwanted(old.tokens)
    return gone, want.lacking(tuple(token for token in old.tokens if token not in gone)) if old.tokens else []


def _default_text(have: Configured, want: Want) -> str | None:
    text, old = have.text(default_grub.PATH), have.variables
    new = variables(old, want)
    gone, added = _change(old, want)
    if text is not None and new.linux != old.linux:
        text = default_grub.edit(text, "GRUB_CMDLINE_LINUX", gone, added if old.linux else [])
    if text is not None and new.default != old.default:
        text = default_grub.edit(text, "GRUB_CMDLINE_LINUX_DEFAULT", gone, [] if old.linux else added)
    return text


def _entry_tokens(have: Configured, entry: Entry, want: Want) -> tuple[str, ...]:
    """Return what an entry should hold itself, which is less where it names kernelopts."""
    if not any(token in KERNELOPTS for token in entry.tokens):
        return want.edit(entry.tokens)
    gone = want.unwanted(have.expanded(entry))
    return tuple(token for token in entry.tokens if token not in gone)


def _entry_text(entry: Entry, tokens: tuple[str, ...]) -> str:
    odd = len(_OPTIONS.findall(entry.text)) > 1 or re.search(r"^options *\t", entry.text, re.MULTILINE)
    if tokens == entry.tokens and not odd:
        return entry.text
    return re.sub(r"^options[ \t]+", "options ", entries.replace(entry.text, tokens), count=1, flags=re.MULTILINE)


def _environment(have: Configured, want: Want) -> str | None:
    """Return grubenv as it should be; raise HostError where kernelopts would not fit."""
    text, old = have.text(GRUBENV), have.kernelopts
    if text is None or old is None:
        return text
    new = want.edit(old)
    if new == old:
        return text
    line = "kernelopts=" + re.sub(r"([\\\n])", r"\\\1", cmdline.render(new))
    body = _KERNELOPTS.sub(lambda match: line, text.rstrip("#"), count=1)
    size, room = len(body.encode("utf-8", "surrogateescape")), max(ENVIRONMENT, len(text))
    if size > room:
        raise HostError(
            f"kernelopts with the boot parameters would make {GRUBENV} {size} bytes long, and GRUB's environment block has "
            f"{room}. Nothing was changed.",
            f"Take parameters that are not needed out of kernelopts ('grub2-editenv {GRUBENV} list' shows it).",
        )
    return body + "#" * (room - size)


def differing(have: Configured, goal: Configured) -> Sequence[tuple[File, File]]:
    """Return the files whose texts differ, before and after."""
    return [(old, new) for old, new in zip(have.files, goal.files) if old.text != new.text]
