# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The second PF and a VF on vfio-pci, before and after a reboot."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://bind-trixie"]

PCI = "/sys/bus/pci/devices"


@pytest.mark.parametrize(
    ("address", "driver"),
    [("0000:01:00.0", "igb"), ("0000:01:10.0", "vfio-pci"), ("0000:02:00.0", "vfio-pci"), ("0000:03:01.0", "e1000")],
)
def test_driver(host: Host, address: str, driver: str) -> None:
    assert host.check_output(f"basename $(readlink {PCI}/{address}/driver)") == driver


def test_second_vf_stays_without_driver(host: Host) -> None:
    assert host.file(f"{PCI}/0000:01:10.2").exists
    assert not host.file(f"{PCI}/0000:01:10.2/driver").exists


def test_no_unit_failed(host: Host) -> None:
    assert host.check_output("systemctl list-units --state=failed --plain --no-legend") == ""
