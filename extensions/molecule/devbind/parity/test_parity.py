# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dpdk-devbind.py --status prints and what dpdk_info returned for the same machine."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://devbind-trixie"]

KINDS = {
    "Network": "net",
    "Baseband": "baseband",
    "Crypto": "crypto",
    "DMA": "dma",
    "Eventdev": "event",
    "Mempool": "mempool",
    "Compress": "compress",
    "Misc (rawdev)": "misc",
    "Regex": "regex",
    "ML": "ml",
}
SECTION = re.compile(r"^(?:Other )?(.+?) devices(?: using (DPDK-compatible|kernel) driver)?$")
DEVICE = re.compile(r"^([0-9a-f:.]+) '(.*)' (.*)$")
BOUND, UNBOUND, DRIFTED = "0000:01:10.0", "0000:01:10.2", "0000:01:10.4"
# Used, and not marked by dpdk-devbind.py, which looks for IPv4 routes on the port itself.
UNMARKED = {"0000:03:00.0": "an IPv6 address only", "0000:04:01.0": "a VLAN on top", "0000:00:03.0": "the root disk"}
Devices = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def theirs(host: Host) -> Devices:
    """The devices that dpdk-devbind.py prints, by address."""
    found: Devices = {}
    section = None
    for line in host.check_output("dpdk-devbind.py --status").splitlines():
        section = SECTION.match(line) or section
        device = DEVICE.match(line)
        if device and section:
            words = device[3].split()
            fields = dict(word.split("=", 1) for word in words if "=" in word)
            found[device[1]] = {
                "kind": KINDS[section[1]],
                "dpdk": section[2] == "DPDK-compatible",
                "name": device[2],
                "driver": fields.get("drv"),
                "interface": fields.get("if", ""),
                "unused": {name for name in fields.get("unused", "").split(",") if name},
                "active": "*Active*" in words,
            }
    return found


@pytest.fixture(scope="module")
def ours(host: Host) -> Devices:
    """The devices that dpdk_info returned, by address."""
    seen = json.loads(host.file("/root/dpdk_info.json").content_string)
    return {each["address"]: each for each in seen["devices"]}


def test_there_is_something_to_compare(theirs: Devices) -> None:
    assert len(theirs) == 13
    assert {each["driver"] for each in theirs.values()} == {"igb", "igbvf", "e1000", "virtio-pci", "vfio-pci", None}
    assert sum(each["active"] for each in theirs.values()) == 2


def test_the_same_devices_in_the_same_classes(theirs: Devices, ours: Devices) -> None:
    assert {address: each["kind"] for address, each in ours.items()} == {
        address: each["kind"] for address, each in theirs.items()
    }


def test_names(theirs: Devices, ours: Devices) -> None:
    assert {address: f"{each['device_name']} {each['ids'][5:]}" for address, each in ours.items()} == {
        address: each["name"] for address, each in theirs.items()
    }


def test_drivers(theirs: Devices, ours: Devices) -> None:
    assert {address: (each["driver"], each["dpdk_driver"]) for address, each in ours.items()} == {
        address: (each["driver"], each["dpdk"]) for address, each in theirs.items()
    }


def test_candidate_drivers(theirs: Devices, ours: Devices) -> None:
    """A VF has no legacy interrupt, so uio_pci_generic is none for it; dpdk-devbind.py lists it all the same."""
    assert {address: set(each["candidate_drivers"]) for address, each in ours.items()} == {
        address: each["unused"] - ({"uio_pci_generic"} if ours[address]["pf"] else set())
        for address, each in theirs.items()
    }
    assert ours[BOUND]["candidate_drivers"] == ["igbvf"]
    assert "uio_pci_generic" in theirs[BOUND]["unused"]


def test_interfaces(theirs: Devices, ours: Devices) -> None:
    assert {address: ",".join(port["name"] for port in each["interfaces"]) for address, each in ours.items()} == {
        address: each["interface"] for address, each in theirs.items()
    }


def test_active_mark(theirs: Devices, ours: Devices) -> None:
    assert {address: each["active"] for address, each in ours.items()} == {
        address: each["active"] or address in UNMARKED for address, each in theirs.items()
    }


@pytest.mark.parametrize("address", UNMARKED)
def test_what_only_we_see_in_use(theirs: Devices, ours: Devices, address: str) -> None:
    assert ours[address]["active"], UNMARKED[address]
    assert not theirs[address]["active"], "dpdk-devbind.py sees this use now; docs/devbind.md says that it does not"


def test_ready_where_an_application_can_start(ours: Devices) -> None:
    assert {address for address, each in ours.items() if each["dpdk_ready"]} == {BOUND, DRIFTED}
    assert ours[UNBOUND]["not_ready_reason"] == "It has no driver."


def test_drift(ours: Devices) -> None:
    assert {address: each["drift"] for address, each in ours.items() if each["drift"]} == {
        DRIFTED: ["driver_override should be vfio-pci, but is not set."]
    }
