# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one reboot that is tried for one wanted configuration: the note of it, which stays until it brought the parameters."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

ATTEMPT = "/var/lib/dataplane-dpdk/reboot.json"


@dataclass(frozen=True)
class Attempt:
    """The note of the last reboot that was begun, as text, and the identity of the running boot."""

    text: str | None
    boot_id: str

    @property
    def note(self) -> dict[str, Any]:
        """The note; a broken one is none."""
        try:
            note = json.loads(self.text or "{}")
        except ValueError:
            return {}
        return note if isinstance(note, dict) else {}


def read(host: Host) -> Attempt:
    """Read the note, and /proc/sys/kernel/random/boot_id."""
    return Attempt(host.read(ATTEMPT), host.attr("/proc/sys/kernel/random/boot_id") or "")


def tried(attempt: Attempt, want: Want) -> bool:
    """Whether the host was already rebooted once for exactly these parameters."""
    return _noted(attempt, want) and attempt.note.get("boot_id") != attempt.boot_id


def armed(attempt: Attempt, want: Want) -> bool:
    """Whether a trial of exactly these parameters is prepared for the next boot."""
    note = attempt.note
    return _noted(attempt, want) and note.get("boot_id") == attempt.boot_id and note.get("trial") is True


def settled(attempt: Attempt, want: Want, pending: bool) -> bool:
    """Whether a trial has nothing left to do: its parameters are booted, were tried or are prepared."""
    return want.trial and (not pending or tried(attempt, want) or armed(attempt, want))


def steps(attempt: Attempt, want: Want, pending: bool) -> list[Step]:
    """Return the step that notes a reboot, or that removes the note of one that brought the parameters, or is not wanted."""
    if want.restored:
        return [] if attempt.text is None else [write_step(ATTEMPT, attempt.text, None)]
    if (want.rebooting or want.trial) and pending and not tried(attempt, want):
        note = {"fingerprint": want.fingerprint, "boot_id": attempt.boot_id, **({"trial": True} if want.trial else {})}
        text = json.dumps(note) + "\n"
        return [write_step(ATTEMPT, attempt.text, text)] if text != attempt.text else []
    if not pending and not want.trial and _noted(attempt, want):
        return [write_step(ATTEMPT, attempt.text, None)]
    return []


def _noted(attempt: Attempt, want: Want) -> bool:
    return attempt.note.get("fingerprint") == want.fingerprint
