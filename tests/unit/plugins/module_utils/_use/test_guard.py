# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses a device, and what the user may allow all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

PORT = Device(PF, "020000", "8086", "10c9", "", "igb", None, None, 1, 0, (Interface("enp1s0", ""),))
IDLE = Network({}, {}, {}, ())
USED = Network({}, {"enp1s0": ("192.0.2.1/24",)}, {}, ())
MANAGED = replace(USED, connection=("192.0.2.1",))


def text(error: HostError | None) -> str:
    assert error is not None
    assert error.remedy
    return told(error)


@pytest.mark.parametrize("consent", [guard.NONE, Consent(force=True), Consent(bifurcated=True)])
def test_the_management_path_stays_even_if_forced(consent: Consent) -> None:
    said = text(guard.in_use(PORT, MANAGED, consent))
    assert f"{PF} (enp1s0) carries the management path of this host: enp1s0 holds 192.0.2.1/24" in said
    assert "force does not cover this" in said
    assert "allow_management does" in said


def test_the_management_path_goes_when_that_is_allowed() -> None:
    assert guard.in_use(PORT, MANAGED, Consent(management=True)) is None


def test_a_used_port_stays_unless_forced() -> None:
    said = text(guard.in_use(PORT, USED, guard.NONE))
    assert f"{PF} (enp1s0) is in use: enp1s0 holds 192.0.2.1/24." in said
    assert "set force" in said
    assert guard.in_use(PORT, USED, Consent(force=True)) is None


def test_any_interface_of_a_device_counts() -> None:
    port = replace(PORT, interfaces=(Interface("idle", ""), Interface("enp1s0", "")))
    assert "enp1s0 holds" in text(guard.in_use(port, USED, guard.NONE))


def test_a_device_that_a_process_holds_stays() -> None:
    said = text(guard.held(PORT, [Holder(1, "testpmd", "/dev/vfio/1"), Holder(2, "vpp", "/dev/vfio/1")]))
    assert "is held open by testpmd (pid 1, /dev/vfio/1), vpp (pid 2, /dev/vfio/1)" in said
    assert "Stop the process first." in said


def test_what_nobody_uses_is_free_to_go() -> None:
    assert guard.in_use(PORT, IDLE, guard.NONE) is None
    assert guard.held(PORT, []) is None


def test_that_nobody_looked_is_no_consent() -> None:
    with pytest.raises(HostError, match="Nobody looked who uses"):
        guard.in_use(PORT, None, guard.NONE)
