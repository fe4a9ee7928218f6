# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.udev import rules_step
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

PATH = "/etc/udev/rules.d/65-x.rules"
RELOAD = ("udevadm", "control", "--reload")


@pytest.mark.parametrize(("before", "after"), [(None, "new\n"), ("old\n", "new\n"), ("old\n", None)])
def test_udev_reads_the_rules_after_each_change(host: FakeHost, before: str | None, after: str | None) -> None:
    if before is not None:
        host.write_file(PATH, before)
    step = rules_step(PATH, before, after)
    step.do(host)
    assert host.read(PATH) == after
    assert host.commands == [RELOAD]
    assert step.undo is not None
    step.undo(host)
    assert host.read(PATH) == before
    assert host.commands == [RELOAD, RELOAD]


def test_udev_that_does_not_answer_is_a_failure(host: FakeHost) -> None:
    host.answers["udevadm"] = (1, "", "Failed to send reload request: No such file or directory\n")
    with pytest.raises(HostError, match="'udevadm control --reload' ended with 1 and said: Failed to send"):
        rules_step(PATH, None, "new\n").do(host)
