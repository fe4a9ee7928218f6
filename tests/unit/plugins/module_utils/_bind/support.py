# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of binding share: a task's want by its options, its plan, and machines to try it on."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import plan as _plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import want as _want
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import four_steps, told

MELLANOX = "0000:03:00.0"
OPTIONS: dict[str, Any] = {
    "state": "present",
    "persistent": True,
    "group_policy": "refuse",
    "all_or_nothing": True,
    "takeover": False,
    "force": False,
    "allow_management": False,
    "allow_bifurcated": False,
    "allow_unlisted": False,
    "assume_prepared": False,
}


def want(*devices: Any, driver: Any = "vfio-pci", **more: Any) -> Want:
    """Ask for devices as a task does, and with the options that it may have; a VF by its PF and its index."""
    given = [{"device": each[0], "vf": each[1]} if isinstance(each, tuple) else each for each in devices]
    policy = {"group_policy": more.pop("group")} if "group" in more else {}
    return _want.parse({**OPTIONS, "devices": given, "driver": driver, **policy, **more})


def plan(host: FakeHost, wanted: Want) -> Plan:
    return _plan.plan(have.read(host, wanted), wanted)


def describe(host: FakeHost, wanted: Want) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _plan.describe(have.read(host, wanted), wanted)["devices"]
    return found


def steps(host: FakeHost, wanted: Want) -> Plan:
    """Do the four steps."""
    return four_steps(
        host,
        lambda: have.read(host, wanted),
        lambda found: _plan.plan(found, wanted),
        lambda found: _plan.describe(found, wanted),
    )


def actions(todo: Plan) -> list[str]:
    return [step.action for step in todo.all_steps]


def refused(host: FakeHost, wanted: Want) -> str:
    """Return the reason and the remedy of a plan that must not be carried out; nothing may have been written."""
    host.writes.clear()
    with pytest.raises(HostError) as caught:
        plan(host, wanted)
    assert caught.value.remedy
    assert host.writes == []
    return told(caught.value)


def state(host: FakeHost, address: str) -> tuple[str | None, str | None]:
    return device.driver_of(host, address), device.override_of(host, address)


def make_vfs(host: FakeHost, number: int = 2, autoprobe: bool = True) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_drivers_autoprobe", str(int(autoprobe)))
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", str(number))
    host.writes.clear()


def share_group(host: FakeHost) -> None:
    """Put both ports and the bridge into one IOMMU group, as a slot without ACS does."""
    for address in (BRIDGE, OTHER):
        function = host.pci.functions[address]
        host.tree.remove(f"/sys/kernel/iommu_groups/{function.group}")
        host.tree.remove(f"{function.path}/iommu_group")
        function.group = host.pci.functions[PF].group
        assert function.group is not None
        host.pci.join_group(function, function.group, None)


def add_mellanox(host: FakeHost) -> None:
    """Plug in a port that DPDK uses on top of its kernel driver."""
    for name in ("mlx5_core", "mlx5_ib", "ib_uverbs"):
        host.modules.add(Module(name))
    host.modules.load("mlx5_core")
    host.add_driver(Driver("mlx5_core", "mlx5_core", ("15b3:101d",), netdev=True))
    host.add(Function(MELLANOX, "15b3:101d", interface="enp3s0", mac="52:54:00:00:03:00", group=30), "mlx5_core")
