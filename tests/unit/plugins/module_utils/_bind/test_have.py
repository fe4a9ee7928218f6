# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have as binding
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import plan as moving
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.have import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.target import Entry
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Binding
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing, four_steps, told
from hypothesis import given, settings
from hypothesis import strategies as st


def want(*devices: str | tuple[str, int], driver: str = "vfio-pci", **more: Any) -> Want:
    """Ask for devices, each by a text, or by its PF and the index of the VF."""
    names = [Selector(each) if isinstance(each, str) else Selector(*each) for each in devices]
    return Want(tuple(Entry(name, driver) for name in names), **more)


def plan(host: FakeHost, wanted: Want) -> Plan:
    return moving.plan(binding.read(host, wanted), wanted)


def steps(host: FakeHost, wanted: Want) -> Plan:
    return four_steps(
        host,
        lambda: binding.read(host, wanted),
        lambda have: moving.plan(have, wanted),
        lambda have: binding.describe(have, wanted),
    )


def refused(host: FakeHost, wanted: Want) -> str:
    """Return what the plan says that must not be carried out; nothing may have been written."""
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


# moving


def test_two_ports_are_bound(host: FakeHost) -> None:
    done = steps(host, want("enp1s0", OTHER))
    assert [step.action for step in done.steps] == [
        "Loaded the module vfio_pci",
        f"Wrote {record.PATH}",
        f"Bound {PF} (enp1s0) to vfio-pci (was igb)",
        f"Bound {OTHER} (enp2s0) to vfio-pci (was igb)",
        f"Wrote {bind_rules.BIND_PATH}",
    ]
    assert state(host, PF) == state(host, OTHER) == ("vfio-pci", "vfio-pci")
    assert ("udevadm", "control", "--reload") in host.commands
    rules = bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))
    assert {rule.address: rule.driver for rule in rules.values()} == {PF: "vfio-pci", OTHER: "vfio-pci"}
    records = record.parse(host.read(record.PATH))
    assert records[PF] == record.Record("enp1s0", "52:54:00:00:01:00", Binding("igb", None))


def test_a_name_still_finds_its_device_after_the_move(host: FakeHost) -> None:
    steps(host, want("enp1s0"))
    assert binding.describe(binding.read(host, want("enp1s0")), want("enp1s0"))["devices"][0]["address"] == PF
    steps(host, want("enp1s0", driver="igb"))
    assert state(host, PF) == ("igb", "igb")
    assert record.parse(host.read(record.PATH))[PF].binding == Binding("igb", None), "the first state is kept"


def test_vfs_are_bound_by_their_index(host: FakeHost) -> None:
    make_vfs(host)
    done = steps(host, want(("enp1s0", 0), ("enp1s0", 1)))
    assert [each["address"] for each in done.after["devices"]] == list(VFS[:2])
    assert state(host, VFS[1]) == ("vfio-pci", "vfio-pci")


def test_a_vf_without_driver_is_bound_to_its_native_driver(host: FakeHost) -> None:
    make_vfs(host, autoprobe=False)
    done = steps(host, want(VFS[0], driver="igbvf"))
    assert f"Bound {VFS[0]} to igbvf (was without driver)" in [step.action for step in done.steps]


@pytest.mark.parametrize("persistent", [True, False])
def test_a_device_that_only_lacks_the_override(host: FakeHost, persistent: bool) -> None:
    host.modules.load("vfio_pci")
    driver.move(host, PF, "vfio-pci")
    driver.set_override(host, PF, None)  # as dpdk-devbind leaves it
    done = steps(host, want(PF, persistent=persistent))
    assert f"Set driver_override of {PF} to vfio-pci" in [step.action for step in done.steps]
    assert (host.read(bind_rules.BIND_PATH) is not None) is persistent


def test_rules_of_other_devices_stay(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    steps(host, want(OTHER))
    assert sorted(bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))) == [PF, OTHER]


def test_a_rule_is_taken_back(host: FakeHost) -> None:
    apply(host, plan(host, want(PF, OTHER)))
    steps(host, want(PF, persistent=False))
    assert list(bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))) == [OTHER]
    steps(host, want(OTHER, persistent=False))
    assert host.read(bind_rules.BIND_PATH) is None
    assert state(host, PF) == state(host, OTHER) == ("vfio-pci", "vfio-pci")


