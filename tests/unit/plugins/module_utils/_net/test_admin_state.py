# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import admin_state
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def test_up_and_down(host: FakeHost) -> None:
    for up in (False, True):
        admin_state.set_up(host, "enp1s0", up)
        assert admin_state.is_up(host, "enp1s0") == up


def test_no_such_interface(host: FakeHost) -> None:
    assert not admin_state.is_up(host, "enp9s0")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((2, "", "RTNETLINK answers: Operation not permitted"), "Operation not permitted"),
        ((0, "", ""), "enp1s0 was set down, but is not. Look for another tool that manages enp1s0"),
    ],
)
def test_an_interface_that_stays_as_it_is(host: FakeHost, answer: tuple[int, str, str], said: str) -> None:
    host.answers["ip"] = answer
    with pytest.raises(HostError) as caught:
        admin_state.set_up(host, "enp1s0", False)
    assert said in told(caught.value)
