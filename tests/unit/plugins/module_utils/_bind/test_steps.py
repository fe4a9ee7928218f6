# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of binding, one by one."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import steps
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Binding, Record, Vfs
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

MOVED = Record("enp1s0", "52:54:00:00:01:00", Binding("igb", None))


def test_only_what_is_back_is_forgotten() -> None:
    text = record.render({PF: MOVED, OTHER: MOVED})
    (step,) = steps.forget(text, {OTHER})
    assert step.file is not None
    assert record.parse(step.file.after) == {PF: MOVED}


def test_the_vfs_that_a_pf_was_found_with_are_not_forgotten() -> None:
    pf = Record("enp1s0", "52:54:00:00:01:00", Binding("igb", None), Vfs(0, True))
    (step,) = steps.forget(record.render({PF: pf}), {PF})
    assert step.file is not None
    assert record.parse(step.file.after) == {PF: Record("enp1s0", "52:54:00:00:01:00", None, Vfs(0, True))}


def test_the_file_goes_with_the_last_record() -> None:
    (step,) = steps.forget(record.render({PF: MOVED}), {PF})
    assert step.action == f"Removed {record.PATH}"


def test_what_is_not_known_is_not_forgotten() -> None:
    assert steps.forget(record.render({PF: MOVED}), {OTHER}) == []
    assert steps.forget(None, {PF}) == []


def test_rules_that_stay_are_not_written() -> None:
    assert steps.rules("text", "text") == steps.rules(None, None) == []
    assert [step.action for step in steps.rules(None, "text")] != []


def test_settle_is_quiet_where_all_is_as_wanted(host: FakeHost) -> None:
    host.writes.clear()
    driver.settle(host, PF, "igb", None)
    assert host.writes == []
