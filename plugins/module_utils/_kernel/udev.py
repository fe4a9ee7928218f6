# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""udev: the step that changes a rules file and makes udev read it, and waiting for events."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb, write_step

_SECONDS = 60


def rules_step(path: str, before: str | None, after: str | None) -> Step:
    """Return the step that makes a rules file hold ``after`` (None: no file); udev reloads it at once."""
    step = write_step(path, before, after)
    return replace(step, do=_reloading(step.do), undo=_reloading(step.undo) if step.undo else None)


def _reloading(verb: Verb) -> Verb:
    def then_reload(host: Host) -> None:
        verb(host)
        host.must("udevadm", "control", "--reload")

    return then_reload


def settle(host: Host) -> None:
    """Wait until udev is done with them: before, an interface that just came is called eth0, and not by its own name.

    A deadline that passes is no failure: what has to be there is checked by the steps behind it.
    """
    host.run("udevadm", "settle", f"--timeout={_SECONDS}")
