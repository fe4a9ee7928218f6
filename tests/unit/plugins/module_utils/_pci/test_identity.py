# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No task that ran once may ever mean another port the second time, however names, addresses and cards moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record, selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Binding, Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ("eth0", "eth1", "eth2", "uplink0")
PLACES = tuple(f"0000:0{number}:00.0" for number in range(1, 5))
Draw = Callable[[Any], Any]
MACS = tuple(f"52:54:00:00:00:0{number}" for number in range(4))


@dataclass(frozen=True)
class Port:
    """A port of a card: its MAC address is its own for good, all else is of the moment."""

    number: int
    place: str | None  # None: the card is not in the host
    hidden: bool = False  # bound for DPDK, or in a container
    name: str = ""
    altname: str = ""
    shown: str = ""  # a MAC address that it shows for a while

    @property
    def device(self) -> Device:
        mac = MACS[self.number]
        altnames = (self.altname,) if self.altname else ()
        port = Interface(self.name, self.shown or mac, altnames, mac if self.shown not in ("", mac) else None)
        interfaces = () if self.hidden else (port,)
        return Device(self.place or "", "020000", "8086", "10c9", "", "igb", None, None, None, 0, interfaces)


def _find(devices: dict[str, Device], records: dict[str, Record], text: str) -> Device | HostError:
    return attempt(lambda: selector.find(devices, records, text))


def devices(ports: list[Port]) -> dict[str, Device]:
    return {port.place: port.device for port in ports if port.place}


def _moment(draw: Draw, records: dict[str, Record]) -> list[Port]:
    """Draw where the ports are and what they are called.

    One is hidden only where the record, if there is one, is its own: of two cards that are alike and show nothing, nobody
    could say which is which.
    """
    names, altnames = draw(st.permutations(NAMES)), draw(st.permutations([f"alt{each}" for each in NAMES]))
    places = draw(st.permutations(PLACES))
    found = []
    for number, place in enumerate(places):
        own = place not in records or MACS[number] in records[place].macs
        found.append(
            Port(
                number,
                None if draw(st.integers(0, 4)) == 0 else place,
                own and draw(st.booleans()),
                names[number],
                draw(st.sampled_from(["", altnames[number]])),
                draw(st.sampled_from(["", *MACS])),
            )
        )
    return found


@settings(max_examples=200)
@given(st.data())
def test_a_task_means_the_same_port_as_before_or_is_refused(data: st.DataObject) -> None:
    text: str | None = None
    meant: dict[str, int] = {}
    for _dummy in range(data.draw(st.integers(2, 5))):
        ports = _moment(data.draw, record.parse(text))
        named = data.draw(st.sampled_from([*NAMES, *(f"alt{each}" for each in NAMES), *MACS]))
        for each in {**meant, named: 0}:
            found = _find(devices(ports), record.parse(text), each)
            if isinstance(found, HostError):
                assert found.remedy
                continue
            number = next(port.number for port in ports if port.place == found.address)
            assert meant.setdefault(each, number) == number
            text = _recorded(text, found)


def test_a_card_in_the_place_of_another_is_not_found_by_the_names_of_that() -> None:
    first = Port(0, PLACES[0], name="eth0").device
    records = record.parse(_recorded(None, first))
    second = Port(1, PLACES[0], name="eth1").device
    text = _recorded(record.render(records), second)
    hidden = {PLACES[0]: Port(1, PLACES[0], hidden=True).device}
    assert isinstance(attempt(lambda: selector.find(hidden, record.parse(text), "eth0")), HostError)
    assert selector.find(hidden, record.parse(text), "eth1").address == PLACES[0]
    other = {**hidden, PLACES[1]: Port(2, PLACES[1], name="eth0").device}
    refused = _find(other, record.parse(text), "eth0")
    assert isinstance(refused, HostError)
    assert "was recorded for a port that was at 0000:01:00.0 before" in refused.message


def _recorded(text: str | None, device: Device) -> str | None:
    found = replace(record.of_port(device), binding=Binding("igb", None))
    (after,) = [step.file.after for step in record.remember_step(text, {device.address: found}) if step.file] or [text]
    return after


def test_a_name_is_that_of_a_port_and_an_address_that_of_a_place() -> None:
    records = record.parse(_recorded(None, Port(0, PLACES[0], name="eth0").device))
    replaced = {PLACES[0]: Port(1, PLACES[0], name="eth0").device}
    refused = _find(replaced, records, "eth0")
    assert isinstance(refused, HostError)
    assert f"'eth0' matches {PLACES[0]} (eth0) now, but was recorded for {PLACES[0]} ({MACS[0]}), not here now" in str(
        refused
    )
    assert selector.find(replaced, records, PLACES[0]).address == PLACES[0]
    assert selector.find(replaced, records, MACS[1]).address == PLACES[0]


def test_a_place_is_not_taken_for_the_port_that_shows_itself_elsewhere() -> None:
    records = record.parse(_recorded(None, Port(0, PLACES[0], name="eth0").device))
    moved = {
        PLACES[0]: Port(1, PLACES[0], hidden=True).device,  # by the rule that was for the other
        PLACES[1]: Port(0, PLACES[1], name="eth7").device,
    }
    for text in ("eth0", PLACES[0]):
        refused = _find(moved, records, text)
        assert isinstance(refused, HostError)
        assert f"The port that was at {PLACES[0]} when a task changed it ({MACS[0]}) is {PLACES[1]} (eth7) now" in str(
            refused
        )
        assert "Take back with state: restored what was changed, and name the ports again" in refused.remedy[0]
    assert selector.find(moved, records, Selector(PLACES[0], sure=True)).address == PLACES[0]
    assert selector.find(moved, records, PLACES[1]).address == PLACES[1]


def test_two_devices_of_other_kinds_may_share_a_mac_address() -> None:
    """A virtual machine with net_failover has a VF and a virtio device with the same one."""
    vf = Port(0, PLACES[0], name="eth0").device
    records = record.parse(_recorded(None, vf))
    standby = replace(Port(0, PLACES[1], name="eth1").device, vendor_id="1af4", device_id="1041")
    bound = {PLACES[0]: replace(vf, interfaces=()), PLACES[1]: standby}
    assert selector.find(bound, records, PLACES[0]).address == PLACES[0]
    assert selector.find(bound, records, "eth0").address == PLACES[0]
    refused = _find(bound, records, MACS[0])
    assert isinstance(refused, HostError)
    assert f"{PLACES[1]} (eth1) now, but was recorded for {PLACES[0]}" in refused.message


def test_a_record_of_before_is_read() -> None:
    text = '{"0000:01:00.0": {"interface": "eth0", "mac": null, "binding": null, "vfs": null}}'
    assert record.parse(text) == {PLACES[0]: Record("eth0")}
