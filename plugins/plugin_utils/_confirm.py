# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contact by which a host knows that it can still be reached, and does not take a change back (`confirm_within`)."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._confirm import UNIT
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS, taken_back

SECONDS = 180  # how long the host may need to take a change back
# Whoever renames the file has it: this, or what the timer started. Without its first file, the plan counts for nothing.
_SCRIPT = """\
cd {place} && mv armed confirmed 2>/dev/null && {{
    systemctl stop {unit}.timer {unit}.service 2>/dev/null
    rm -f plan.json && rm -f {place}/* && cd / && rmdir {place}
    rmdir {parent} 2>/dev/null
    echo confirmed
    exit 0
}}
n=0
while [ -e {place}/plan.json ] && [ $n -lt {seconds} ]; do sleep 1; n=$((n + 1)); done
cat {note} 2>/dev/null
rm -f {note}
rmdir {parent} 2>/dev/null
exit 0
"""


def script(place: str) -> str:
    """Return the command that confirms the plan in ``place``, or else prints what the host took back."""
    parent = place.rpartition("/")[0]
    return _SCRIPT.format(
        place=shlex.quote(place),
        parent=shlex.quote(parent),
        note=shlex.quote(taken_back(place)),
        unit=UNIT,
        seconds=SECONDS,
    )


def armed(said: object) -> tuple[str, int] | None:
    """Return where a module wrote its plan down and how many seconds it waits; None for what no module returns."""
    if isinstance(said, Mapping) and said.get("place") in JOURNALS and isinstance(said.get("within"), int):
        return str(said["place"]), int(said["within"])
    return None


def result(within: int, said: str) -> dict[str, Any]:
    """Return the keys of a result after a contact that printed ``said``."""
    if said.strip() == "confirmed":
        return {"confirmed": True}
    undone, stuck = _noted(said)
    what = "; ".join(undone) or "nothing is known of what it took back"
    problem = f"Nobody reached the host within {within} s of the change, so it took the change back: {what}."
    if stuck:
        problem += f" Not all of it could be taken back: {' '.join(stuck)}"
    remedy = "Look whether the change touches the port by which the host is reached, or raise confirm_within."
    return {
        "failed": True,
        "changed": False,
        "confirmed": False,
        "msg": f"{problem} {remedy}",
        "remedy": [remedy],
        "problems": [{"problem": problem, "remedy": [remedy]}],
        "undone": undone,
    }


def _noted(said: str) -> list[list[str]]:
    """Return what was undone and what could not be, of a note that may hold anything."""
    try:
        note = json.loads(said)
    except (ValueError, RecursionError):
        note = None
    lists = [note.get(key) if isinstance(note, dict) else None for key in ("undone", "stuck")]
    return [[str(each) for each in found] if isinstance(found, list) else [] for found in lists]
