# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of VFs share: a want in one line, its plan, and the four steps."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_admin
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import plan as _plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, VfWant, Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import four_steps, told

NUMVFS = f"{DEVICES}/{PF}/sriov_numvfs"
AUTOPROBE = f"{DEVICES}/{PF}/sriov_drivers_autoprobe"
FIRST = {"mac": "02:00:00:00:10:00", "vlan": 100, "qos": 3, "trust": True, "spoof_check": False}
SECOND = {"mac": "02:00:00:00:10:01", "max_tx_rate": 500, "link_state": "enable"}


def want(
    number: int | None,
    autoprobe: bool | None = None,
    pf: str = "enp1s0",
    vfs: dict[int, VfWant] | None = None,
    mode: str | None = None,
    up: bool = False,
    **more: Any,
) -> Want:
    return Want((PfWant(pf, number, autoprobe, mode, up, vfs or {}),), **more)


def plan(host: FakeHost, wanted: Want) -> Plan:
    """Plan as the module does."""
    have = _have.read(host, wanted)
    return _plan.plan(have, resolve(have, wanted))


def steps(host: FakeHost, wanted: Want) -> Plan:
    """Do the four steps, with the PFs that the want names at the first look."""
    resolved = resolve(_have.read(host, wanted), wanted)
    return four_steps(
        host,
        lambda: _have.read(host, resolved),
        lambda have: _plan.plan(have, resolved),
        lambda have: _plan.describe(have, resolved),
    )


def refused(host: FakeHost, wanted: Want) -> str:
    """Return what the plan says that must not be carried out; nothing may have been written."""
    host.writes.clear()
    with pytest.raises(HostError) as caught:
        plan(host, wanted)
    assert caught.value.remedy
    assert host.writes == []
    return told(caught.value)


def on_vfio(host: FakeHost, enable_sriov: str = "N") -> None:
    host.modules.load("vfio_pci", enable_sriov=enable_sriov)
    driver.move(host, PF, "vfio-pci")


def settings_of(host: FakeHost) -> dict[int, dict[str, Any]]:
    return vf_admin.read(host)["enp1s0"]
