# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules and their parameters after a reboot."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://module-trixie"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vfio_pci/parameters/enable_sriov", "Y"),
        ("vfio_pci/parameters/disable_denylist", "Y"),
        ("vfio_pci/parameters/disable_idle_d3", "Y"),
        ("vfio_pci/parameters/nointxmask", "Y"),
        ("vfio_iommu_type1/parameters/dma_entry_limit", "65727"),
        ("igb_uio/initstate", "live"),
    ],
)
def test_parameter(host: Host, name: str, value: str) -> None:
    assert host.file(f"/sys/module/{name}").content_string.strip() == value


def test_the_initramfs_has_the_parameters_too(host: Host) -> None:
    host.check_output("unmkinitramfs /boot/initrd.img-$(uname -r) /root/initramfs")
    options = host.check_output("find /root/initramfs -name dataplane-dpdk-vfio_pci.conf -exec cat {} +")
    assert "nointxmask" in options
    assert "ids=8086:10c9" in options


def test_only_our_own_files_were_written(host: Host) -> None:
    found = host.check_output("ls /etc/modprobe.d /etc/modules-load.d").split()
    assert {each for each in found if "vfio" in each or "uio" in each} == {
        "dataplane-dpdk-igb_uio.conf",
        "dataplane-dpdk-vfio_iommu_type1.conf",
        "dataplane-dpdk-vfio_pci.conf",
    }