def test_an_old_rule_goes_before_the_device_moves(host: FakeHost) -> None:
    apply(host, plan(host, want(PF, OTHER)))
    done = plan(host, want(PF, driver="igb"))
    actions = [step.action for step in done.steps]
    assert actions == [
        f"Changed {bind_rules.BIND_PATH}",
        f"Bound {PF} to igb (was vfio-pci)",
        f"Changed {bind_rules.BIND_PATH}",
    ]
    between = done.steps[0].file
    assert between is not None
    assert list(bind_rules.parse_bind(between.after)) == [OTHER]


def test_the_unset_override_of_newer_kernels(host: FakeHost) -> None:
    host.pci.unset_override = ""
    for address in (PF, OTHER):
        host.tree.write(f"{DEVICES}/{address}/driver_override", "\n")
    done = steps(host, want(PF))
    assert done.after["devices"][0]["driver_override"] == "vfio-pci"


def test_a_host_without_iommu_in_noiommu_mode(bare_host: FakeHost) -> None:
    bare_host.modules.load("vfio_pci")
    bare_host.write_attr("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y")
    steps(bare_host, want(PF))
    assert state(bare_host, PF) == ("vfio-pci", "vfio-pci")


def test_uio_needs_no_iommu(bare_host: FakeHost) -> None:
    steps(bare_host, want(PF, driver="uio_pci_generic"))


# refusing


def test_the_management_port_is_refused(host: FakeHost) -> None:
    said = refused(host, want("enp0s2", consent=Consent(force=True)))
    assert f"{MANAGEMENT} (enp0s2) carries the management path of this host" in said
    assert "10.0.2.15/24, the address of this connection" in said
    assert "force does not cover this" in said


@pytest.mark.parametrize("uppers", [("bond0",), ("bond0", "bond0.10"), ("br0",), ("bond0", "bond0.10", "br0")])
def test_a_port_below_the_management_interface_is_refused(host: FakeHost, uppers: tuple[str, ...]) -> None:
    host.network.routes.clear()
    lower = "enp1s0"
    for upper in uppers:
        host.network.stack(upper, lower)
        lower = upper
    host.network.address(lower, "10.0.2.99/24")
    host.variables["SSH_CONNECTION"] = "10.0.2.2 50022 10.0.2.99 22"
    said = refused(host, want("enp1s0", consent=Consent(force=True)))
    assert f"enp1s0 is below {uppers[0]}" in said
    assert "which holds 10.0.2.99/24, the address of this connection" in said


def test_the_management_port_goes_when_that_is_allowed(host: FakeHost) -> None:
    steps(host, want("enp0s2", consent=Consent(management=True)))


def test_a_used_port_is_refused_unless_forced(host: FakeHost) -> None:
    host.network.address("enp1s0", "198.51.100.1/24")
    assert "is in use: enp1s0 holds 198.51.100.1/24." in refused(host, want(PF))
    steps(host, want(PF, consent=Consent(force=True)))


def test_a_bridge_is_refused(host: FakeHost) -> None:
    said = refused(host, want(BRIDGE, group="ignore", consent=Consent(True, True, True)))
    assert f"{BRIDGE} is a bridge" in said
    assert "Leave the bridge alone" in said


def test_a_bifurcated_port_is_refused_unless_allowed(host: FakeHost) -> None:
    host.add_driver(Driver("mlx5_core", "igb", ("15b3:1017",), netdev=True))
    host.add(Function("0000:09:00.0", "15b3:1017", interface="enp9s0", group=9), "mlx5_core")
    assert "allow_bifurcated" in refused(host, want("enp9s0"))
    steps(host, want("enp9s0", consent=Consent(bifurcated=True)))


def test_a_pf_with_vfs_is_refused(host: FakeHost) -> None:
    make_vfs(host)
    said = refused(host, want(PF))
    assert "has 2 VFs" in said
    assert "Set the number of VFs to 0 first" in said


def test_a_pf_with_vfs_that_stays_on_its_driver_is_fine(host: FakeHost) -> None:
    make_vfs(host)
    steps(host, want(PF, driver="igb"))
    assert state(host, PF) == ("igb", "igb")
    assert state(host, VFS[0]) == ("igbvf", None)


