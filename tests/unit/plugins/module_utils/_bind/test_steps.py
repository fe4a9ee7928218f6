# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of binding, one by one."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import steps
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost


def test_rules_that_stay_are_not_written() -> None:
    assert steps.rules("text", "text") == steps.rules(None, None) == []
    assert [step.action for step in steps.rules(None, "text")] != []


def test_settle_is_quiet_where_all_is_as_wanted(host: FakeHost) -> None:
    host.writes.clear()
    driver.settle(host, PF, "igb", None)
    assert host.writes == []
