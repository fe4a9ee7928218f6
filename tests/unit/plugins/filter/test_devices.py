# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a host as a table for people."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.filter.devices import FilterModule
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_info
from ansible_collections.dataplane.dpdk.tests.unit.fakes.described import prepare
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

devices = FilterModule().filters()["devices"]


def test_a_line_for_each_device(host: FakeHost) -> None:
    prepare(host, {"ports": [OTHER], "vfs": [{"device": PF, "num_vfs": 1, "drivers_autoprobe": False}]})
    head, *lines = devices(call(dpdk_info.main, host, {}))
    assert head.split() == ["device", "driver", "interface", "node", "group", "vfs", "DPDK", "what", "it", "is"]
    by_device = {line.split()[0]: line.split()[1:] for line in lines}
    assert by_device[PF][:2] == ["igb", "enp1s0"]
    assert by_device[PF][4:7] == ["1", "of", "7"]
    assert by_device[OTHER][:2] == ["vfio-pci", "(enp2s0)"]
    assert "ready" in by_device[OTHER]
    assert by_device[VFS[0]][4:6] == ["of", PF]
    assert all(line.index(line.split()[1]) == head.index("driver") for line in lines)


def test_pages_and_devices_of_the_vmbus() -> None:
    port = {"guid": "f8615163-df3e-46c5-913f-f2d2f965ed0e", "driver": "hv_netvsc", "interfaces": [{"name": "eth1"}]}
    pages = [
        {"size_kb": 2048, "node": 0, "total": 8, "free": 3},
        {"size_kb": 1048576, "node": 0, "total": 0, "free": 0},
    ]
    lines = devices({"devices": [], "vmbus_devices": [port], "hugepages": pages})
    assert lines[1].split()[:3] == [port["guid"], "hv_netvsc", "eth1"]
    assert lines[2:] == ["hugepages of 2048 KiB on node 0: 8, of which 3 are free"]


def test_something_else() -> None:
    with pytest.raises(AnsibleFilterError, match=r"Give what dataplane.dpdk.dpdk_info returned"):
        devices({"changed": False})


@pytest.mark.parametrize(
    "answer",
    [
        {"devices": [None]},
        {"devices": 7},
        {"devices": [{"interfaces": [None]}]},
        {"devices": [{"vfs": 5, "total_vfs": 7}]},
        {"devices": [], "hugepages": [{"total": 1}]},
    ],
)
def test_a_host_that_answers_nonsense(answer: dict[str, object]) -> None:
    with pytest.raises(
        AnsibleFilterError, match=r"what no module of this collection returns.*Run the task on this host alone"
    ):
        FilterModule().filters()["devices"](answer)


def test_nothing_steers_the_terminal() -> None:
    pool = {"size_kb": "2\x9b1m", "node": "\u202e0", "total": 1}
    lines = FilterModule().filters()["devices"]({"devices": [{"driver": "\x1b[31m"}], "hugepages": [pool]})
    assert all(letter.isprintable() for line in lines for letter in line)
