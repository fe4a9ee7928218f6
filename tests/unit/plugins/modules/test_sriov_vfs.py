# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import want
from ansible_collections.dataplane.dpdk.plugins.modules import sriov_vfs
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls


@pytest.mark.parametrize(
    "args",
    [
        {"pfs": [{"device": "enp1s0", "num_vfs": 2}]},
        {"pfs": [{"device": "enp1s0", "num_vfs": 2, "drivers_autoprobe": False}], "persistent": False},
        {"pfs": [{"device": "enp1s0", "num_vfs": 7}, {"device": "enp2s0", "num_vfs": 1}]},
        {"pfs": [{"device": "enp1s0", "num_vfs": 0, "drivers_autoprobe": False}]},
    ],
)
def test_four_steps(host: FakeHost, args: dict[str, Any]) -> None:
    four_calls(sriov_vfs.main, host, args)


def test_growing_and_shrinking(host: FakeHost) -> None:
    four_calls(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0", "num_vfs": 2}]})
    more: dict[str, Any] = {"pfs": [{"device": "enp1s0", "num_vfs": 3}]}
    refused = call(sriov_vfs.main, host, more)
    assert "all of them would be removed with their settings" in refused["msg"]
    assert "Set allow_recreate" in refused["remedy"][0]
    four_calls(sriov_vfs.main, host, {**more, "allow_recreate": True})
    four_calls(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0", "num_vfs": 0}]})


def test_a_pf_that_is_known_by_its_record_alone_is_given_back(host: FakeHost) -> None:
    call(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0", "num_vfs": 1}]})
    host.write_attr(f"/sys/bus/pci/devices/{PF}/driver/unbind", PF)
    done = call(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0"}], "state": "restored"})
    assert done["after"]["pfs"][0]["address"] == PF
    assert host.read("/var/lib/dataplane-dpdk/devices.json") is None


def test_the_contract_of_a_success(host: FakeHost) -> None:
    done = call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 1, "drivers_autoprobe": False}]}, diff=True)
    assert done["before"]["pfs"] == [
        {"address": PF, "num_vfs": 0, "drivers_autoprobe": True, "vfs": [], "persistent_num_vfs": None}
    ]
    assert done["after"]["pfs"] == [
        {
            "address": PF,
            "num_vfs": 1,
            "drivers_autoprobe": False,
            "vfs": [{"vf": 0, "address": VFS[0]}],
            "persistent_num_vfs": 1,
        }
    ]
    assert done["diff"][0]["after_header"] == "state"


def test_a_vf_in_use_may_be_taken_by_force(host: FakeHost) -> None:
    call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 1}]})
    host.network.address("enp1s0v0", "198.51.100.1/24")
    none: dict[str, Any] = {"pfs": [{"device": PF, "num_vfs": 0}]}
    assert "is in use" in call(sriov_vfs.main, host, none)["msg"]
    assert call(sriov_vfs.main, host, {**none, "force": True})["changed"]


def test_the_contract_of_a_failure(host: FakeHost) -> None:
    host.pci.drivers["igb"].fewer_vfs = 1
    failed = call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 2}]})
    assert "its driver made 1" in failed["msg"]
    assert "Ask for 1 VFs" in failed["remedy"][0]
    (problem,) = failed["problems"]
    assert "its driver made 1" in problem["problem"]
    assert problem["remedy"] == failed["remedy"]
    assert f"Undone: Set the number of VFs of {PF} (enp1s0) to 2 (was 0)" in failed["undone"]
    assert host.attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs") == "0"


def test_each_problem_has_its_own_remedy(host: FakeHost) -> None:
    pfs = [{"device": PF, "num_vfs": 9}, {"device": "enp2s0", "num_vfs": 8}]
    failed = call(sriov_vfs.main, host, {"pfs": pfs})
    assert failed["problems"] == [
        {"problem": f"{port} cannot have {number} VFs: sriov_totalvfs is 7.", "remedy": ["Ask for 0 to 7 VFs."]}
        for port, number in ((f"{PF} (enp1s0)", 9), ("0000:02:00.0 (enp2s0)", 8))
    ]


def vf(**more: Any) -> dict[str, Any]:
    return {"device": PF, "num_vfs": 4, "vfs": [{"vf": 0, **more}]}


