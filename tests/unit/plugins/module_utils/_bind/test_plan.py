# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words for drivers, giving back, other owners, groups, UIO, bifurcated ports, and results of their own."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have as binding
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import plan as moving
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.have import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.target import Entry
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, SLOTS
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector, parse
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, four_steps, told
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._bind.test_have import share_group

ALIASES = f"/lib/modules/{RELEASE}/modules.alias"
MELLANOX = "0000:03:00.0"
SAVED = f"{owners.DRIVERCTL}/pci-{PF}"


def want(*texts: str, driver: str | None = "vfio-pci", **more: Any) -> Want:
    return Want(tuple(Entry(Selector(text), driver) for text in texts), **more)


def plan(host: FakeHost, wanted: Want) -> Plan:
    return moving.plan(binding.read(host, wanted), wanted)


def steps(host: FakeHost, wanted: Want) -> list[str]:
    """Do the four steps; return the actions."""
    done = four_steps(
        host,
        lambda: binding.read(host, wanted),
        lambda have: moving.plan(have, wanted),
        lambda have: binding.describe(have, wanted),
    )
    return [step.action for step in done.steps]


def refused(host: FakeHost, wanted: Want) -> str:
    host.writes.clear()
    with pytest.raises(HostError) as caught:
        plan(host, wanted)
    assert host.writes == []
    assert caught.value.remedy
    return told(caught.value)


def state(host: FakeHost, address: str) -> tuple[str | None, str | None]:
    return device.driver_of(host, address), device.override_of(host, address)


def test_no_driver_stays_no_driver(host: FakeHost) -> None:
    steps(host, want("enp1s0", driver="none"))
    assert state(host, PF) == (None, "none")
    rules = host.read(bind_rules.BIND_PATH) or ""
    assert 'ATTR{driver_override}="none"' in rules
    assert "drivers_probe" not in rules, "nothing may bind the device again"
    assert "kmod load" not in rules


@pytest.mark.parametrize("recorded", [True, False])
def test_the_kernels_own_driver(host: FakeHost, recorded: bool) -> None:
    apply(host, plan(host, want("enp1s0")))
    if not recorded:
        host.remove_file(record.PATH)
        host.tree.write(ALIASES, "alias pci:v*d*bc* vfio_pci\nalias pci:v00008086d000010C9bc* igb\n")
    steps(host, want(PF, driver="kernel"))
    assert state(host, PF) == ("igb", None)
    assert bind_rules.parse_bind(host.read(bind_rules.BIND_PATH)) == {}


def test_a_device_without_any_kernel_driver(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0")))
    host.remove_file(record.PATH)
    host.tree.write(ALIASES, "alias pci:v*d*bc* vfio_pci\n")
    said = refused(host, want(PF, driver="kernel"))
    assert "no driver of its own" in said
    assert "Install the package that holds its module" in said


@pytest.mark.parametrize("named", [True, False])
def test_devices_are_given_back(host: FakeHost, named: bool) -> None:
    apply(host, plan(host, want("enp1s0", "enp2s0")))
    back = want(*(["enp1s0", "enp2s0"] if named else []), restore=True)
    steps(host, binding.spelt_out(binding.read(host, back), back))
    assert state(host, PF) == state(host, OTHER) == ("igb", None)
    assert host.read(record.PATH) is None
    assert host.read(bind_rules.BIND_PATH) is None


def test_the_rules_go_before_a_device_is_given_back(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0")))
    actions = steps(host, want("enp1s0", restore=True))
    assert actions.index(f"Removed {bind_rules.BIND_PATH}") < actions.index(f"Bound {PF} to igb (was vfio-pci)")


def test_one_of_two_is_given_back(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0", "enp2s0")))
    steps(host, want("enp2s0", restore=True))
    assert set(record.parse(host.read(record.PATH))) == {PF}
    assert set(bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))) == {PF}
    assert state(host, PF)[0] == "vfio-pci"


def test_a_device_that_was_never_changed_is_as_it_was(host: FakeHost) -> None:
    assert plan(host, want("enp1s0", restore=True)).steps == ()


def test_driverctl_keeps_the_same_driver(host: FakeHost) -> None:
    host.write_file(SAVED, "vfio-pci\n")
    todo = plan(host, want("enp1s0"))
    assert any(SAVED in warning for warning in todo.warnings)
    steps(host, want("enp1s0"))
    assert host.read(bind_rules.BIND_PATH) is None, "no second owner"


def test_driverctl_keeps_another_driver(host: FakeHost) -> None:
    host.write_file(SAVED, "uio_pci_generic\n")
    said = refused(host, want("enp1s0"))
    assert f"driverctl keeps {PF} (enp1s0) on uio_pci_generic ({SAVED})." in said
    assert "set takeover" in said


@pytest.mark.parametrize("saved", ["uio_pci_generic", "vfio-pci"])
def test_a_device_is_taken_over_from_driverctl(host: FakeHost, saved: str) -> None:
    host.write_file(SAVED, f"{saved}\n")
    assert f"Removed {SAVED}" in steps(host, want("enp1s0", takeover=True))
    assert set(bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))) == {PF}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/modprobe.d/vfio.conf", "options vfio-pci ids=1234:5678,8086:10c9:ffff disable_vga=1\n"),
        ("/etc/modprobe.d/vfio.conf", "# x\noptions vfio_pci ids=8086:10C9\n"),
        ("/proc/cmdline", "quiet vfio-pci.ids=8086:10c9\n"),
    ],
)
def test_ids_of_vfio_pci_take_all_equal_cards(host: FakeHost, path: str, text: str) -> None:
    host.tree.write(path, text)
    said = refused(host, want("enp1s0", driver="uio_pci_generic"))
    assert "gives every 8086:10c9 to vfio-pci" in said
    assert "Take 8086:10c9 out of" in said
    steps(host, want("enp1s0"))


