# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An anonymized capture holds nothing that says whose host it is, and everything in it still fits together."""

from __future__ import annotations

import ipaddress
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import anonymous, form, replay
from ansible_collections.dataplane.dpdk.plugins.modules import capture, host_plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call
from hypothesis import given, settings
from hypothesis import strategies as st

KEY = b"key of this test"


def changed(text: str) -> str:
    document: dict[str, Any] = form.render("node7.example.com", "", {})
    document["attr"] = {"/proc/cmdline": text}
    document["run"] = [
        [["getent", "passwd", "alice"], {"rc": 0, "out": "alice:x:1000:1000::/home/alice:/bin/sh\n", "err": ""}],
        [["getent", "group", "dpdk"], {"rc": 0, "out": "dpdk:x:999:bob,root\n", "err": ""}],
    ]
    found: str = anonymous.anonymous(document, KEY)["attr"]["/proc/cmdline"]
    return found


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("00:00:00:00:00:00 ff:ff:ff:ff:ff:ff 01:00:5e:00:00:01", True),
        ("127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.1 169.254.169.254", True),
        ("::1 :: ff02::1 0000:01:00.0 12:30:11 6.12.107+deb13-amd64 5.15.0-91.101~20.04.1", True),
        ("root iommu=pt hugepages=4 8086:10c9 1-2:1.0", True),
        ("52:54:00:aa:bb:cc", False),
        ("enx525400aabbcc", False),
        ("10.1.2.3/24", False),
        ("fe80::5054:ff:feaa:bbcc", False),
        ("2001:db8::7/64", False),
        ("root=UUID=01234567-89ab-cdef-0123-456789abcdef", False),
        ("node7.example.com", False),
        ("node7", False),
        ("alice", False),
        ("bob", False),
        ("iqn.2024-01.com.example:storage.node7", False),
    ],
)
def test_what_is_replaced(text: str, same: bool) -> None:
    assert (changed(text) == text) is same


def test_the_same_address_is_the_same_everywhere() -> None:
    one, other, third, name = changed("52:54:00:aa:bb:cc 52:54:00:AA:BB:CC 52:54:00:aa:bb:cd enx525400aabbcc").split()
    assert one == other != third
    assert name == "enx" + one.replace(":", "")


def test_link_local_addresses_stay_on_their_link() -> None:
    assert changed("fe80::5054:ff:feaa:bbcc").startswith("fe80::")


@settings(max_examples=50, deadline=None)
@given(st.ip_addresses(v=4), st.ip_addresses(v=4), st.integers(8, 30))
def test_networks_still_fit(one: Any, other: Any, length: int) -> None:
    plain = [ipaddress.ip_network(each) for each in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")]
    if any(address in each for address in (one, other) for each in plain):
        return
    network = ipaddress.ip_network(f"{one}/{length}", strict=False)
    new_network, new_one, new_other = changed(f"{network} {one} {other}").split()
    found = ipaddress.ip_network(new_network)  # strict: the bits of hosts are still zero
    assert ipaddress.ip_address(new_one) in found
    assert (ipaddress.ip_address(new_other) in found) == (other in network)


@pytest.mark.parametrize("remote", ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7"])
def test_addresses_of_sockets_are_those_of_the_rest(remote: str) -> None:
    data = ipaddress.ip_address(remote).packed
    words = "".join(f"{int.from_bytes(data[n : n + 4], sys.byteorder):08X}" for n in range(0, len(data), 4))
    plain = remote.rpartition("ffff:")[2]
    line, address = changed(f"0: {words}:1F90 {words}:0016 01|{plain}").split("|")
    found = bytes(
        byte for n in range(3, 3 + len(words), 8) for byte in int(line[n : n + 8], 16).to_bytes(4, sys.byteorder)
    )
    new = ipaddress.ip_address(found)
    assert address in (str(new), str(getattr(new, "ipv4_mapped", None)))
    assert address != plain


def captured(document: dict[str, Any], host: FakeHost) -> Any:
    """A host that answers from a capture of the fake one."""
    return replay.host(form.parse(document), root=host.root)


def test_a_plan_from_an_anonymized_capture_is_the_same_but_for_what_is_replaced(tmp_path: Path) -> None:
    host = hosts.machine(tmp_path)
    description = {"ports": ["enp2s0"], "pfs": [{"device": "enp1s0", "num_vfs": 2}], "fail": False}
    plain = call(host_plan.main, host, description)
    document = call(capture.main, host, {"anonymize": True})["capture"]
    text = json.dumps(document)
    assert "52:54:00" not in text
    assert "10.0.2." not in text
    seen = call(host_plan.main, captured(document, host), description)
    assert seen["problems"] == []
    assert seen["actions"] == plain["actions"]
    assert [each["stage"] for each in seen["problems"]] == [each["stage"] for each in plain["problems"]]


def test_the_port_of_the_connection_is_still_known(tmp_path: Path) -> None:
    host = hosts.machine(tmp_path)
    document = call(capture.main, host, {"anonymize": True})["capture"]
    seen = call(host_plan.main, captured(document, host), {"ports": ["enp0s2"], "fail": False})
    assert any("address of this connection" in each["problem"] for each in seen["problems"]), seen["problems"]
