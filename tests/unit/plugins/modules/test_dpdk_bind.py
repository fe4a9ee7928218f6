# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_bind
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls


@pytest.mark.parametrize(
    "args",
    [
        {"devices": ["enp1s0", OTHER]},
        {"devices": ["enp1s0"], "persistent": False},
        {"devices": [{"device": "enp1s0", "driver": "uio_pci_generic"}, "52:54:00:00:02:00"]},
        {"devices": ["enp2s0"], "driver": "igb"},
        {"devices": [{"device": "8086:10c9", "match": "all"}]},
        {"devices": [{"device": "8086:10c9", "match": "all", "driver": "none"}]},
        {"devices": ["enp0s2"], "allow_management": True},
    ],
)
def test_four_steps(host: FakeHost, args: dict[str, Any]) -> None:
    four_calls(dpdk_bind.main, host, args)


def test_an_interface_that_comes_back_with_another_name(host: FakeHost) -> None:
    call(dpdk_bind.main, host, {"devices": ["enp1s0"]})
    host.pci.functions[PF].interface = "lan0"
    done = call(dpdk_bind.main, host, {"devices": ["enp1s0"], "state": "restored"})
    assert (done["changed"], done["after"]["devices"][0]["driver"]) == (True, "igb")
    assert host.exists("/sys/class/net/lan0")


def test_what_brings_an_interface_waits_for_its_name(host: FakeHost) -> None:
    call(dpdk_bind.main, host, {"devices": ["enp1s0"]})
    assert not [words for words in host.commands if words[:2] == ("udevadm", "settle")]
    call(dpdk_bind.main, host, {"devices": ["enp1s0"], "state": "restored"})
    assert [words for words in host.commands if words[:2] == ("udevadm", "settle")]


