# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Binding, Record, Vfs
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, told
from hypothesis import given
from hypothesis import strategies as st

PF, OTHER = "0000:01:00.0", "0000:02:00.0"
WORDS = st.one_of(st.none(), st.from_regex(r"[^/\x00-\x1f\x7f.]{1,20}", fullmatch=True))
ADDRESSES = st.from_regex(r"[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]", fullmatch=True)
TEXTS = st.from_regex(r"[^\x00-\x1f\x7f]{0,20}", fullmatch=True)
RECORDS = st.builds(
    Record,
    interface=WORDS,
    mac=WORDS,
    binding=st.one_of(st.none(), st.builds(Binding, WORDS, WORDS)),
    vfs=st.one_of(st.none(), st.builds(Vfs, st.integers(0, 256), st.booleans())),
    also=st.lists(TEXTS).map(tuple),
    earlier=st.lists(TEXTS).map(tuple),
)
FOUND = Record("enp1s0", "52:54:00:00:01:00", binding=Binding("igb", None))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["binding", "vfs", "driver", "num_vfs", PF]), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(ADDRESSES, RECORDS, max_size=4))
def test_render_and_parse_are_inverse(records: dict[str, Record]) -> None:
    assert record.parse(record.render(records)) == records


def test_no_file_holds_no_record() -> None:
    assert record.parse(None) == {}


@given(st.one_of(st.text(), JSON.map(json.dumps)))
def test_any_text_is_records_or_an_error(text: str) -> None:
    parsed = attempt(lambda: record.parse(text))
    assert parsed.remedy if isinstance(parsed, HostError) else isinstance(parsed, dict)


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"x": 5}', '{"x": {"binding": {"driver": "igb"}}}'])
def test_what_is_no_record(text: str) -> None:
    with pytest.raises(HostError) as caught:
        record.parse(text)
    assert f"{record.PATH} does not hold what this collection writes there" in told(caught.value)
    assert f"Bring {record.PATH} back from a backup, or remove it" in told(caught.value)


def test_a_device_is_remembered_and_then_known(host: FakeHost) -> None:
    (step,) = record.remember_step(None, {PF: FOUND})
    step.do(host)
    text = host.read(record.PATH)
    assert record.parse(text) == {PF: FOUND}
    assert record.remember_step(text, {PF: FOUND}) == []
    assert record.remember_step(text, {}) == []
    assert record.remember_step(None, {}) == []


def test_what_was_found_first_is_kept_and_what_was_seen_last_is_known() -> None:
    later = Record("eth7", "52:54:00:00:07:00", Binding("vfio-pci", "vfio-pci"), Vfs(2, False))
    (step,) = record.remember_step(record.render({PF: FOUND}), {PF: later})
    assert step.file is not None
    expected = replace(later, binding=FOUND.binding, earlier=("enp1s0", "52:54:00:00:01:00"))
    assert record.parse(step.file.after) == {PF: expected}


def test_no_name_of_a_port_is_forgotten() -> None:
    later = Record("lan0", FOUND.mac, Binding("vfio-pci", "vfio-pci"), also=("uplink0",))
    (step,) = record.remember_step(record.render({PF: FOUND}), {PF: later})
    assert step.file is not None
    known = record.parse(step.file.after)[PF]
    assert (known.interface, known.also, known.earlier) == ("lan0", ("uplink0", "enp1s0"), ())
    assert all(known.is_called(each) for each in ("lan0", "uplink0", "enp1s0", "52-54-00-00-01-00"))
    assert not known.is_called("")


def test_all_interfaces_of_a_device_are_remembered() -> None:
    ports = (Interface("eth0", "x", ("alt0",), "52:54:00:00:01:00"), Interface("eth1", "52:54:00:00:01:01"))
    device = Device(PF, "020000", "15b3", "1007", "", "mlx4_core", None, None, None, 0, ports)
    assert record.of_port(device) == Record("eth0", "52:54:00:00:01:00", also=("alt0", "eth1", "52:54:00:00:01:01"))


