# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot parameters of a host: configured, booted, and whether a reboot would bring one to the other."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import debian_grub, drop_in, stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.debian_grub import Configured
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.drop_in import DropIn
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step

# One reboot is tried for one wanted configuration; this is where it is written down.
ATTEMPT = "/var/lib/dataplane-dpdk/reboot.json"


@dataclass(frozen=True)
class Want:
    """Tokens that the command line must have, and patterns that it must not match."""

    present: tuple[str, ...]
    absent: tuple[str, ...]
    rebooting: bool = False

    @property
    def fingerprint(self) -> str:
        """A name for this configuration, the same in every run."""
        text = json.dumps([sorted(self.absent), [cmdline.plain(token) for token in self.present]])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Have:
    """What is configured and what is booted; ``attempt`` is the last reboot that was begun, as text."""

    configured: Configured
    booted: tuple[str, ...]
    boot_id: str
    attempt: str | None


def wanted(present: list[str], absent: list[str], rebooting: bool = False) -> Want:
    """Check what the user wrote, before anything is touched."""
    want = Want(tuple(map(cmdline.check, present)), tuple(map(cmdline.check, absent)), rebooting)
    both = set(map(cmdline.plain, want.present)) & set(map(cmdline.plain, want.absent))
    if both:
        raise HostError(f"{' '.join(sorted(both))}: both in present and in absent.", "Decide for one of them.")
    return want


def read(host: Host) -> Have:
    """Read the state of the host's boot stack."""
    stack.require_supported(host)
    return Have(
        configured=debian_grub.read(host),
        booted=cmdline.parse(host.attr("/proc/cmdline") or ""),
        boot_id=host.attr("/proc/sys/kernel/random/boot_id") or "",
        attempt=host.read(ATTEMPT),
    )


def describe(have: Have) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``: the parameters that the files configure."""
    return {"configured": cmdline.render(have.configured.tokens), "booted": cmdline.render(have.booted)}


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that make the next boot the wanted one."""
    if cmdline.END in have.configured.tokens:
        raise HostError(
            f"The configured command line holds {cmdline.END}; parameters added behind it would go to init.",
            f"Take {cmdline.END} and what follows it out of {debian_grub.MAIN}.",
        )
    new = _new_drop_in(have.configured, want)
    expected = (*[token for token in have.configured.foreign if token not in new.removed], *new.added)
    steps: list[Step] = []
    text = drop_in.render(new)
    if text != have.configured.drop_in_text:
        steps.append(write_step(drop_in.PATH, have.configured.drop_in_text, text))
    if steps or not _holds(have.configured.generated, want):
        steps.append(_generate(have.configured, expected, want))
    pending = not _holds(have.booted, want)
    steps.extend(_attempt_steps(have, want, pending))
    after = {"configured": cmdline.render(expected), "booted": cmdline.render(have.booted)}
    return Plan(tuple(steps), after, facts=_facts(have, want, pending))


def _new_drop_in(configured: Configured, want: Want) -> DropIn:
    """Keep what earlier calls asked for, unless this call says otherwise."""
    old = drop_in.parse(configured.drop_in_text)
    kept = [token for token in old.added if token not in cmdline.unwanted(old.added, want.present, want.absent)]
    present = [*kept, *cmdline.lacking(kept, want.present)]
    removed = tuple(dict.fromkeys(cmdline.unwanted(configured.foreign, present, [*want.absent, *old.removed])))
    rest = [token for token in configured.foreign if token not in removed]
    return DropIn(removed, tuple(cmdline.lacking(rest, present)))


def _holds(tokens: tuple[str, ...], want: Want) -> bool:
    return not cmdline.lacking(tokens, want.present) and not cmdline.unwanted(tokens, want.present, want.absent)


def _generate(configured: Configured, expected: tuple[str, ...], want: Want) -> Step:
    return Step(
        f"Regenerated {debian_grub.GRUB_CFG}",
        lambda host: debian_grub.apply(host, expected, want.present, want.absent),
        lambda host: debian_grub.put_back(host, configured.grub_cfg, configured.grub_cfg_mode),
    )


def _attempt_steps(have: Have, want: Want, pending: bool) -> list[Step]:
    if want.rebooting and pending and not _tried(have, want):
        text = json.dumps({"fingerprint": want.fingerprint, "boot_id": have.boot_id}) + "\n"
        return [write_step(ATTEMPT, have.attempt, text)] if text != have.attempt else []
    if not pending and _attempt(have).get("fingerprint") == want.fingerprint:
        return [write_step(ATTEMPT, have.attempt, None)]
    return []


def _facts(have: Have, want: Want, pending: bool) -> dict[str, Any]:
    return {
        "stack": debian_grub.NAME,
        "boot_id": have.boot_id,
        "reboot_required": pending,
        "reboot_tried": pending and _tried(have, want),
        "missing": cmdline.lacking(have.booted, want.present),
        "conflicting": cmdline.unwanted(have.booted, want.present, want.absent),
    }


def _tried(have: Have, want: Want) -> bool:
    """Whether the host was already rebooted once for exactly these parameters."""
    attempt = _attempt(have)
    return attempt.get("fingerprint") == want.fingerprint and attempt.get("boot_id") != have.boot_id


def _attempt(have: Have) -> dict[str, Any]:
    try:
        attempt = json.loads(have.attempt or "{}")
    except ValueError:
        return {}
    return attempt if isinstance(attempt, dict) else {}
