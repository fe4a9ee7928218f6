# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import OPTIONS, PfWant, VfWant, Want, parse
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, told
from hypothesis import given
from hypothesis import strategies as st

MAC = "02:00:00:00:10:00"


def params(vfs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    pf = {"device": "enp1s0", "num_vfs": 4, "drivers_autoprobe": False, "eswitch_mode": None, "up": True, "vfs": vfs}
    common = {"state": "present", "allow_recreate": True, "persistent": False, "force": True}
    return {"pfs": [pf], **common, **more}


def refused(vfs: list[dict[str, Any]]) -> str:
    with pytest.raises(HostError) as caught:
        parse(params(vfs))
    return told(caught.value)


def test_all_that_a_task_can_say() -> None:
    vf = VfWant({"mac": MAC, "trust": True}, "vfio-pci")
    pf = PfWant("enp1s0", 4, False, None, True, {0: vf})
    found = parse(params([{"vf": "0", "mac": MAC.upper(), "trust": True, "qos": None, "driver": "vfio-pci"}]))
    assert found == Want((pf,), allow_recreate=True, persistent=False, consent=Consent(force=True))
    assert found.drivers == ["vfio-pci"]


def test_restored_takes_nothing_but_the_names() -> None:
    found = parse(params([{"vf": "nonsense"}], state="restored"))
    assert found.restored
    assert found.pfs == (PfWant("enp1s0", None, None),)


def test_ranges_and_entries_add_up() -> None:
    found = parse(params([{"vf": "1-2", "trust": True}, {"vf": " 0 ", "driver": "igbvf"}, {"vf": "2", "vlan": 5}]))
    assert found.pfs[0].vfs == {
        0: VfWant({}, "igbvf"),
        1: VfWant({"trust": True}),
        2: VfWant({"trust": True, "vlan": 5}),
    }


@pytest.mark.parametrize("vf", [[0, 2], "0,2", "0-2", "all", 1])
def test_several_vfs_in_one_entry(vf: Any) -> None:
    found = parse(params([{"vf": vf, "trust": True}])).pfs[0]
    indexes = {"all": [0, 1, 2, 3], "0-2": [0, 1, 2], 1: [1]}.get(vf if isinstance(vf, (str, int)) else "", [0, 2])
    assert (found.vfs, found.every) == ({index: VfWant({"trust": True}) for index in indexes}, None)


def test_a_setting_may_have_the_name_that_it_has_for_ip_link() -> None:
    assert OPTIONS["pfs"]["options"]["vfs"]["options"]["spoof_check"]["aliases"] == ["spoofchk"]
    # Ansible hands over both names.
    found = parse(params([{"vf": 0, "spoofchk": False, "spoof_check": False}])).pfs[0]
    assert found.vfs == {0: VfWant({"spoof_check": False})}


def test_all_vfs_are_as_many_as_there_are() -> None:
    asked = params([{"vf": "all", "trust": True}, {"vf": 0, "vlan": 5}])
    asked["pfs"][0]["num_vfs"] = None
    pf = parse(asked).pfs[0]
    assert pf.vfs_of(2) == {0: VfWant({"trust": True, "vlan": 5}), 1: VfWant({"trust": True})}
    assert parse(asked).drivers == []
    asked["pfs"][0]["vfs"][0]["driver"] = "vfio-pci"
    assert parse(asked).drivers == ["vfio-pci"]
    asked["pfs"][0]["vfs"][1]["trust"] = False
    with pytest.raises(HostError, match="VF 0 is named twice, with different settings"):
        parse(asked).pfs[0].vfs_of(2)


def test_a_pf_is_found_as_any_device_is() -> None:
    asked = params([{"vf": 0, "trust": True}])
    asked["pfs"][0].update(slot="3", match="all")
    pf = parse(asked).pfs[0]
    assert (pf.slot, pf.many) == ("3", True)
    assert parse({**asked, "state": "restored"}).pfs == (PfWant("enp1s0", None, None, slot="3", many=True),)
    asked["pfs"][0]["vfs"][0]["mac"] = MAC
    with pytest.raises(HostError, match=f"cannot all have the MAC address {MAC}"):
        parse(asked)


@pytest.mark.parametrize(
    ("vfs", "said"),
    [
        ([{"vf": "65536"}], "'65536' names no VFs."),
        ([{"vf": "all", "mac": MAC}], f"The VFs all cannot all have the MAC address {MAC}."),
        ([{"vf": [0, 1], "mac": MAC}], f"The VFs 0,1 cannot all have the MAC address {MAC}."),
        ([{"vf": "0", "driver": "a/b"}], "'a/b' is no name of a driver."),
        ([{"vf": "0", "driver": "a"}, {"vf": "0", "driver": "b"}], "VF 0 is named twice, with different settings."),
        ([{"vf": "0-1", "mac": MAC}], f"The VFs 0-1 cannot all have the MAC address {MAC}."),
        ([{"vf": "3", "qos": 1}], "qos of VF 3 is given without a VLAN."),
        ([{"vf": "3", "min_tx_rate": 2, "max_tx_rate": 1}], "min_tx_rate of VF 3 is above its max_tx_rate."),
        ([{"vf": "0-3", "vlan": 4095}], "vlan of VF 0-3 cannot be 4095."),
    ],
)
def test_what_no_host_could_do(vfs: list[dict[str, Any]], said: str) -> None:
    assert said in refused(vfs)


def test_a_minimum_without_a_limit() -> None:
    assert parse(params([{"vf": "0", "min_tx_rate": 2, "max_tx_rate": 0}])).pfs[0].vfs[0].settings["min_tx_rate"] == 2


@given(st.text(), st.text(), st.text(), st.integers())
def test_any_entry_is_a_want_or_an_error(vf: str, mac: str, driver: str, number: int) -> None:
    entry = {"vf": vf, "mac": mac, "driver": driver, "vlan": number, "min_tx_rate": number}
    found = attempt(lambda: parse(params([entry])))
    assert found.remedy if isinstance(found, HostError) else found.pfs