def test_a_device_that_a_process_holds_is_refused(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    host.hold(host.pci.functions[PF])
    host.writes.clear()
    said = refused(host, want(PF, driver="igb"))
    assert "is held open by dpdk-testpmd (pid 4711, /dev/vfio/2)" in said
    assert "Stop the process first." in said
    assert plan(host, want(PF)).steps == (), "nothing moves"


def test_without_iommu_it_is_refused(bare_host: FakeHost) -> None:
    said = refused(bare_host, want(PF))
    assert "is in no IOMMU group, so vfio-pci would refuse it with error -22 (EINVAL)." in said
    assert "Run dataplane.dpdk.iommu_check" in said


def test_a_group_that_cannot_be_opened_is_refused(host: FakeHost) -> None:
    share_group(host)
    said = refused(host, want(PF))
    assert f"also holds {OTHER} (enp2s0) on igb" in said
    assert BRIDGE not in said
    assert f"Bind {OTHER} to vfio-pci in the same task" in said


def test_the_whole_group_is_accepted(host: FakeHost) -> None:
    share_group(host)
    steps(host, want(PF, OTHER))


def test_a_group_is_ignored_when_that_is_wanted(host: FakeHost) -> None:
    share_group(host)
    steps(host, want(PF, group="ignore"))


def test_a_bound_device_whose_group_cannot_be_opened_is_told(host: FakeHost) -> None:
    share_group(host)
    apply(host, plan(host, want(PF, group="ignore")))
    again = plan(host, want(PF))
    assert again.steps == ()
    assert "VFIO group is not viable" in again.warnings[0]


def test_all_reasons_are_told_at_once(host: FakeHost) -> None:
    host.network.address("enp1s0", "198.51.100.1/24")
    said = refused(host, want("enp1s0", BRIDGE, "enp0s2"))
    for part in ("enp1s0 holds 198.51.100.1/24", "is a bridge", "management path", "Nothing was changed."):
        assert part in said


@pytest.mark.parametrize(
    ("name", "cause", "remedy"),
    [
        ("vfio_pci", "There is no driver vfio_pci.", "Write vfio-pci: drivers and modules are spelt differently."),
        ("igb-uio", "There is no driver igb-uio.", "Write igb_uio"),
        ("uio-pci-generic", "There is no driver uio-pci-generic.", "Write uio_pci_generic"),
        (
            "igb_uio",
            "There is no driver igb_uio below /sys/bus/pci/drivers.",
            "install the package that holds igb_uio.ko",
        ),
        ("nonsense", "has no module nonsense.", "Correct the name"),
    ],
)
def test_an_unknown_driver_is_refused(host: FakeHost, name: str, cause: str, remedy: str) -> None:
    said = refused(host, want(PF, driver=name))
    assert cause in said
    assert remedy in said


@pytest.mark.parametrize("name", ["", ".", "..", "../devices", "vfio-pci/../igb", "igb ", "igb\n", "a\0b", "-h"])
def test_a_driver_has_a_name(host: FakeHost, name: str) -> None:
    assert "driver" in refused(host, want(PF, driver=name))


def test_one_device_named_for_two_drivers(host: FakeHost) -> None:
    both = Want((Entry(Selector(PF), "vfio-pci"), Entry(Selector("enp1s0"), "igb")))
    said = refused(host, both)
    assert f"{PF} is named twice, for vfio-pci and for igb." in said
    assert "Decide for one driver." in said
    same = want(PF, "enp1s0")
    assert len(plan(host, same).after["devices"]) == 1


def test_a_vf_that_is_not_there(host: FakeHost) -> None:
    said = refused(host, want(("enp1s0", 0)))
    assert "VF 0 of enp1s0 does not exist" in said
    assert "dataplane.dpdk.sriov_vfs" in said


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {"binding": {}}}x'])
def test_a_broken_record_is_no_reason_to_forget(host: FakeHost, text: str) -> None:
    host.write_file(record.PATH, text)
    said = refused(host, want(PF))
    assert f"{record.PATH} does not hold what this collection writes there" in said
    assert f"Bring {record.PATH} back from a backup, or remove it" in said


# foretelling for a host that other steps prepare


def test_vfs_that_are_yet_to_be_made_are_foretold(host: FakeHost) -> None:
    foretold = plan(host, want(("enp1s0", 1), prepared=True))
    assert foretold.after["devices"][0]["address"] == VFS[1]
    assert f"Bound {VFS[1]} to vfio-pci (was without driver)" in [step.action for step in foretold.steps]
    assert foretold.warnings == (f"{VFS[1]} does not exist yet; its address is foretold from the PF.",)
    rules = foretold.steps[-1].file
    assert rules is not None
    make_vfs(host, autoprobe=False)
    real = steps(host, want(("enp1s0", 1)))
    assert real.after == foretold.after
    assert real.steps[-1].file == rules