@pytest.mark.parametrize(
    "line", ["options igb ids=8086:10c9", "options vfio-pci disable_vga=1", "options vfio-pci ids='"]
)
def test_other_options_own_nothing(host: FakeHost, line: str) -> None:
    host.tree.write("/etc/modprobe.d/x.conf", line + "\n")
    assert owners.read(host).vfio_ids == {}


def test_all_of_a_group(host: FakeHost) -> None:
    share_group(host)
    assert f"also holds {OTHER} (enp2s0) on igb" in refused(host, want("enp1s0"))
    steps(host, want("enp1s0", group="bind_all"))
    assert state(host, PF)[0] == state(host, OTHER)[0] == "vfio-pci"


def test_the_others_of_a_group_are_guarded_too(host: FakeHost) -> None:
    share_group(host)
    host.network.address("enp2s0", "192.0.2.1/24")
    assert "192.0.2.1" in refused(host, want("enp1s0", group="bind_all"))


def test_each_device_has_its_own_result(host: FakeHost) -> None:
    host.refuse(f"{DEVICES}/{PF}/driver/unbind", errno.EBUSY)
    error = failing(host, plan(host, want("enp1s0", "enp2s0", all_or_nothing=False)))
    assert [subject for subject, _cause in error.failures] == [PF]
    assert state(host, PF) == ("igb", None)
    assert state(host, OTHER) == ("vfio-pci", "vfio-pci")
    assert set(bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))) == {OTHER}, "no rule for what could not be moved"


def test_all_or_nothing(host: FakeHost) -> None:
    host.refuse(f"{DEVICES}/{OTHER}/driver/unbind", errno.EBUSY)
    error = failing(host, plan(host, want("enp1s0", "enp2s0")))
    assert error.failures == ()
    assert state(host, PF) == state(host, OTHER) == ("igb", None)
    assert host.read(bind_rules.BIND_PATH) is None


def test_uio_under_lockdown(host: FakeHost) -> None:
    host.tree.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    said = refused(host, want("enp1s0", driver="uio_pci_generic"))
    assert "kernel lockdown is in mode integrity" in said
    assert "Use vfio-pci." in said
    steps(host, want("enp1s0"))


def test_uio_needs_a_legacy_interrupt(host: FakeHost) -> None:
    host.add(Function("0000:04:00.0", interface="enp4s0", mac="52:54:00:00:04:00", interrupt_pin=0), "igb")
    said = refused(host, want("enp4s0", driver="uio_pci_generic"))
    assert "has no legacy interrupt (INTx)" in said
    assert "Use vfio-pci" in said


@pytest.mark.parametrize(("kind", "warned"), [("DMA-FQ", True), ("identity", False)])
def test_uio_where_the_iommu_translates(host: FakeHost, kind: str, warned: bool) -> None:
    group = host.pci.functions[PF].group
    host.tree.write(f"/sys/kernel/iommu_groups/{group}/type", f"{kind}\n")
    warnings = plan(host, want("enp1s0", driver="uio_pci_generic")).warnings
    assert any("Boot with iommu=pt" in warning for warning in warnings) is warned


def mellanox(host: FakeHost) -> None:
    for name in ("mlx5_core", "mlx5_ib", "ib_uverbs"):
        host.modules.add(Module(name))
    host.modules.load("mlx5_core")
    host.add_driver(Driver("mlx5_core", "mlx5_core", ("15b3:101d",), netdev=True))
    host.add(Function(MELLANOX, "15b3:101d", interface="enp3s0", mac="52:54:00:00:03:00", group=30), "mlx5_core")


def test_a_bifurcated_port_stays_and_gets_what_its_pmd_needs(host: FakeHost) -> None:
    mellanox(host)
    assert steps(host, want("enp3s0", driver=None)) == ["Loaded the module mlx5_ib", "Loaded the module ib_uverbs"]
    assert state(host, MELLANOX) == ("mlx5_core", None)


def test_a_bifurcated_port_is_not_taken_away(host: FakeHost) -> None:
    mellanox(host)
    said = refused(host, want("enp3s0"))
    assert "DPDK's driver for it works on top of that one" in said
    assert "Leave the port where it is" in said
    steps(host, want("enp3s0", consent=guard_consent()))


def guard_consent() -> Any:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent

    return Consent(bifurcated=True)


def test_equal_cards_are_told_apart_by_slot(host: FakeHost) -> None:
    host.tree.write(f"{SLOTS}/7/address", "0000:02:00\n")
    assert "matches 2 devices" in refused(host, want("8086:10c9"))
    entry = Entry(parse({"device": "8086:10c9", "slot": 7}), "vfio-pci")
    steps(host, Want((entry,)))
    assert state(host, OTHER)[0] == "vfio-pci"
    assert state(host, PF)[0] == "igb"


def test_the_driver_word_is_checked_before_the_host_is_read(host: FakeHost) -> None:
    with pytest.raises(HostError, match="is no name of a driver"):
        binding.read(host, want("enp1s0", driver="../x"))


def test_settle_is_quiet_where_all_is_as_wanted(host: FakeHost) -> None:
    host.writes.clear()
    driver.settle(host, PF, "igb", None)
    assert host.writes == []