def test_a_device_may_name_its_own_driver(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    vfs = [{"device": "enp1s0", "vf": 0}, {"device": "enp1s0", "vf": 1, "driver": "igbvf"}]
    done = four_calls(dpdk_bind.main, host, {"devices": vfs})
    assert [(each["address"], each["driver"]) for each in done["after"]["devices"]] == [
        (VFS[0], "vfio-pci"),
        (VFS[1], "igbvf"),
    ]


def test_the_contract_of_a_success(host: FakeHost) -> None:
    done = call(dpdk_bind.main, host, {"devices": [PF]}, diff=True)
    assert done["before"]["devices"] == [
        {"address": PF, "driver": "igb", "driver_override": None, "persistent_driver": None}
    ]
    assert done["after"]["devices"] == [
        {"address": PF, "driver": "vfio-pci", "driver_override": "vfio-pci", "persistent_driver": "vfio-pci"}
    ]
    assert f"Bound {PF} (enp1s0) to vfio-pci (was igb)" in done["actions"]
    assert [each["before_header"] for each in done["diff"]] == [
        "state",
        "/var/lib/dataplane-dpdk/devices.json (missing)",
        "/etc/udev/rules.d/65-dataplane-dpdk-bind.rules (missing)",
    ]


@pytest.mark.parametrize("force", [False, True])
def test_the_contract_of_a_refusal(host: FakeHost, force: bool) -> None:
    refused = call(dpdk_bind.main, host, {"devices": [MANAGEMENT], "force": force})
    assert (refused["failed"], refused["rc"]) == (True, 1)
    assert "carries the management path of this host" in refused["msg"]
    assert "force does not cover this" in refused["remedy"][0]
    assert refused["remedy"][0] in refused["msg"]
    assert (refused["actions"], refused["undone"]) == ([], [])
    assert refused["before"]["devices"][0]["driver"] == "virtio-pci"


def test_the_contract_of_a_failure(host: FakeHost) -> None:
    host.refuse("vfio-pci/bind", 22, value=PF)
    failed = call(dpdk_bind.main, host, {"devices": [PF]})
    assert failed["failed"]
    assert f"vfio-pci did not take {PF}." in failed["msg"]
    assert "Run dataplane.dpdk.iommu_check" in failed["remedy"][0]
    assert f"Undone: Bound {PF} (enp1s0) to vfio-pci (was igb)" in failed["undone"]
    assert host.link(f"/sys/bus/pci/devices/{PF}/driver") == "igb"


@pytest.mark.parametrize("entry", [5, "", {"vf": 1}, {"device": PF, "vf": "x"}, {"device": PF, "driver": 5}, [PF]])
def test_an_entry_that_names_nothing(host: FakeHost, entry: Any) -> None:
    refused = call(dpdk_bind.main, host, {"devices": [entry]})
    assert "names no device." in refused["msg"]
    assert refused["remedy"]


@pytest.mark.parametrize(("option", "value"), [("group", "perhaps"), ("persistent", "perhaps"), ("devices", None)])
def test_the_arguments_are_checked(host: FakeHost, option: str, value: Any) -> None:
    assert option in call(dpdk_bind.main, host, {"devices": [PF], option: value})["msg"]


@pytest.mark.parametrize("driver", ["../x", ""])
def test_a_text_that_names_no_driver(host: FakeHost, driver: str) -> None:
    refused = call(dpdk_bind.main, host, {"devices": [PF], "driver": driver})
    assert "is no name of a driver" in refused["msg"]
    assert refused["remedy"]
    assert (refused["actions"], host.commands, host.writes) == ([], [], [])


def test_each_problem_has_its_own_remedy(host: FakeHost) -> None:
    host.network.address("enp1s0", "198.51.100.1/24")
    refused = call(dpdk_bind.main, host, {"devices": [PF, BRIDGE]})
    used, bridge = refused["problems"]
    assert used["problem"] == f"{PF} (enp1s0) is in use: enp1s0 holds 198.51.100.1/24."
    assert used["remedy"] == ["Take it out of use first, or set force to take it away from its users."]
    assert bridge["problem"].startswith(f"{BRIDGE} is a bridge")
    assert bridge["remedy"] == ["Leave the bridge alone: it does not keep its IOMMU group from being used."]
    assert refused["remedy"] == [*used["remedy"], *bridge["remedy"]]


def test_a_vf_may_be_assumed_in_check_mode_only(host: FakeHost) -> None:
    args = {"devices": [{"device": "enp1s0", "vf": 0}], "assume_prepared": True}
    predicted = call(dpdk_bind.main, host, args, check=True)
    assert predicted["after"]["devices"][0]["address"] == VFS[0]
    assert predicted["before"]["devices"] == [
        {"address": VFS[0], "driver": None, "driver_override": None, "persistent_driver": None}
    ]
    assert predicted["warnings"] == [f"{VFS[0]} does not exist yet; its address is predicted from the PF."]
    refused = call(dpdk_bind.main, host, args)
    assert "VF 0 of enp1s0 does not exist" in refused["msg"]
    assert refused["remedy"] == ["Make the VFs first, with dataplane.dpdk.sriov_vfs."]
    assert (refused["actions"], refused["changed"], host.writes) == ([], False, [])


def test_an_iommu_may_be_assumed_in_check_mode_only(bare_host: FakeHost) -> None:
    args = {"devices": [PF], "assume_prepared": True}
    assert call(dpdk_bind.main, bare_host, args, check=True)["changed"]
    refused = call(dpdk_bind.main, bare_host, args)
    assert f"{PF} (enp1s0) is in no IOMMU group" in refused["msg"]
    assert "Run dataplane.dpdk.iommu_check" in refused["remedy"][0]
    assert (refused["actions"], refused["changed"], bare_host.writes) == ([], False, [])


@pytest.mark.parametrize("check", [True, False])
def test_without_being_assumed_both_are_refused(bare_host: FakeHost, check: bool) -> None:
    missing = call(dpdk_bind.main, bare_host, {"devices": [{"device": "enp1s0", "vf": 0}]}, check=check)
    assert "VF 0 of enp1s0 does not exist" in missing["msg"]
    assert "is in no IOMMU group" in call(dpdk_bind.main, bare_host, {"devices": [PF]}, check=check)["msg"]


def test_what_is_there_need_not_be_assumed(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "1")
    four_calls(dpdk_bind.main, host, {"devices": [{"device": "enp1s0", "vf": 0}, OTHER], "assume_prepared": True})


def test_the_contract_of_a_failure_of_one_device(host: FakeHost) -> None:
    host.refuse("vfio-pci/bind", 22, value=PF)
    failed = call(dpdk_bind.main, host, {"devices": [PF, OTHER], "all_or_nothing": False})
    (failure,) = failed["failures"]
    assert failure["subject"] == PF
    assert failed["problems"] == [{"problem": failure["msg"], "remedy": failure["remedy"]}]
    assert f"Bound {OTHER} (enp2s0) to vfio-pci (was igb)" in failed["actions"]
    assert failed["undone"] == [f"Undone: Bound {PF} (enp1s0) to vfio-pci (was igb)"]


def test_a_group_may_be_ignored(host: FakeHost) -> None:
    function = host.pci.functions[OTHER]
    host.tree.remove(f"{function.path}/iommu_group")
    host.pci.join_group(function, 2, None)
    assert "VFIO group is not viable" in call(dpdk_bind.main, host, {"devices": [PF]})["msg"]
    four_calls(dpdk_bind.main, host, {"devices": [PF], "group": "ignore"})
