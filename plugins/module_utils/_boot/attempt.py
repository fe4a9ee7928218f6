# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one reboot that is tried for one wanted configuration: the note of it, which stays until it brought the parameters."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils import _stored
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

_SCHEMA = _stored.fields(
    {"fingerprint": _stored.words(r"\S{1,255}"), "boot_id": _stored.words(r"\S{0,64}")}, {"trial": _stored.flag}
)
ATTEMPT = "/var/lib/dataplane-dpdk/reboot.json"


@dataclass(frozen=True)
class Attempt:
    """The note of the last reboot that was begun, as text, and the identity of the running boot.

    ``volatile`` says that the note would not outlast the reboot.
    """

    text: str | None
    boot_id: str
    volatile: bool = False

    @property
    def note(self) -> dict[str, Any]:
        """The note; raise HostError where it is damaged: taken for none, it would let the host be rebooted again each run."""
        if self.text is None:
            return {}
        note: dict[str, Any] = _stored.load(ATTEMPT, self.text, _SCHEMA, "the host may then be rebooted once more")
        return note


def read(host: Host) -> Attempt:
    """Read the note, and /proc/sys/kernel/random/boot_id."""
    boot_id = host.attr("/proc/sys/kernel/random/boot_id") or ""
    return Attempt(host.read(ATTEMPT), boot_id, mounts.in_memory(host, ATTEMPT))


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
        if attempt.volatile:
            raise HostError(
                f"{ATTEMPT} lies in memory and would not outlast a reboot, so this host would be rebooted again each run.",
                "Reboot it by hand once its boot parameters are set, or give it a /var/lib that stays.",
            )
        note = {"fingerprint": want.fingerprint, "boot_id": attempt.boot_id, **({"trial": True} if want.trial else {})}
        text = json.dumps(note) + "\n"
        return [write_step(ATTEMPT, attempt.text, text)] if text != attempt.text else []
    if not pending and not want.trial and _noted(attempt, want):
        return [write_step(ATTEMPT, attempt.text, None)]
    return []


def _noted(attempt: Attempt, want: Want) -> bool:
    return attempt.note.get("fingerprint") == want.fingerprint
