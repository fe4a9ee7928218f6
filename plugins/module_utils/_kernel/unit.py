# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Units of systemd: whether it knows them as they are written, and the steps that change them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb, write_step

_UNITS = "/etc/systemd/system"


def in_force(host: Host, names: Iterable[str], target: str) -> frozenset[str]:
    """Return which units a target starts at boot; systemd reads their files then, whether it has read them by now or not."""
    return frozenset(names) & frozenset(host.names(f"{_UNITS}/{target}.wants"))


def unread(host: Host, names: Iterable[str]) -> frozenset[str]:
    """Return which units have files or drop-ins that systemd has not read yet, so that a start would not heed them."""
    wanted = sorted(names)
    if not wanted:
        return frozenset()
    out = host.run("systemctl", "show", "--property=Id,NeedDaemonReload", *wanted).out
    shown = [dict(line.partition("=")[::2] for line in block.splitlines()) for block in out.split("\n\n")]
    return frozenset(each.get("Id", "") for each in shown if each.get("NeedDaemonReload") == "yes")


def read_again_step(names: Iterable[str]) -> Step:
    """Return the step that makes systemd read files which it has not read yet."""
    return Step(f"Had systemd read {', '.join(sorted(names))} again", _read_again)


def enabled_steps(path: str, before: str | None, after: str | None, in_force: Collection[str]) -> list[Step]:
    """Return the step that makes a unit hold ``after`` and be started at boot, or none where it does and is."""
    name = path.rsplit("/", 1)[-1]
    if before != after:
        return [enabled_step(path, before, after)]
    if after is None or name in in_force:
        return []
    return [Step(f"Enabled {name}", _enabling(path, lambda host: None, after))]


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


def _read_again(host: Host) -> None:
    host.must("systemctl", "daemon-reload")
