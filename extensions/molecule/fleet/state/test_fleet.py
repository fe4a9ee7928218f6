# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every host of the fleet as the role leaves it."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = [f"ssh://fleet-{name}" for name in ("igb", "bridge", "none", "bookworm")]

PCI = "/sys/bus/pci/devices"
ON_VFIO = {
    "fleet-igb": ["0000:01:10.0", "0000:02:00.0"],
    "fleet-bridge": ["0000:01:10.0", "0000:02:00.0", "0000:03:01.0", "0000:03:02.0"],
    "fleet-none": [],
    "fleet-bookworm": ["0000:01:10.0", "0000:02:00.0"],
}


@pytest.fixture
def name(host: Host) -> str:
    return host.backend.get_hostname()


def bound(host: Host, driver: str) -> list[str]:
    return sorted(host.run(f"ls /sys/bus/pci/drivers/{driver} | grep ^0000:").stdout.split())


def test_ports_are_on_vfio(host: Host, name: str) -> None:
    assert bound(host, "vfio-pci") == ON_VFIO[name]


def test_without_iommu_ports_are_on_uio(host: Host, name: str) -> None:
    assert bound(host, "uio_pci_generic") == (["0000:01:00.0", "0000:02:00.0"] if name == "fleet-none" else [])


def test_hugepages(host: Host) -> None:
    assert host.file("/proc/sys/vm/nr_hugepages").content_string.strip() == "128"


def test_iommu_is_on_where_there_is_one(host: Host, name: str) -> None:
    assert bool(host.run("ls /sys/class/iommu").stdout) == (name != "fleet-none")


def test_no_unit_failed(host: Host) -> None:
    assert host.check_output("systemctl list-units --state=failed --plain --no-legend") == ""
