# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import unit
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step
from ansible_collections.dataplane.dpdk.tests.unit.fakes import systemd
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

NAME = "x.service"
PATH = f"{systemd.UNITS}/{NAME}"
LINK = f"{systemd.UNITS}/sysinit.target.wants/{NAME}"
TEXT = "[Install]\nWantedBy=sysinit.target\n"
DROP_IN = f"{systemd.UNITS}/{NAME}.d/50.conf"


def done(host: FakeHost, step: Step) -> list[str]:
    before = len(host.commands)
    step.do(host)
    return [" ".join(words[1:]) for words in host.commands[before:]]


def undo(host: FakeHost, step: Step) -> None:
    if step.undo is None:
        pytest.fail("there is no way back")
    step.undo(host)


def test_a_unit_is_read_before_it_is_enabled(host: FakeHost) -> None:
    step = unit.enabled_step(PATH, None, TEXT)
    assert done(host, step) == ["daemon-reload", f"enable {NAME}"]
    assert host.tree.exists(LINK)
    undo(host, step)
    assert not host.tree.exists(LINK)
    assert not host.tree.exists(PATH)


def test_a_unit_is_disabled_while_it_is_still_there(host: FakeHost) -> None:
    unit.enabled_step(PATH, None, TEXT).do(host)
    step = unit.enabled_step(PATH, TEXT, None)
    assert done(host, step) == [f"disable {NAME}", "daemon-reload"]
    assert not host.tree.exists(LINK)
    undo(host, step)
    assert host.tree.exists(LINK)


def test_a_drop_in_is_read_and_enables_nothing(host: FakeHost) -> None:
    step = unit.drop_in_step(DROP_IN, None, "[Service]\n")
    assert done(host, step) == ["daemon-reload"]
    undo(host, step)
    assert not host.tree.exists(DROP_IN)
    assert host.commands[-1] == ("systemctl", "daemon-reload")


def test_what_systemd_refuses_is_an_error(host: FakeHost) -> None:
    host.answers["systemctl"] = (1, "", "Failed to reload daemon")
    with pytest.raises(HostError, match="Failed to reload daemon"):
        unit.enabled_step(PATH, None, TEXT).do(host)
