# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import eswitch
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def test_a_mode_is_read_and_set(host: FakeHost) -> None:
    host.pci.functions[PF].eswitch = "legacy"
    assert eswitch.read(host, PF) == "legacy"
    eswitch.set_mode(host, PF, "switchdev")
    assert eswitch.read(host, PF) == "switchdev"


def test_a_card_without_eswitch(host: FakeHost) -> None:
    assert eswitch.read(host, PF) is None


def test_a_host_without_devlink(host: FakeHost) -> None:
    host.missing_commands.add("devlink")
    assert eswitch.read(host, PF) is None


@pytest.mark.parametrize(
    "answer", [(0, "no JSON", ""), (0, "{}", ""), (0, "[]", ""), (0, "[" * 100000, ""), (1, "", "x")]
)
def test_what_devlink_does_not_tell(host: FakeHost, answer: tuple[int, str, str]) -> None:
    host.answers["devlink"] = answer
    assert eswitch.read(host, PF) is None


def test_a_mode_that_does_not_change(host: FakeHost) -> None:
    host.answers["devlink"] = (0, '{"dev": {"pci/0000:01:00.0": {"mode": "legacy"}}}', "")
    with pytest.raises(HostError) as caught:
        eswitch.set_mode(host, PF, "switchdev")
    assert "The eswitch of 0000:01:00.0 was set to switchdev, but devlink tells legacy. Look" in told(caught.value)


def test_a_mode_that_is_refused(host: FakeHost) -> None:
    host.answers["devlink"] = (1, "", "kernel answers: Device or resource busy")
    with pytest.raises(HostError) as caught:
        eswitch.set_mode(host, PF, "switchdev")
    assert "Device or resource busy" in told(caught.value)