@pytest.mark.parametrize(
    ("pf", "said"),
    [
        ({"num_vfs": 1}, "device"),
        ({"device": PF, "num_vfs": "many"}, "num_vfs"),
        ({"device": PF, "x": 1}, "x"),
        (vf(mac="nonsense"), "'nonsense' is no MAC address for VF 0."),
        (vf(mac="01:00:00:00:00:01"), "'01:00:00:00:00:01' is no MAC address for VF 0."),
        (vf(vlan=4095), "vlan of VF 0 cannot be 4095. Give a number from 0 to 4094."),
        (vf(vlan=1, qos=8), "qos of VF 0 cannot be 8. Give a number from 0 to 7."),
        (vf(qos=3), "qos of VF 0 is given without a VLAN. Give vlan as well"),
        (vf(max_tx_rate=-1), "max_tx_rate of VF 0 cannot be -1."),
        (vf(min_tx_rate=9, max_tx_rate=3), "min_tx_rate of VF 0 is above its max_tx_rate."),
        (vf(link_state="maybe"), "link_state"),
        (vf(driver="../x"), "'../x' is no name of a driver."),
        (vf(vf="0-"), "'0-' names no VFs. Write the index of a VF, such as 0, or a range, such as 0-3."),
        (vf(vf="3-1"), "'3-1' names no VFs."),
        (vf(vf="0-1", mac="02:00:00:00:00:01"), "The VFs 0-1 cannot all have the MAC address"),
        (vf(vf=4, trust=True), "VF 4 of 0000:01:00.0 (enp1s0) is named, but there should be 4 VFs."),
        ({**vf(), "vfs": [{"vf": "0-3", "trust": True}, {"vf": 2, "trust": False}]}, "VF 2 is named twice"),
    ],
)
def test_the_arguments_are_checked(host: FakeHost, pf: dict[str, Any], said: str) -> None:
    failed = call(sriov_vfs.main, host, {"pfs": [pf]})
    assert failed["failed"]
    assert said in failed["msg"]
    assert host.writes == []


def test_every_setting_is_documented() -> None:
    documented = yaml.safe_load(sriov_vfs.DOCUMENTATION)["options"]["pfs"]["suboptions"]["vfs"]["suboptions"]
    described = [{key: each.get(key) for key in ("type", "choices")} for each in documented.values()]
    vf_options = want.OPTIONS["pfs"]["options"]["vfs"]["options"]
    options = [{key: each.get(key) for key in ("type", "choices")} for each in vf_options.values()]
    assert list(documented) == list(vf_options)
    assert described == options


def test_a_pf_that_is_only_named_stays_as_it_is(host: FakeHost) -> None:
    assert not call(sriov_vfs.main, host, {"pfs": [{"device": PF}]})["changed"]
    call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 2}]})
    assert not call(sriov_vfs.main, host, {"pfs": [{"device": PF}]})["changed"]


def test_entries_for_a_vf_add_up(host: FakeHost) -> None:
    entries = [{"vf": "0-1", "trust": True}, {"vf": 1, "qos": 2}, {"vf": 1, "mac": "02-00-00-00-00-0A", "vlan": 5}]
    done = four_calls(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 2, "vfs": entries}]})
    assert done["after"]["pfs"][0]["vfs"] == [
        {"vf": 0, "address": VFS[0], "trust": True},
        {"vf": 1, "address": VFS[1], "trust": True, "mac": "02:00:00:00:00:0a", "vlan": 5, "qos": 2},
    ]


def test_restored(host: FakeHost) -> None:
    args = {"pfs": [{"device": PF, "num_vfs": 4, "drivers_autoprobe": False}]}
    call(sriov_vfs.main, host, args)
    done = four_calls(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0"}], "state": "restored"})
    after = {"address": PF, "num_vfs": 0, "drivers_autoprobe": True, "vfs": [], "persistent_num_vfs": None}
    assert done["after"]["pfs"] == [after]
    assert not host.tree.exists("/var/lib/dataplane-dpdk/devices.json")
    assert not host.tree.exists("/etc/udev/rules.d/65-dataplane-dpdk-sriov.rules")


def test_all_that_was_ever_changed_is_given_back(host: FakeHost) -> None:
    call(sriov_vfs.main, host, {"pfs": [{"device": "enp1s0", "num_vfs": 2}, {"device": "enp2s0", "num_vfs": 1}]})
    predicted = call(sriov_vfs.main, host, {"state": "restored"}, check=True)
    done = call(sriov_vfs.main, host, {"state": "restored"})
    assert predicted["after"] == done["after"]
    assert [each["num_vfs"] for each in done["after"]["pfs"]] == [0, 0]
    assert call(sriov_vfs.main, host, {"state": "restored"})["changed"] is False