def test_an_interface_that_is_gone_is_not_forgotten() -> None:
    gone = Record(None, None, Binding("vfio-pci", "vfio-pci"))
    assert record.remember_step(record.render({PF: FOUND}), {PF: gone}) == []


def test_other_devices_stay() -> None:
    (step,) = record.remember_step(record.render({"0000:09:00.0": FOUND}), {PF: FOUND})
    assert step.file is not None
    assert sorted(record.parse(step.file.after)) == [PF, "0000:09:00.0"]


MOVED = Record("enp1s0", "52:54:00:00:01:00", Binding("igb", None))


def test_only_what_is_back_is_forgotten() -> None:
    text = record.render({PF: MOVED, OTHER: MOVED})
    (step,) = record.forget_step(text, {OTHER}, "binding")
    assert step.file is not None
    assert record.parse(step.file.after) == {PF: MOVED}


def test_the_vfs_that_a_pf_was_found_with_are_not_forgotten() -> None:
    pf = Record("enp1s0", "52:54:00:00:01:00", Binding("igb", None), Vfs(0, True))
    (step,) = record.forget_step(record.render({PF: pf}), {PF}, "binding")
    assert step.file is not None
    assert record.parse(step.file.after) == {PF: Record("enp1s0", "52:54:00:00:01:00", None, Vfs(0, True))}


def test_the_driver_that_a_pf_was_found_with_is_not_forgotten() -> None:
    pf = Record("enp1s0", "52:54:00:00:01:00", Binding("igb", None), Vfs(0, True))
    (step,) = record.forget_step(record.render({PF: pf}), {PF}, "vfs")
    assert step.file is not None
    assert record.parse(step.file.after) == {PF: MOVED}


def test_the_file_goes_with_the_last_record() -> None:
    (step,) = record.forget_step(record.render({PF: MOVED}), {PF}, "binding")
    assert step.action == f"Removed {record.PATH}"


def test_what_is_not_known_is_not_forgotten() -> None:
    assert record.forget_step(record.render({PF: MOVED}), {OTHER}, "binding") == []
    assert record.forget_step(None, {PF}, "binding") == []


def test_no_address_is_that_of_no_port() -> None:
    assert Record("x", "00:00:00:00:00:00", also=("52:54:00:00:01:00", "alt0")).macs == ("52:54:00:00:01:00",)


def entry(**given: object) -> str:
    binding = {"driver": "igb", "driver_override": None}
    return json.dumps({PF: {"interface": None, "mac": None, "binding": binding, "vfs": None, **given}})


@pytest.mark.parametrize(
    "text",
    [
        entry(binding={"driver": 5, "driver_override": None}),
        entry(binding={"driver": "../../../etc", "driver_override": None}),
        entry(binding={"driver": "a/b", "driver_override": None}),
        entry(binding={"driver": "..", "driver_override": None}),
        entry(binding={"driver": "igb", "driver_override": "a\nb"}),
        entry(vfs={"num_vfs": "2", "drivers_autoprobe": True}),
        entry(vfs={"num_vfs": -1, "drivers_autoprobe": True}),
        entry(vfs={"num_vfs": 10**30, "drivers_autoprobe": True}),
        entry(vfs={"num_vfs": 2, "drivers_autoprobe": 1}),
        entry(interface=[]),
        entry(also="enp1s0"),
        entry()[:-20],
        entry().replace(PF, "../0000:01:00.0"),
        "[" * 100000,
        '{"x": ' * 50000,
        '{"a": ' + "9" * 5000 + "}",
    ],
)
def test_a_damaged_record_is_refused_and_not_believed(text: str) -> None:
    with pytest.raises(HostError, match="does not hold what this collection writes there"):
        record.parse(text)


def test_a_sound_record_is_read() -> None:
    assert record.parse(entry())[PF].binding == Binding("igb", None)
