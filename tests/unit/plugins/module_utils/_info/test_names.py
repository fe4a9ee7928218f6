# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import names
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from hypothesis import given, settings
from hypothesis import strategies as st

LISTING = """\
#>List of PCI ID's
1af4  Red Hat, Inc.
>1041  Virtio 1.0 network device
8086  Intel Corporation
>100e  82540EM Gigabit Ethernet Controller
>>1af4 1100  QEMU Virtual Machine
# a comment between devices
>10c9  82576 Gigabit Network Connection
8087  Intel Corp.
>0a17  Bluetooth

C 02  Network controller
>00  Ethernet controller
""".replace(">", "\t")


@pytest.mark.parametrize("path", names.PATHS)
def test_names(host: FakeHost, path: str) -> None:
    host.tree.write(path, LISTING)
    assert names.read(host, ["8086:10c9", "8087:0a17", "1af4:1041"]) == {
        "8086:10c9": ("Intel Corporation", "82576 Gigabit Network Connection"),
        "8087:0a17": ("Intel Corp.", "Bluetooth"),
        "1af4:1041": ("Red Hat, Inc.", "Virtio 1.0 network device"),
    }


def test_what_the_list_does_not_have(host: FakeHost) -> None:
    assert names.read(host, ["8086:10c9"]) == {}
    host.tree.write(names.PATHS[0], LISTING)
    # Neither a device of the next vendor, nor a subsystem, nor a class.
    of_the_vendor = ("Intel Corporation", None)
    assert names.read(host, ["8086:0a17", "8086:1af4", "0002:00", "ffff:ffff", ""]) == {
        "8086:0a17": of_the_vendor,
        "8086:1af4": of_the_vendor,
    }


@settings(max_examples=50)
@given(listing=st.binary())
def test_whatever_the_list_holds_is_no_traceback(host: FakeHost, listing: bytes) -> None:
    host.tree.write_bytes(names.PATHS[0], b"\n8086  " + listing)
    assert set(names.read(host, ["8086:10c9"])) <= {"8086:10c9"}
