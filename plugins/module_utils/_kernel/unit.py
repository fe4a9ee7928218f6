# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps that change a systemd unit: systemd reads it at once, and enables or disables it."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb, write_step


def enabled_step(path: str, before: str | None, after: str | None) -> Step:
    """Return the step that makes a unit hold ``after`` and be started at boot; None removes it."""
    step = write_step(path, before, after)
    undo = step.undo or step.do
    return replace(step, do=_enabling(path, step.do, after), undo=_enabling(path, undo, before))


def drop_in_step(path: str, before: str | None, after: str | None) -> Step:
    """Return the step that makes a drop-in of a unit hold ``after`` (None: no file)."""
    step = write_step(path, before, after)
    return replace(step, do=_reading(step.do), undo=_reading(step.undo) if step.undo else None)


def _enabling(path: str, write: Verb, text: str | None) -> Verb:
    name = path.rsplit("/", 1)[-1]

    def put(host: Host) -> None:
        # systemctl finds the links that a unit wants by reading the unit, so it goes first.
        if text is None and host.exists(path):
            host.must("systemctl", "disable", name)
        write(host)
        host.must("systemctl", "daemon-reload")
        if text is not None:
            host.must("systemctl", "enable", name)

    return put


def _reading(verb: Verb) -> Verb:
    def then_reload(host: Host) -> None:
        verb(host)
        host.must("systemctl", "daemon-reload")

    return then_reload
