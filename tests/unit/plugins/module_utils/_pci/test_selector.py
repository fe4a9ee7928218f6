# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver, selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record, of_port
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, told
from hypothesis import example, given
from hypothesis import strategies as st

ENTRIES = st.one_of(
    st.text(),
    st.dictionaries(
        st.sampled_from(["device", "vf", "slot", "match", "driver", "x"]),
        st.one_of(st.text(), st.integers(), st.none(), st.just("all")),
    ),
    st.integers(),
    st.none(),
    st.lists(st.text()),
)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("enp1s0", Selector("enp1s0")),
        (" enp1s0 ", Selector("enp1s0")),
        ({"device": "enp1s0"}, Selector("enp1s0")),
        ({"device": "enp1s0", "vf": 2}, Selector("enp1s0", 2)),
        ({"device": "enp1s0", "vf": "2"}, Selector("enp1s0", 2)),
        ({"device": "enp1s0", "vf": None}, Selector("enp1s0")),
        ({"device": "8086:10c9", "slot": 3, "match": "all"}, Selector("8086:10c9", None, "3", True)),
        ({"device": "8086:10c9", "match": "one"}, Selector("8086:10c9")),
    ],
)
def test_parse(entry: Any, expected: Selector) -> None:
    assert selector.parse(entry) == expected


@pytest.mark.parametrize("vf", [-1, True, "x", "", 1.5])
def test_a_vf_is_an_index(vf: Any) -> None:
    with pytest.raises(HostError, match="names no device"):
        selector.parse({"device": "enp1s0", "vf": vf})


@pytest.mark.parametrize(
    "entry",
    [
        *("", "  ", 5, None, [], {}, {"vf": 1}, {"device": ""}, {"device": 5}, {"device": "a", "function": 1}),
        *({"device": "a", "match": "some"}, {"device": "a", "vf": 0, "match": "all"}),
    ],
)
def test_nonsense_is_refused(entry: Any) -> None:
    with pytest.raises(HostError) as caught:
        selector.parse(entry)
    assert f"{entry!r} names no device." in told(caught.value)
    assert "Write an address (of PCI, or a GUID of the VMBus), an interface name or a MAC address" in told(caught.value)


@pytest.mark.parametrize("entry", [120.0, {"device": 120.0}, {"device": 120.0, "vf": 1}])
def test_an_address_that_yaml_read_as_a_number_is_named(entry: Any) -> None:
    with pytest.raises(HostError) as caught:
        selector.parse(entry)
    assert caught.value.remedy[0] == 'Put it in quotes, because YAML read it as a number: "0000:02:00.0".'


def test_a_number_that_is_no_name_is_named(host: FakeHost) -> None:
    """An option that is a text has the number as text."""
    with pytest.raises(HostError) as caught:
        selector.find(device.scan(host), {}, "41135040062")
    assert caught.value.remedy[0] == 'Put it in quotes, because YAML read it as a number: "52:54:00:00:01:02".'


@given(ENTRIES)
@example({"device": "enp1s0", "vf": "\N{SUPERSCRIPT TWO}"})
def test_any_entry_is_a_selector_or_an_error(entry: Any) -> None:
    parsed = attempt(lambda: selector.parse(entry))
    assert parsed.remedy if isinstance(parsed, HostError) else parsed.text


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (PF, PF),
        ("01:00.0", PF),
        ("0000:01:00.0".upper(), PF),
        ("enp1s0", PF),
        ("52:54:00:00:02:00", OTHER),
        ("52-54-00-00-02-00", OTHER),
        ("52:54:00:00:00:02", MANAGEMENT),
        ("1af4:1041", MANAGEMENT),
        ("1AF4:1041", MANAGEMENT),
    ],
)
def test_find(host: FakeHost, text: str, address: str) -> None:
    assert selector.find(device.scan(host), {}, text).address == address


@pytest.mark.parametrize("text", ["enp9s0", "0000:77:00.0", "77:00.0", "52:54:00:00:99:99", "dead:beef", "ENP1S0"])
def test_what_is_not_there_lists_what_is(host: FakeHost, text: str) -> None:
    with pytest.raises(HostError) as caught:
        selector.find(device.scan(host), {}, text)
    assert f"No device matches {text!r}." in told(caught.value)
    assert f"{PF} (enp1s0) 8086:10c9 driver igb" in told(caught.value)
    assert "Name one of them by its address, interface or MAC address." in told(caught.value)