def test_an_iommu_that_is_yet_to_be_turned_on_counts_as_there(bare_host: FakeHost) -> None:
    foretold = plan(bare_host, want(PF, prepared=True))
    assert foretold.after["devices"][0]["driver"] == "vfio-pci"


# rolling back


FAULTS = {
    "the module does not load": lambda host: host.modules.known["vfio_pci"].__setattr__("rejected", "Key was rejected"),
    "the override is refused": lambda host: host.refuse(f"{OTHER}/driver_override", 22),
    "the override does not stay": lambda host: host.lie(f"{OTHER}/driver_override"),
    "the unbind is refused": lambda host: host.refuse(f"{OTHER}/driver/unbind", 16),
    "the unbind does nothing": lambda host: host.lie(f"{OTHER}/driver/unbind"),
    "the unbind hangs": lambda host: host.hang(f"{OTHER}/driver/unbind"),
    "the bind is refused": lambda host: host.refuse("vfio-pci/bind", 22, value=OTHER),
    "the bind does nothing": lambda host: host.lie("vfio-pci/bind", value=OTHER),
    "the record cannot be written": lambda host: host.full.append("/var"),
    "the rule cannot be written": lambda host: host.full.append("/etc"),
    "udev does not answer": lambda host: host.answers.update(udevadm=(1, "", "Failed to send reload request")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_fails_is_brought_back(host: FakeHost, name: str) -> None:
    wanted = want(PF, OTHER)
    before = binding.describe(binding.read(host, wanted), wanted)
    todo = plan(host, wanted)
    FAULTS[name](host)
    error = failing(host, todo)
    assert binding.describe(binding.read(host, wanted), wanted) == before
    assert state(host, PF) == state(host, OTHER) == ("igb", None)
    assert host.exists("/sys/class/net/enp1s0")
    assert host.exists("/sys/class/net/enp2s0")
    assert "Bringing back" not in error.message or name == "udev does not answer"
    assert error.message
    assert error.remedy


def test_what_was_moved_before_goes_back_in_reverse(host: FakeHost) -> None:
    host.refuse("vfio-pci/bind", 22, value=OTHER)
    error = failing(host, plan(host, want(PF, OTHER)))
    assert f"vfio-pci did not take {OTHER}." in error.message
    assert "Invalid argument" in error.message
    assert "Run dataplane.dpdk.iommu_check" in error.remedy[0]
    assert error.done[-1] == f"Bound {PF} (enp1s0) to vfio-pci (was igb)"
    assert error.undone == [
        f"Undone: Bound {OTHER} (enp2s0) to vfio-pci (was igb)",
        f"Undone: Bound {PF} (enp1s0) to vfio-pci (was igb)",
        f"Undone: Wrote {record.PATH}",
    ]
    assert host.read(record.PATH) is None


def test_a_device_that_cannot_be_brought_back_is_told(host: FakeHost) -> None:
    host.refuse("vfio-pci/bind", 22)
    host.refuse("igb/bind", 5)
    error = failing(host, plan(host, want(PF)))
    assert "vfio-pci did not take" in error.message
    assert f"Bringing back the state before failed too: igb did not take {PF}." in error.message
    assert "Input/output error" in error.message


def test_a_device_is_given_back_to_nothing_where_it_had_nothing(host: FakeHost) -> None:
    make_vfs(host, autoprobe=False)
    host.modules.load("vfio_pci")
    host.refuse("vfio-pci/bind", 22)
    failing(host, plan(host, want(VFS[0])))
    assert state(host, VFS[0]) == (None, None)


@given(
    text=st.one_of(st.text(), st.sampled_from([PF, "enp1s0", "8086:10c9", "enp0s2"])),
    name=st.one_of(st.text(), st.sampled_from(["vfio-pci", "igb", "igbvf"])),
    vf=st.one_of(st.none(), st.integers(0, 9)),
    rules=st.one_of(st.none(), st.text()),
    prepared=st.booleans(),
)
@settings(max_examples=60)
def test_any_request_ends_in_a_plan_or_an_error(
    host: FakeHost, text: str, name: str, vf: int | None, rules: str | None, prepared: bool
) -> None:
    host.tree.write(bind_rules.BIND_PATH, rules or "")
    wanted = replace(want(PF, driver=name, prepared=prepared), entries=(Entry(Selector(text, vf), name),))
    planned = attempt(lambda: plan(host, wanted))
    assert planned.remedy if isinstance(planned, HostError) else planned.after["devices"]


def test_consent_is_not_given_by_default() -> None:
    assert want(PF).consent == guard.NONE == Consent(False, False, False)
