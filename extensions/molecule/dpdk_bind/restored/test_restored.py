# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine as it was before the first change."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://bind-trixie"]

PCI = "/sys/bus/pci/devices"


@pytest.mark.parametrize(("address", "name"), [("0000:01:00.0", "enp1s0"), ("0000:02:00.0", "enp2s0")])
def test_interface_is_back_with_its_name(host: Host, address: str, name: str) -> None:
    assert host.check_output(f"basename $(readlink {PCI}/{address}/driver)") == "igb"
    assert host.check_output(f"ls {PCI}/{address}/net") == name
    assert host.file(f"{PCI}/{address}/driver_override").content_string.strip() == "(null)"


@pytest.mark.parametrize(
    "path",
    [
        "/etc/udev/rules.d/65-dataplane-dpdk-bind.rules",
        "/etc/udev/rules.d/65-dataplane-dpdk-sriov.rules",
        "/var/lib/dataplane-dpdk/devices.json",
    ],
)
def test_no_file_of_ours_is_left(host: Host, path: str) -> None:
    assert not host.file(path).exists