def test_a_long_list_ends(host: FakeHost) -> None:
    port = device.scan(host)[PF]
    many = {f"0000:09:{number:02x}.0": port for number in range(45)}
    with pytest.raises(HostError, match="and 5 more"):
        selector.find(many, {}, "x")
    with pytest.raises(HostError, match="This host has: no network device"):
        selector.find({}, {}, "x")


def test_what_is_ambiguous_names_all(host: FakeHost) -> None:
    with pytest.raises(HostError) as caught:
        selector.find(device.scan(host), {}, "8086:10c9")
    assert f"'8086:10c9' matches 2 devices: {PF} (enp1s0), {OTHER} (enp2s0)." in told(caught.value)
    assert "Name one of them" in told(caught.value)


@pytest.mark.parametrize("text", ["enp1s0", "52:54:00:00:01:00", "52-54-00-00-01-00"])
def test_an_interface_that_is_gone_is_found_by_the_record(host: FakeHost, text: str) -> None:
    driver.unbind(host, PF)
    records = {PF: Record("enp1s0", "52:54:00:00:01:00"), "0000:77:00.0": Record("enp1s0", "52:54:00:00:01:00")}
    assert selector.find(device.scan(host), records, text).address == PF
    with pytest.raises(HostError, match="No device matches"):
        selector.find(device.scan(host), {}, text)


@pytest.mark.parametrize("text", ["enp2s0", "52:54:00:00:02:00"])
def test_what_another_port_shows_than_the_one_it_was_recorded_for_is_refused(host: FakeHost, text: str) -> None:
    driver.unbind(host, PF)
    records = {PF: Record("enp2s0", "52:54:00:00:02:00")}
    with pytest.raises(HostError) as caught:
        selector.find(device.scan(host), records, text)
    assert f"{text!r} matches {OTHER} (enp2s0) now, but was recorded for {PF} when a task changed that" in told(
        caught.value
    )
    assert "Name the port that is meant by its address" in told(caught.value)
    assert selector.find(device.scan(host), records, OTHER).address == OTHER


def test_a_name_that_went_to_another_port_is_refused_while_its_first_port_shows_another(host: FakeHost) -> None:
    records = {PF: Record("enp2s0", "52:54:00:00:01:00")}
    with pytest.raises(HostError) as caught:
        selector.find(device.scan(host), records, "enp2s0")
    assert f"'enp2s0' matches {OTHER} (enp2s0) now, but was recorded for {PF} (enp1s0)" in told(caught.value)


def test_a_name_of_a_port_that_is_gone_means_no_other(host: FakeHost) -> None:
    records = {"0000:77:00.0": Record("enp1s0", "52:54:00:00:77:00")}
    with pytest.raises(HostError) as caught:
        selector.find(device.scan(host), records, "enp1s0")
    assert "was recorded for 0000:77:00.0 (52:54:00:00:77:00), not here now" in told(caught.value)
    with pytest.raises(HostError, match="was recorded for"):
        selector.find_all(device.scan(host), records, Selector("enp1s0", many=True))
    assert selector.find(device.scan(host), records, "52:54:00:00:01:00").address == PF


def test_the_same_port_at_another_address_is_meant(host: FakeHost) -> None:
    records = {"0000:77:00.0": Record("enp1s0", "52:54:00:00:01:00")}
    assert selector.find(device.scan(host), records, "enp1s0").address == PF


def test_the_slot_decides(host: FakeHost) -> None:
    driver.unbind(host, PF)
    host.tree.write("/sys/bus/pci/slots/3/address", f"{OTHER[:-2]}\n")
    records = {PF: Record("enp2s0", "52:54:00:00:02:00")}
    assert selector.find(device.scan(host), records, Selector("enp2s0", slot="3")).address == OTHER


