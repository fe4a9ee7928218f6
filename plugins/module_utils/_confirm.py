# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A dead man's switch: the host takes a plan back by itself unless somebody reaches it in time.

A transient timer of systemd is started before the first step, so that it also fires where the run is killed. Once the plan
is done, the time counts from then. Who reaches the host renames `armed` to `confirmed`; the timer's program renames it to
`expired`: one of the two gets it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils import _process
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._journal import (
    end,
    program,
    remove,
    take_back,
    who,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS, taken_back

UNIT = "dataplane-dpdk-confirm"
_LOCK_SECONDS = 3600
_SYSTEMD = "/run/systemd/system"
_BOOT_ID = "/proc/sys/kernel/random/boot_id"


def arm(host: Host, place: str, seconds: int) -> None:
    """Start the timer; raise HostError where the host has none to start."""
    if not host.exists(_SYSTEMD):
        raise HostError(
            "confirm_within needs systemd, which does not run on this host. Nothing was changed.",
            "Leave confirm_within out.",
        )
    host.must(
        "systemd-run",
        f"--unit={UNIT}",
        "--collect",
        f"--on-active={seconds}",
        "--timer-property=AccuracySec=1s",
        *program(host, place, "_confirm"),
    )


def count(host: Host, place: str, seconds: int) -> None:
    """Let the time count from now."""
    armed = {"until": _now(host) + seconds, "boot": host.attr(_BOOT_ID), "within": seconds}
    host.write_file(f"{place}/armed", json.dumps(armed), 0o600)


def disarm(host: Host) -> None:
    """Stop the timer; that there is none is fine."""
    host.run("systemctl", "stop", f"{UNIT}.timer", f"{UNIT}.service")


def confirmed(host: Host, place: str) -> bool:
    """Return whether a plan was confirmed, which looking at it in time does."""
    if host.exists(f"{place}/armed") and _left(host, place) > 0:
        host.rename(f"{place}/armed", f"{place}/confirmed")
    if not host.exists(f"{place}/confirmed"):
        return False
    disarm(host)
    remove(host, place)
    return True


def end_others(host: Host) -> list[str]:
    """Take back the plans of runs that were cut off, or that nobody confirmed; return what to say of them."""
    there = [place for place in JOURNALS if host.exists(place)]
    return [text for place in there if not confirmed(host, place) for text in end(host, place)]


def told(host: Host) -> list[str]:
    """Return what the host took back since it was last asked, and forget that."""
    found = []
    for place in JOURNALS:
        text = host.read(taken_back(place))
        if text is not None:
            found.append(_sentence(taken_back(place), _table(text)))
            host.remove_file(taken_back(place))
            if not host.exists(place):
                host.remove_directory(place)  # and the one above, where nothing else is in it
    return found


def _sentence(path: str, note: dict[str, Any]) -> str:
    try:
        undone = "; ".join(note["undone"]) or "nothing"
        stuck = f" Not all of it could be taken back: {' '.join(note['stuck'])}" if note["stuck"] else ""
        why = f"{note['who']} had changed, because nobody reached it within {note['within']} s: {undone}.{stuck}"
        return f"At {note['when']} this host took back what {why}"
    except (KeyError, TypeError):
        return (
            "By itself, this host took a change back, because nobody reached it in time. What it wrote down of that, in "
            f"{path}, is damaged; look at the host."
        )


def main(argv: Sequence[str]) -> None:
    """Take a plan back unless it is confirmed in time: what the timer starts."""
    take_back_unless_confirmed(Host(run_command=_process.run_alone), argv[0])


def take_back_unless_confirmed(host: Host, place: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until the time of a plan is over, and take it back unless it is confirmed by then."""
    while True:
        with host.alone("confirm_within", _LOCK_SECONDS):
            if not host.exists(f"{place}/plan.json"):
                return
            left = _left(host, place)
            if left <= 0:
                _take_back(host, place)
                return
        sleep(left)


def _take_back(host: Host, place: str) -> None:
    within = _armed(host, place).get("within", 0)
    if host.exists(f"{place}/armed"):
        host.rename(f"{place}/armed", f"{place}/expired")
    if host.exists(f"{place}/confirmed"):
        return
    note = {"who": who(host, place), "within": within, "when": time.strftime("%Y-%m-%d %H:%M:%S")}
    note.update(take_back(host, place, forced=True))
    host.write_file(taken_back(place), json.dumps(note), 0o600)


def _left(host: Host, place: str) -> float:
    """Return how many seconds are left; none where the run was killed, or the host was booted since."""
    armed = _armed(host, place)
    return float(armed.get("until", 0)) - _now(host) if armed.get("boot") == host.attr(_BOOT_ID) else 0.0


def _armed(host: Host, place: str) -> dict[str, Any]:
    """Return until when a plan may be confirmed; what is damaged says nothing of that, so that the time is over."""
    return _table(host.read(f"{place}/armed") or "")


def _table(text: str) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except ValueError:
        return {}
    return table if isinstance(table, dict) else {}


def _now(host: Host) -> float:
    return float((host.attr("/proc/uptime") or "0").split()[0])
