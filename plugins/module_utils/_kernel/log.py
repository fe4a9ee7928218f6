# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel log, as dmesg prints it."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_LAST_LINES = 6


def lines(host: Host) -> tuple[str, ...]:
    """Return the lines that are still there; none without dmesg, or where dmesg_restrict closes the log to us."""
    return tuple(host.output("dmesg").splitlines())


def about(host: Host, address: str, before: tuple[str, ...] = ()) -> str:
    """Return what the kernel last said of a device, or an empty text where the log has nothing.

    ``before`` are the lines that were there when what is asked about began; they belong to something else.
    """
    found = [line.strip() for line in _new(lines(host), before) if address in line]
    return "; ".join(found[-_LAST_LINES:])


def _new(now: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines that were added; the buffer drops its oldest ones, and somebody may have emptied it."""
    last = max((place for place, line in enumerate(now, 1) if before and line == before[-1]), default=0)
    return now[len(before) :] if now[: len(before)] == before else now[last:]