def test_a_wrong_slot_names_those_that_there_are(host: FakeHost) -> None:
    host.tree.write("/sys/bus/pci/slots/3/address", f"{OTHER[:-2]}\n")
    for many in (False, True):
        with pytest.raises(HostError) as caught:
            selector.find_all(device.scan(host), {}, Selector("8086:10c9", slot="4", many=many))
        assert caught.value.message == (
            "No device that '8086:10c9' matches is in slot 4. Those that it matches are in the slots: "
            f"3 ({OTHER} (enp2s0)); in no slot that the firmware names: {PF} (enp1s0)."
        )
        assert caught.value.remedy == ("Write one of these slots, or name the device by its address.",)
    with pytest.raises(HostError, match="No device matches 'dead:beef'"):
        selector.find(device.scan(host), {}, Selector("dead:beef", slot="4"))


@pytest.mark.parametrize(
    ("vf", "expected"),
    [
        ("0-1", [Selector("enp1s0", 0), Selector("enp1s0", 1)]),
        ([0, 2], [Selector("enp1s0", 0), Selector("enp1s0", 2)]),
        ("0,2", [Selector("enp1s0", 0), Selector("enp1s0", 2)]),
        ("all", [Selector("enp1s0", every=True)]),
        (None, [Selector("enp1s0")]),
    ],
)
def test_several_vfs_in_one_entry(vf: Any, expected: list[Selector]) -> None:
    assert [*selector.parse_all([{"device": "enp1s0", "vf": vf}, "x"])] == [*expected, Selector("x")]


def test_all_vfs_of_a_pf(host: FakeHost) -> None:
    with pytest.raises(HostError, match="has no VFs now"):
        selector.find_all(device.scan(host), {}, Selector("enp1s0", every=True))
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "3")
    found = selector.find_all(device.scan(host), {}, Selector("enp1s0", every=True))
    assert [each.address for each in found] == [*VFS[:3]]
    with pytest.raises(HostError, match="can have no VFs"):
        selector.find_all(device.scan(host), {}, Selector("enp0s2", every=True))
    assert str(Selector("enp1s0", every=True)) == "all VFs of enp1s0"


def test_an_altname_is_a_name(host: FakeHost) -> None:
    host.network.detail("enp1s0", altnames=["uplink0", "ens1"])
    devices = device.scan(host)
    assert selector.find(devices, {}, "uplink0").address == PF
    with pytest.raises(HostError, match=f"{PF} \\(enp1s0, also uplink0, ens1\\) 8086:10c9 driver igb"):
        selector.find(devices, {}, "enp9s0")
    records = {PF: of_port(devices[PF])}
    driver.unbind(host, PF)
    assert selector.find(device.scan(host), records, "uplink0").address == PF
    host.network.detail("enp2s0", altnames=["uplink0"])
    with pytest.raises(HostError, match=f"'uplink0' matches {OTHER} .enp2s0. now, but was recorded for {PF}"):
        selector.find(device.scan(host), records, "uplink0")


@pytest.mark.parametrize(
    "told_of",
    [
        {"permaddr": "52:54:00:00:02:00"},
        {"linkinfo": {"info_slave_kind": "bond", "info_slave_data": {"perm_hwaddr": "52:54:00:00:02:00"}}},
    ],
)
def test_the_address_of_a_bond_means_the_port_that_has_it_for_good(host: FakeHost, told_of: dict[str, Any]) -> None:
    host.tree.write("/sys/class/net/enp2s0/address", "52:54:00:00:01:00\n")
    host.network.detail("enp2s0", **told_of)
    devices = device.scan(host)
    assert selector.find(devices, {}, "52:54:00:00:01:00").address == PF
    assert selector.find(devices, {}, "52:54:00:00:02:00").address == OTHER
    records = {each: of_port(devices[each]) for each in (PF, OTHER)}
    assert (records[PF].mac, records[OTHER].mac) == ("52:54:00:00:01:00", "52:54:00:00:02:00")
    driver.unbind(host, PF)
    assert selector.find(device.scan(host), records, "52:54:00:00:01:00").address == PF


