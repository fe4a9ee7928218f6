# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-systemd"]
ADDED = "intel_iommu=on iommu=pt hugepagesz=2M hugepages=32"


def test_the_parameters_were_booted(host: Host) -> None:
    line = host.file("/proc/cmdline").content_string
    assert line.strip().endswith(ADDED)
    assert "intel_iommu=off" not in line
    assert host.file("/sys/class/iommu/dmar0").exists
    assert host.file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages").content_string == "32\n"


def test_systemd_boot_started_the_kernel(host: Host) -> None:
    assert "systemd-boot" in host.check_output("bootctl status --no-pager")


def test_a_kernel_that_is_installed_later_gets_them_too(host: Host) -> None:
    release = host.check_output("uname -r")
    host.check_output(f"kernel-install add {release} /boot/vmlinuz-{release} /boot/initrd.img-{release}")
    (entry,) = host.file("/boot/efi/loader/entries").listdir()
    text = host.file(f"/boot/efi/loader/entries/{entry}").content_string
    assert ADDED in text
    assert "intel_iommu=off" not in text
