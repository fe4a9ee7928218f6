# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: readiness
type: aggregate
short_description: End a run with a table of which hosts are ready for DPDK, and show meanwhile what it waits for
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Ends a run in which modules of this collection ran with a line for each host, ready, not ready or failed, and with the
    causes and remedies. A host that was given back is restored, with what a reboot would still change.
  - Shows which hosts a run is waiting for, and how long, when nothing happens for a while, such as during a reboot.
  - On many hosts, shows in one line now and then how far a task is.
requirements:
  - Enable it with C(callbacks_enabled = dataplane.dpdk.readiness) in the section C([defaults]) of C(ansible.cfg), or with the environment
    variable C(ANSIBLE_CALLBACKS_ENABLED).
options:
  many:
    description:
      - From how many hosts on there are lines of progress, and hosts that are ready are counted instead of listed.
    type: int
    default: 20
    env:
      - name: DPDK_READINESS_MANY
    ini:
      - section: callback_dpdk_readiness
        key: many
  progress_seconds:
    description: How many seconds at least lie between two lines of progress. V(0) is for none at all.
    type: int
    default: 10
    env:
      - name: DPDK_READINESS_PROGRESS_SECONDS
    ini:
      - section: callback_dpdk_readiness
        key: progress_seconds
  waiting_seconds:
    description: After how many seconds without news a line says what the run waits for, again and again. V(0) is for never.
    type: int
    default: 30
    env:
      - name: DPDK_READINESS_WAITING_SECONDS
    ini:
      - section: callback_dpdk_readiness
        key: waiting_seconds
seealso:
  - plugin: dataplane.dpdk.readiness
    plugin_type: filter
"""

import threading
import time
from typing import Any

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.callback import CallbackBase
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _watch
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._readiness import FAILED, NOT_READY, READY
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._watch import Seen

COLOURS = {
    READY: constants.COLOR_OK,
    NOT_READY: constants.COLOR_CHANGED,
    FAILED: constants.COLOR_ERROR,
    _watch.NOT_JUDGED: constants.COLOR_SKIP,
    _watch.RESTORED: constants.COLOR_OK,
}


class CallbackModule(CallbackBase):
    """Listens to a run. What it knows is in `_watch`; here are only Ansible's events, the clock and the display."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "dataplane.dpdk.readiness"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._seen: dict[str, Seen] = {}
        self._play: Any = None
        self._hosts = 0
        self._task = ""
        self._task_start = self._reported = 0.0
        self._done: set[str] = set()
        self._failed: set[str] = set()
        # Shared with the thread that reports long waits.
        self._lock = threading.Lock()
        self._running: dict[str, float] = {}
        self._news = time.monotonic()
        self._end = threading.Event()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        if self.get_option("waiting_seconds") > 0:
            threading.Thread(target=self._watch, daemon=True, name="dpdk-readiness").start()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = play
        # Counted now, because those that fail later are taken out. With `serial`, each batch starts again.
        self._hosts = len(play.get_variable_manager().get_vars(play=play).get("ansible_play_batch", ()))

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        with self._lock:
            self._task = task.get_name()
            self._news = self._task_start = self._reported = time.monotonic()
            self._done.clear()
            self._running.clear()

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        with self._lock:
            self._running[host.get_name()] = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._note(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        # The result itself does not say so: Ansible takes `skipped` out before it shows it to callbacks.
        self._finish(result._host.get_name())

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._note(result, {**result._result, "unreachable": True})

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._note(result, None if ignore_errors else dict(result._result))

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end.set()
        rows = []
        for name in sorted(stats.processed):
            seen, summary = self._seen.get(name, Seen()), stats.summarize(name)
            failed = bool(summary["failures"] or summary["unreachable"])
            if seen.known or (failed and seen.failure):
                rows.append(_watch.row(name, seen, failed, self._iommu_wanted(name, seen)))
        if not any(self._seen[each.name].known for each in rows):
            return
        self._display.banner("DPDK READINESS")
        for state, line in _watch.table(rows, self.get_option("many")):
            self._display.display(line, color=COLOURS[state])

    def _note(self, result: Any, failure: dict[str, Any] | None = None) -> None:
        name = result._host.get_name()
        seen = self._seen.setdefault(name, Seen())
        task = result._task
        if failure is not None:
            seen.failure = failure
            self._failed.add(name)
        else:
            action = getattr(task, "resolved_action", None) or task.action
            fields = result._task_fields
            restoring = (fields.get("args") or {}).get("state") in ("restored", "absent")
            seen.note(str(action), result._result, bool(fields.get("check_mode")), restoring)
        self._finish(name)

    def _finish(self, name: str) -> None:
        with self._lock:
            self._running.pop(name, None)
            self._done.add(name)
            self._news = time.monotonic()
        self._show_progress()

    def _show_progress(self) -> None:
        every, now = self.get_option("progress_seconds"), time.monotonic()
        if every <= 0 or now - self._reported < every:
            return
        if self._hosts >= self.get_option("many"):
            self._reported = now
            line = _watch.progress(self._task, len(self._done), self._hosts, len(self._failed), now - self._task_start)
            self._display.display(line, color=constants.COLOR_VERBOSE)

    def _iommu_wanted(self, name: str, seen: Seen) -> bool:
        """What the inventory says, where it matters: reading the variables of a host takes a while."""
        if self._play is None or seen.looks.get("iommu", {}).get("effective", True):
            return True
        manager = self._play.get_variable_manager()
        host = manager._inventory.get_host(name) if manager else None
        given = manager.get_vars(play=self._play, host=host).get("dpdk_host_iommu", True) if host else True
        return bool(boolean(given, strict=False)) if isinstance(given, (bool, str, int)) else True

    def _waited_for(self) -> list[str]:
        with self._lock:
            return sorted(self._running)

    def _watch(self) -> None:
        """Report long waits until the run ends. The display has a lock of its own, which forks know of."""
        every = self.get_option("waiting_seconds")
        reported = 0.0
        while not self._end.wait(min(every, 1)):
            hosts, now = self._waited_for(), time.monotonic()
            with self._lock:
                quiet, since = now - max(self._news, reported), now - self._task_start
            if hosts and quiet >= every:
                reported = now
                self._display.display(_watch.waiting(self._task, hosts, since), color=constants.COLOR_VERBOSE)
