# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries after the Boot Loader Specification, type 1: text files, one a kernel, with an options line."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

_OPTIONS = re.compile(r"^options[ \t]+(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One entry; ``tokens`` are those of all its options lines."""

    path: str
    text: str

    @property
    def tokens(self) -> tuple[str, ...]:
        """The boot parameters, as written: variables of GRUB stay names."""
        return cmdline.parse(" ".join(_OPTIONS.findall(self.text)))

    def field(self, name: str) -> str | None:
        """Return the value of a key, or None where the entry has none."""
        match = re.search(rf"^{name}[ \t]+(.*)$", self.text, re.MULTILINE)
        return match.group(1).strip() if match else None


def read(host: Host, directory: str) -> tuple[Entry, ...]:
    """Return the entries in a directory that start a Linux kernel."""
    paths = [f"{directory}/{name}" for name in host.names(directory) if name.endswith(".conf")]
    found = [Entry(path, host.read(path) or "") for path in paths]
    return tuple(each for each in found if each.field("linux"))


def replace(text: str, tokens: tuple[str, ...]) -> str:
    """Return an entry's text with these parameters in the first options line, and no other such line."""
    line = cmdline.render(tokens)
    first = _OPTIONS.search(text)
    if first is None:
        return f"{text.rstrip()}\noptions {line}\n" if line else text
    indent = text[first.start() : first.start(1)]
    rest = re.sub(r"^options[ \t].*\n?", "", text[first.end() :], flags=re.MULTILINE)
    return f"{text[: first.start()]}{indent}{line}{rest}"
