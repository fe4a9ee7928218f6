# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks of the boot parameters, and what a boot stack answers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step


@dataclass(frozen=True)
class Want:
    """Tokens that the command line must have, patterns that it must not match, and keys with all their values named.

    ``rebooting`` notes a reboot; ``trial`` has the next boot alone try the parameters; ``restored`` takes back all of it.
    """

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    rebooting: bool = False
    trial: bool = False
    restored: bool = False

    @property
    def fingerprint(self) -> str:
        """A name for this configuration, the same in every run."""
        text = json.dumps([sorted(self.absent), [cmdline.plain(token) for token in self.present], sorted(self.replace)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def lacking(self, tokens: tuple[str, ...]) -> list[str]:
        """Return what is wanted and not among the tokens of a line."""
        return cmdline.lacking(tokens, self.present, self.replace)

    def unwanted(self, tokens: tuple[str, ...]) -> list[str]:
        """Return the tokens of a line that have to go."""
        return cmdline.unwanted(tokens, self.present, self.absent, self.replace)

    def edit(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """Return a line's tokens as they are wanted."""
        return cmdline.edit(tokens, self.present, self.absent, self.replace)

    def holds(self, tokens: tuple[str, ...]) -> bool:
        """Tell whether a line is as wanted."""
        return not self.lacking(tokens) and not self.unwanted(tokens)


@dataclass(frozen=True)
class Written:
    """The steps that make the next boot the wanted one, and what is configured once they are done."""

    steps: tuple[Step, ...]
    tokens: tuple[str, ...]
