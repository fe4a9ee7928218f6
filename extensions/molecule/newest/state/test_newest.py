# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every machine as the role leaves it, on the kernels that it was made with."""

from __future__ import annotations

import pytest
from testinfra.host import Host

KERNELS = {"newest-forky": (7, 0), "newest-backports": (6, 16)}  # at least; what trixie itself has is 6.12
testinfra_hosts = [f"ssh://{name}" for name in KERNELS]


@pytest.fixture
def name(host: Host) -> str:
    return host.backend.get_hostname()


def test_the_kernel_is_new(host: Host, name: str) -> None:
    major, minor = host.check_output("uname -r").split(".")[:2]
    assert (int(major), int(minor)) >= KERNELS[name]


def test_ports_are_on_vfio(host: Host) -> None:
    bound = host.check_output("ls /sys/bus/pci/drivers/vfio-pci | grep ^0000: | sort")
    assert bound.split() == ["0000:01:10.0", "0000:02:00.0"]


def test_hugepages(host: Host) -> None:
    assert host.file("/proc/sys/vm/nr_hugepages").content_string.strip() == "128"


def test_iommu_is_on(host: Host) -> None:
    assert host.check_output("ls /sys/class/iommu")


def test_no_unit_failed(host: Host) -> None:
    assert host.check_output("systemctl list-units --state=failed --plain --no-legend") == ""
