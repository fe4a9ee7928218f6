# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that make the next boot the wanted one, and whether a reboot would bring it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import attempt, guard, owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``: what the files configure, and what was booted."""
    return {"configured": cmdline.render(have.tokens), "booted": cmdline.render(have.booted)}


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that make the next boot the wanted one."""
    guard.require_open_line(have)
    pending = not want.holds(have.booted)
    written = _written(have, want, pending)
    after = replace(have, tokens=written.tokens)
    shared = owners.concerned(have.owners, want)
    return Plan(
        steps=(*written.steps, *attempt.steps(have.attempt, want, pending)),
        after=describe(after, want),
        warnings=(
            *[owners.warning(each, after.tokens) for each in shared],
            *[each.warning for each in have.bound if written.steps],
            *written.warnings,
        ),
        facts=_facts(have, want, pending, shared),
    )


def _written(have: Have, want: Want, pending: bool) -> Written:
    """Return what the boot stack does; nothing where a trial is booted, was tried or is prepared."""
    if attempt.settled(have.attempt, want, pending):
        return Written((), have.tokens)
    if want.trial:
        guard.require_trial(have)
    return have.stack.write(have.configured, want)


def _facts(have: Have, want: Want, pending: bool, shared: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "stack": have.stack.NAME,
        "boot_id": have.attempt.boot_id,
        "reboot_required": pending,
        "reboot_tried": pending and attempt.tried(have.attempt, want),
        "reboot_hint": have.stack.HINT,
        "missing": want.lacking(have.booted),
        "conflicting": want.unwanted(have.booted),
        "owners": shared,
    }
