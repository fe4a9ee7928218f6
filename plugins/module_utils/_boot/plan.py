# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot parameters of a host: configured, booted, and whether a reboot would bring one to the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import debian_grub, drop_in, owners, stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.owners import Owner
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.stack import Boot
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step

# One reboot is tried for one wanted configuration; this is where it is written down.
ATTEMPT = "/var/lib/dataplane-dpdk/reboot.json"


@dataclass(frozen=True)
class Have:
    """What is configured and what is booted; ``attempt`` is the last reboot that was begun, as text."""

    boot: Boot
    booted: tuple[str, ...]
    boot_id: str
    attempt: str | None
    owners: tuple[Owner, ...] = ()

    @property
    def configured(self) -> Any:
        """The boot stack's own picture; its ``tokens`` are what the next boot is given."""
        return self.boot.configured


def wanted(
    present: list[str],
    absent: list[str],
    rebooting: bool = False,
    replace: tuple[str, ...] = (),
    trial: bool = False,
    restored: bool = False,
) -> Want:
    """Check what the user wrote, before anything is touched."""
    keys = tuple(cmdline.key(cmdline.check(each)) for each in replace)
    want = Want(tuple(map(cmdline.check, present)), tuple(map(cmdline.check, absent)), keys, rebooting, trial, restored)
    both = set(map(cmdline.plain, want.present)) & set(map(cmdline.plain, want.absent))
    if both:
        raise HostError(f"{' '.join(sorted(both))}: both in present and in absent.", "Decide for one of them.")
    stray = [each for each in replace if "=" in each or cmdline.key(each) not in map(cmdline.key, want.present)]
    if stray:
        raise HostError(
            f"replace names {' '.join(stray)}, and present has no value for it.",
            "Name a key alone in replace, and all its values in present; to take a key away, name it in absent.",
        )
    return want


def resolve(have: Have, want: Want) -> Want:
    """Return what takes back everything that was ever added and removed; Debian's drop-in is the record of it."""
    if not want.restored:
        return want
    if want != Want(restored=True):
        raise HostError(
            "Boot parameters are brought back as a whole, but some are named.",
            "Leave out all options but state, or leave out state.",
        )
    if have.boot.name != debian_grub.NAME:
        raise HostError(
            f"On {have.boot.name} nothing keeps what the boot parameters were before the first change.",
            "Name in absent what is to go, and in present what is to come back.",
        )
    ours = drop_in.parse(have.configured.drop_in_text)
    return Want(present=ours.removed, absent=ours.added)


def read(host: Host, want: Want) -> Have:
    """Read the state of the host's boot stack."""
    return Have(
        boot=stack.read(host),
        booted=cmdline.parse(host.attr("/proc/cmdline") or ""),
        boot_id=host.attr("/proc/sys/kernel/random/boot_id") or "",
        attempt=host.read(ATTEMPT),
        owners=owners.read(host),
    )


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``: the parameters that the files configure."""
    return {"configured": cmdline.render(have.configured.tokens), "booted": cmdline.render(have.booted)}


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that make the next boot the wanted one."""
    if cmdline.END in have.configured.tokens:
        raise HostError(
            f"The configured command line holds {cmdline.END}; parameters added behind it would go to init.",
            f"Take {cmdline.END} and what follows it out of {have.configured.source}.",
        )
    pending = not want.holds(have.booted)
    steps: list[Step] = []
    tokens = have.configured.tokens
    if not want.trial or (pending and not _tried(have, want) and not _armed(have, want)):
        written = have.boot.write(want)
        steps, tokens = list(written.steps), written.tokens
    steps.extend(_attempt_steps(have, want, pending))
    after = {"configured": cmdline.render(tokens), "booted": cmdline.render(have.booted)}
    shared = owners.concerned(have.owners, want)
    return Plan(tuple(steps), after, _warnings(shared), _facts(have, want, pending, shared))


def _attempt_steps(have: Have, want: Want, pending: bool) -> list[Step]:
    if (want.rebooting or want.trial) and pending and not _tried(have, want):
        note = {"fingerprint": want.fingerprint, "boot_id": have.boot_id, **({"trial": True} if want.trial else {})}
        text = json.dumps(note) + "\n"
        return [write_step(ATTEMPT, have.attempt, text)] if text != have.attempt else []
    if not pending and not want.trial and _attempt(have).get("fingerprint") == want.fingerprint:
        return [write_step(ATTEMPT, have.attempt, None)]
    return []


def _warnings(shared: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(
        f"{each['parameter']} is also set by {each['owner']} in {each['path']}, which may set it again."
        for each in shared
    )


def _facts(have: Have, want: Want, pending: bool, shared: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "stack": have.boot.name,
        "boot_id": have.boot_id,
        "reboot_required": pending,
        "reboot_tried": pending and _tried(have, want),
        "missing": want.lacking(have.booted),
        "conflicting": want.unwanted(have.booted),
        "owners": shared,
    }


def _tried(have: Have, want: Want) -> bool:
    """Whether the host was already rebooted once for exactly these parameters."""
    attempt = _attempt(have)
    return attempt.get("fingerprint") == want.fingerprint and attempt.get("boot_id") != have.boot_id


def _armed(have: Have, want: Want) -> bool:
    """Whether a trial of exactly these parameters is prepared for the next boot."""
    attempt = _attempt(have)
    same = attempt.get("fingerprint") == want.fingerprint and attempt.get("boot_id") == have.boot_id
    return same and attempt.get("trial") is True


def _attempt(have: Have) -> dict[str, Any]:
    try:
        attempt = json.loads(have.attempt or "{}")
    except ValueError:
        return {}
    return attempt if isinstance(attempt, dict) else {}
