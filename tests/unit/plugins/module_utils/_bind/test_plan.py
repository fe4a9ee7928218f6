# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices are moved, kept, and given back: what a plan does, and what it predicts."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have, owners, resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Binding
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes import sriov
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing, told
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._bind.support import (
    MELLANOX,
    actions,
    add_mellanox,
    describe,
    make_vfs,
    plan,
    state,
    steps,
    want,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ALIASES = f"/lib/modules/{RELEASE}/modules.alias"
SAVED = f"{owners.DRIVERCTL}/pci-{PF}"


def rules(host: FakeHost) -> dict[str, str]:
    """Return the drivers that rules keep, by address."""
    found = bind_rules.parse_bind(host.read(bind_rules.BIND_PATH))
    return {address: rule.driver for address, rule in found.items()}


def recorded(host: FakeHost) -> set[str]:
    return set(record.parse(host.read(record.PATH)))


# moving


def test_two_ports_are_bound(host: FakeHost) -> None:
    done = steps(host, want("enp1s0", OTHER))
    assert actions(done) == [
        "Loaded the module vfio_pci",
        f"Wrote {record.PATH}",
        f"Bound {PF} (enp1s0) to vfio-pci (was igb)",
        f"Bound {OTHER} (enp2s0) to vfio-pci (was igb)",
        f"Wrote {bind_rules.BIND_PATH}",
    ]
    assert state(host, PF) == state(host, OTHER) == ("vfio-pci", "vfio-pci")
    assert ("udevadm", "control", "--reload") in host.commands
    assert rules(host) == {PF: "vfio-pci", OTHER: "vfio-pci"}
    records = record.parse(host.read(record.PATH))
    assert records[PF] == record.Record("enp1s0", "52:54:00:00:01:00", Binding("igb", None))


def test_a_name_still_finds_its_device_after_the_move(host: FakeHost) -> None:
    steps(host, want("enp1s0"))
    assert describe(host, want("enp1s0"))[0]["address"] == PF
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
    assert f"Bound {VFS[0]} to igbvf (was without driver)" in actions(done)


@pytest.mark.parametrize("persistent", [True, False])
def test_a_device_that_only_lacks_the_override(host: FakeHost, persistent: bool) -> None:
    host.modules.load("vfio_pci")
    driver.move(host, PF, "vfio-pci")
    driver.set_override(host, PF, None)  # as dpdk-devbind leaves it
    done = steps(host, want(PF, persistent=persistent))
    assert f"Set driver_override of {PF} to vfio-pci" in actions(done)
    assert (host.read(bind_rules.BIND_PATH) is not None) is persistent


def test_a_device_that_only_lacks_its_rule(host: FakeHost) -> None:
    steps(host, want(PF, persistent=False))
    assert actions(steps(host, want(PF))) == [f"Wrote {bind_rules.BIND_PATH}"]


def test_no_driver_stays_no_driver(host: FakeHost) -> None:
    steps(host, want("enp1s0", driver="none"))
    assert state(host, PF) == (None, "none")
    text = host.read(bind_rules.BIND_PATH) or ""
    assert 'ATTR{driver_override}="none"' in text
    assert "drivers_probe" not in text, "nothing may bind the device again"
    assert "kmod load" not in text


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


def test_a_bifurcated_port_stays_and_gets_what_its_pmd_needs(host: FakeHost) -> None:
    add_mellanox(host)
    done = steps(host, want("enp3s0", driver=None))
    assert actions(done) == ["Loaded the module mlx5_ib", "Loaded the module ib_uverbs"]
    assert state(host, MELLANOX) == ("mlx5_core", None)


# rules


def test_rules_of_other_devices_stay(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    steps(host, want(OTHER))
    assert sorted(rules(host)) == [PF, OTHER]


def test_a_rule_is_taken_back(host: FakeHost) -> None:
    apply(host, plan(host, want(PF, OTHER)))
    steps(host, want(PF, persistent=False))
    assert list(rules(host)) == [OTHER]
    steps(host, want(OTHER, persistent=False))
    assert host.read(bind_rules.BIND_PATH) is None
    assert state(host, PF) == state(host, OTHER) == ("vfio-pci", "vfio-pci")


def test_an_old_rule_goes_before_the_device_moves(host: FakeHost) -> None:
    apply(host, plan(host, want(PF, OTHER)))
    done = plan(host, want(PF, driver="igb"))
    assert actions(done) == [
        f"Changed {bind_rules.BIND_PATH}",
        f"Bound {PF} to igb (was vfio-pci)",
        f"Changed {bind_rules.BIND_PATH}",
    ]
    between = done.all_steps[0].file
    assert between is not None
    assert list(bind_rules.parse_bind(between.after)) == [OTHER]


def test_a_file_that_was_changed_by_hand_is_written_once(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    host.tree.write(bind_rules.BIND_PATH, f"{host.read(bind_rules.BIND_PATH)}# A remark\n")
    done = actions(steps(host, want(OTHER)))
    assert [each for each in done if bind_rules.BIND_PATH in each] == done[-1:] == [f"Changed {bind_rules.BIND_PATH}"]


def test_no_rule_beside_driverctl(host: FakeHost) -> None:
    host.write_file(SAVED, "vfio-pci\n")
    done = steps(host, want("enp1s0"))
    assert host.read(bind_rules.BIND_PATH) is None, "no second owner"
    assert done.after["devices"][0]["persistent_driver"] == "vfio-pci", "driverctl keeps it"


def test_nothing_keeps_a_device_that_was_taken_over_for_now_only(host: FakeHost) -> None:
    host.write_file(SAVED, "vfio-pci\n")
    done = steps(host, want("enp1s0", takeover=True, persistent=False))
    assert done.after["devices"][0]["persistent_driver"] is None


@pytest.mark.parametrize("saved", ["uio_pci_generic", "vfio-pci"])
def test_a_device_is_taken_over_from_driverctl(host: FakeHost, saved: str) -> None:
    host.write_file(SAVED, f"{saved}\n")
    assert f"Removed {SAVED}" in actions(steps(host, want("enp1s0", takeover=True)))
    assert set(rules(host)) == {PF}


def test_what_driverctl_keeps_is_not_lost_where_a_device_could_not_be_moved(host: FakeHost) -> None:
    for address in (PF, OTHER):
        host.write_file(f"{owners.DRIVERCTL}/pci-{address}", "uio_pci_generic\n")
    todo = plan(host, want(PF, OTHER, takeover=True, all_or_nothing=False))
    host.refuse("vfio-pci/bind", 22, value=OTHER)
    failing(host, todo)
    assert host.read(f"{owners.DRIVERCTL}/pci-{OTHER}") == "uio_pci_generic\n"
    assert host.read(f"{owners.DRIVERCTL}/pci-{PF}") is None
    assert set(rules(host)) == {PF}


# giving back


@pytest.mark.parametrize("named", [True, False])
def test_devices_are_given_back(host: FakeHost, named: bool) -> None:
    apply(host, plan(host, want("enp1s0", "enp2s0")))
    back = want(*(["enp1s0", "enp2s0"] if named else []), state="restored")
    steps(host, resolve.resolve(have.read(host, back), back))
    assert state(host, PF) == state(host, OTHER) == ("igb", None)
    assert host.read(record.PATH) is None
    assert host.read(bind_rules.BIND_PATH) is None


def test_the_rules_go_before_a_device_is_given_back(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0")))
    done = actions(steps(host, want("enp1s0", state="restored")))
    assert done.index(f"Removed {bind_rules.BIND_PATH}") < done.index(f"Bound {PF} to igb (was vfio-pci)")


def test_one_of_two_is_given_back(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0", "enp2s0")))
    steps(host, want("enp2s0", state="restored"))
    assert recorded(host) == {PF}
    assert set(rules(host)) == {PF}
    assert state(host, PF)[0] == "vfio-pci"


def test_a_device_that_was_never_changed_is_as_it_was(host: FakeHost) -> None:
    assert plan(host, want("enp1s0", state="restored")).all_steps == ()


# predicting for a host that earlier tasks prepare


def test_vfs_that_are_yet_to_be_made_are_predicted(host: FakeHost) -> None:
    predicted = plan(host, want(("enp1s0", 1), assume_prepared=True))
    assert predicted.after["devices"][0]["address"] == VFS[1]
    assert f"Bound {VFS[1]} to vfio-pci (was without driver)" in actions(predicted)
    assert f"Wrote {record.PATH}" not in actions(predicted), "nobody knows what it will be found with"
    assert predicted.warnings == (f"{VFS[1]} does not exist yet; its address is predicted from the PF.",)
    last = predicted.all_steps[-1].file
    assert last is not None
    make_vfs(host, autoprobe=False)
    real = steps(host, want(("enp1s0", 1)))
    assert real.after == predicted.after
    assert real.all_steps[-1].file == last


def test_a_vf_that_is_yet_to_be_made_is_predicted_on_the_kernels_driver(host: FakeHost) -> None:
    host.tree.write(ALIASES, "alias pci:v*d*bc* vfio_pci\nalias pci:v00008086d000010CAbc* igbvf\n")
    asked = want(("enp1s0", 1), driver="kernel", assume_prepared=True)
    predicted = plan(host, asked)
    make_vfs(host, autoprobe=False)
    assert steps(host, asked).after == predicted.after
    assert state(host, VFS[1]) == ("igbvf", None)


@pytest.mark.parametrize("autoprobe", ["0", "1"])
def test_a_vf_of_a_bifurcated_pf_is_predicted_on_its_pfs_driver(host: FakeHost, autoprobe: str) -> None:
    add_mellanox(host)
    function, mlx5 = host.pci.functions[MELLANOX], host.pci.drivers["mlx5_core"]
    function.total_vfs, function.vf_ids = 4, "15b3:101e"
    sriov.add_capability(host.pci, function)
    mlx5.sriov, mlx5.ids = True, ("15b3:101d", "15b3:101e")
    host.write_attr(f"{DEVICES}/{MELLANOX}/sriov_drivers_autoprobe", autoprobe)
    asked = want((MELLANOX, 0), driver=None, assume_prepared=True)
    predicted = plan(host, asked)
    assert predicted.after["devices"][0]["driver"] == "mlx5_core"
    with pytest.raises(HostError, match="does not exist"):
        raise_all(predicted.assumed)
    host.write_attr(f"{DEVICES}/{MELLANOX}/sriov_numvfs", "1")
    apply(host, plan(host, asked))
    assert describe(host, asked)[0] == predicted.after["devices"][0]


def test_an_iommu_that_is_yet_to_be_turned_on_counts_as_there(bare_host: FakeHost) -> None:
    predicted = plan(bare_host, want(PF, assume_prepared=True))
    assert predicted.after["devices"][0]["driver"] == "vfio-pci"
    with pytest.raises(HostError, match="is in no IOMMU group"):
        raise_all(predicted.assumed)


def test_what_is_assumed_does_not_hide_what_is_not(bare_host: FakeHost) -> None:
    refused = attempt(lambda: plan(bare_host, want(MANAGEMENT, assume_prepared=True)))
    assert isinstance(refused, HostError)
    assert "management path" in told(refused)
    assert "IOMMU" not in told(refused), "an earlier task turns it on"


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
    before = describe(host, wanted)
    todo = plan(host, wanted)
    FAULTS[name](host)
    error = failing(host, todo)
    assert describe(host, wanted) == before
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


def test_a_device_that_cannot_be_brought_back_is_reported(host: FakeHost) -> None:
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


def test_all_or_nothing(host: FakeHost) -> None:
    host.refuse(f"{DEVICES}/{OTHER}/driver/unbind", errno.EBUSY)
    error = failing(host, plan(host, want("enp1s0", "enp2s0")))
    assert error.failures == ()
    assert state(host, PF) == state(host, OTHER) == ("igb", None)
    assert host.read(bind_rules.BIND_PATH) is None


def test_all_or_nothing_when_giving_back(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0", "enp2s0")))
    host.refuse(f"{DEVICES}/{OTHER}/driver/unbind", errno.EBUSY)
    failing(host, plan(host, want("enp1s0", "enp2s0", state="restored")))
    assert state(host, PF) == state(host, OTHER) == ("vfio-pci", "vfio-pci")
    assert recorded(host) == set(rules(host)) == {PF, OTHER}


# each device with its own result


def fail_alone(host: FakeHost, address: str, **options: Any) -> list[str]:
    """Let one of two devices fail, and return what was done."""
    host.refuse(f"{DEVICES}/{address}/driver/unbind", errno.EBUSY)
    error = failing(host, plan(host, want(PF, OTHER, all_or_nothing=False, **options)))
    assert [subject for subject, dummy in error.failures] == [address]
    return error.done


def test_each_device_has_its_own_result(host: FakeHost) -> None:
    fail_alone(host, PF)
    assert state(host, PF) == ("igb", None)
    assert state(host, OTHER) == ("vfio-pci", "vfio-pci")
    assert set(rules(host)) == {OTHER}, "no rule for what could not be moved"


def test_where_all_fail_alone_no_rule_is_written(host: FakeHost) -> None:
    host.refuse(f"{DEVICES}/{OTHER}/driver/unbind", errno.EBUSY)
    host.refuse(f"{DEVICES}/{PF}/driver/unbind", errno.EBUSY)
    error = failing(host, plan(host, want(PF, OTHER, all_or_nothing=False)))
    assert [subject for subject, dummy in error.failures] == [PF, OTHER]
    assert error.done == ["Loaded the module vfio_pci", f"Wrote {record.PATH}"]
    assert host.read(bind_rules.BIND_PATH) is None


def test_a_device_that_failed_alone_keeps_its_rule(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    fail_alone(host, PF, driver="uio_pci_generic")
    assert state(host, PF) == ("vfio-pci", "vfio-pci")
    assert rules(host) == {PF: "vfio-pci", OTHER: "uio_pci_generic"}


def test_a_device_that_drifted_and_failed_alone_keeps_its_rule(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    driver.settle(host, PF, "igb", None)
    fail_alone(host, PF)
    assert rules(host) == {PF: "vfio-pci", OTHER: "vfio-pci"}


def test_a_record_goes_only_with_a_device_that_came_back(host: FakeHost) -> None:
    apply(host, plan(host, want(PF, OTHER)))
    done = fail_alone(host, PF, state="restored")
    assert f"Changed {record.PATH}" in done
    assert state(host, PF) == ("vfio-pci", "vfio-pci")
    assert state(host, OTHER) == ("igb", None)
    assert recorded(host) == set(rules(host)) == {PF}
    steps(host, want(PF, OTHER, state="restored"))
    assert recorded(host) == set(rules(host)) == set()


@given(
    text=st.one_of(st.text(), st.sampled_from([PF, "enp1s0", "8086:10c9", "enp0s2"])),
    name=st.one_of(st.text(), st.sampled_from(["vfio-pci", "igb", "igbvf", "kernel", "none"])),
    vf=st.one_of(st.none(), st.integers(0, 9)),
    rules=st.one_of(st.none(), st.text()),
    prepared=st.booleans(),
)
@settings(max_examples=60)
def test_any_request_ends_in_a_plan_or_an_error(
    host: FakeHost, text: str, name: str, vf: int | None, rules: str | None, prepared: bool
) -> None:
    host.tree.write(bind_rules.BIND_PATH, rules or "")
    planned = attempt(lambda: plan(host, want((text, vf), driver=name, assume_prepared=prepared)))
    assert planned.remedy if isinstance(planned, HostError) else planned.after["devices"]