def test_an_address_that_is_shown_for_a_while_names_nothing(host: FakeHost) -> None:
    host.tree.write("/sys/class/net/enp2s0/address", "02:00:00:00:00:99\n")
    host.network.detail("enp2s0", permaddr="52:54:00:00:02:00")
    with pytest.raises(HostError) as caught:
        selector.find(device.scan(host), {}, "02-00-00-00-00-99")
    assert f"it is only shown for now, by {OTHER} (enp2s0), whose own is 52:54:00:00:02:00." in told(caught.value)
    assert "Name the port by its own MAC address" in told(caught.value)


@pytest.mark.parametrize(
    ("port", "meaning", "remedy"),
    [
        ("pf0vf1", "VF 1", f"device: {PF} and vf: 1"),
        ("c1pf0vf12", "VF 12", f"device: {PF} and vf: 12"),
        ("pf0sf88", "subfunction 88", f"device: {PF}, or"),
        ("pf0hpf", "the port pf0hpf of the switch", f"device: {PF}, or"),
        ("pf1", "the port pf1 of the switch", f"device: {PF}, or"),
    ],
)
def test_a_representor_is_no_port(host: FakeHost, port: str, meaning: str, remedy: str) -> None:
    host.network.appear("eth7", "02:00:00:00:00:07", host.pci.functions[PF].path)
    host.network.detail("eth7", phys_port_name=port, phys_switch_id="525400000100", altnames=["rep7"])
    for text in ("eth7", "rep7"):
        with pytest.raises(HostError) as caught:
            selector.find(device.scan(host), {}, text)
        assert f"{text!r} stands for {meaning} of {PF} (enp1s0): it is a representor" in told(caught.value)
        assert remedy in told(caught.value)


def test_a_record_of_a_device_that_has_another_interface_now_is_stale(host: FakeHost) -> None:
    with pytest.raises(HostError, match="No device matches"):
        selector.find(device.scan(host), {PF: Record("eth7")}, "eth7")


def test_a_vf_by_its_index(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", "2")
    devices = device.scan(host)
    assert selector.find_present(devices, {}, Selector("enp1s0", 1)).address == VFS[1]
    with pytest.raises(HostError) as caught:
        selector.find_present(devices, {}, Selector("enp1s0", 2))
    assert f"VF 2 of enp1s0 does not exist: {PF} (enp1s0) has 2 VFs now." in told(caught.value)
    assert "Make the VFs first, with dataplane.dpdk.sriov_vfs." in told(caught.value)


def test_a_vf_beyond_the_capability(host: FakeHost) -> None:
    devices = device.scan(host)
    with pytest.raises(HostError) as caught:
        selector.find_present(devices, {}, Selector("enp1s0", 7))
    assert f"{PF} (enp1s0) has no VF 7: it can have 7 (sriov_totalvfs)." in told(caught.value)
    assert "Name a VF from 0 to 6." in told(caught.value)
    with pytest.raises(HostError, match="can have no VFs"):
        selector.find_present(devices, {}, Selector("enp0s2", 0))


def test_the_address_of_a_vf_is_predicted(host: FakeHost) -> None:
    pf = device.scan(host)[PF]
    predicted = tuple(selector.predicted_vf_address(pf, index) for index in range(3))
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", "3")
    assert device.require_sriov(device.scan(host)[PF]).vfs == predicted == VFS


@given(st.text(), st.text(), st.text())
def test_any_text_finds_a_device_or_an_error(text: str, name: str, mac: str) -> None:
    port = Device(PF, "020000", "8086", "10c9", "", "igb", None, None, 1, 0, (Interface(name, mac),))
    found = attempt(lambda: selector.find({PF: port}, {PF: Record(name, mac)}, text))
    assert found.remedy if isinstance(found, HostError) else found is port


def test_every_device_that_matches(host: FakeHost) -> None:
    devices = device.scan(host)
    found = selector.find_all(devices, {}, Selector("8086:10c9", many=True))
    assert [each.address for each in found] == [PF, OTHER]
    assert [each.address for each in selector.find_all(devices, {}, Selector("enp1s0"))] == [PF]
    with pytest.raises(HostError, match="No device matches '8086:9999'"):
        selector.find_all(devices, {}, Selector("8086:9999", many=True))
    with pytest.raises(HostError, match="matches 2 devices"):
        selector.find_all(devices, {}, Selector("8086:10c9"))
