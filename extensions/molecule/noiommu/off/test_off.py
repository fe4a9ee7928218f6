# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine after no-IOMMU mode was turned off."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://noiommu-trixie"]


def test_the_mode_is_off_now_and_at_boot(host: Host) -> None:
    assert host.file("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode").content_string == "N\n"
    options = host.file("/etc/modprobe.d/dataplane-dpdk-vfio.conf").content_string
    assert "options vfio enable_unsafe_noiommu_mode=N" in options


def test_the_port_is_on_its_kernel_driver(host: Host) -> None:
    assert host.check_output("basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver)") == "igb"


def test_there_is_no_group_of_the_mode(host: Host) -> None:
    assert host.check_output("ls /sys/kernel/iommu_groups") == ""
