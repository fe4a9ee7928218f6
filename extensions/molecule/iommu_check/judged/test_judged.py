# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machines are what the verdicts say of them, by other means than the module's."""

from __future__ import annotations

import pytest
from testinfra.host import Host

EFFECTIVE = {"iommu-intel", "iommu-amd", "iommu-virtio"}
testinfra_hosts = [f"ssh://{name}" for name in ("iommu-intel", "iommu-off", "iommu-none", "iommu-amd", "iommu-virtio")]


@pytest.fixture
def name(host: Host) -> str:
    return str(host.check_output("hostname"))


def test_groups(host: Host, name: str) -> None:
    assert bool(host.check_output("ls /sys/kernel/iommu_groups")) is (name in EFFECTIVE)


def test_driver(host: Host, name: str) -> None:
    link = host.run("readlink /sys/bus/pci/devices/0000:01:00.0/driver").stdout
    assert link.strip().endswith("/vfio-pci") is (name in EFFECTIVE - {"iommu-intel"})  # that one has a VF


def test_nothing_was_written(host: Host, name: str) -> None:
    allowed = {"dataplane-dpdk-vfio_iommu_type1.conf"} if name == "iommu-virtio" else set()
    assert set(host.check_output("ls /etc/modprobe.d | grep dataplane || true").split()) == allowed
