# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks of the boot parameters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import lists

# The options of the module, as Ansible checks them before anything here does.
OPTIONS: dict[str, Any] = {
    "present": {"type": "raw", "default": []},
    "absent": {"type": "raw", "default": []},
    "replace": {"type": "raw", "default": []},
    "rebooting": {"type": "bool", "default": False},
    "trial": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "restored"], "default": "present"},
}


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
    restored: bool = field(default=False, compare=False)

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
        """Say whether a line is as wanted."""
        return not self.lacking(tokens) and not self.unwanted(tokens)


def parse(params: Mapping[str, Any]) -> Want:
    """Return what the task asks for; raise HostError where it contradicts itself."""
    want = Want(
        present=tuple(map(cmdline.check, lists.entries(params["present"]))),
        absent=tuple(map(cmdline.check, lists.entries(params["absent"]))),
        replace=tuple(cmdline.key(cmdline.check(each)) for each in lists.entries(params["replace"])),
        rebooting=params["rebooting"],
        trial=params["trial"],
        restored=params["state"] == "restored",
    )
    _check_restored(want)
    _check_both(want)
    _check_replace(lists.entries(params["replace"]), want)
    return want


def _check_restored(want: Want) -> None:
    if want.restored and want != Want(restored=True):
        raise HostError(
            "Boot parameters are brought back as a whole, but some are named.",
            "Leave out all options but state, or leave out state.",
        )


def _check_both(want: Want) -> None:
    both = set(map(cmdline.plain, want.present)) & set(map(cmdline.plain, want.absent))
    if both:
        raise HostError(f"{' '.join(sorted(both))}: both in present and in absent.", "Decide for one of them.")


def _check_replace(named: list[str], want: Want) -> None:
    stray = [each for each in named if "=" in each or cmdline.key(each) not in map(cmdline.key, want.present)]
    if stray:
        raise HostError(
            f"replace names {' '.join(stray)}, and present has no value for it.",
            "Name a key alone in replace, and all its values in present; to take a key away, name it in absent.",
        )
