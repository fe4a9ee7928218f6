# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step that changes a udev rules file and makes udev read it."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb, write_step


def rules_step(path: str, before: str | None, after: str | None) -> Step:
    """Return the step that makes a rules file hold ``after`` (None: no file); udev reloads it at once."""
    step = write_step(path, before, after)
    return replace(step, do=_reloading(step.do), undo=_reloading(step.undo) if step.undo else None)


def _reloading(verb: Verb) -> Verb:
    def then_reload(host: Host) -> None:
        verb(host)
        host.must("udevadm", "control", "--reload")

    return then_reload
