# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-trixie", "ssh://boot-bookworm"]
PAIRS = "default_hugepagesz=2M hugepagesz=1G hugepages=1 hugepagesz=2M hugepages=32"


def cmdline(host: Host) -> str:
    return host.file("/proc/cmdline").content_string.strip()


def test_the_pairs_were_booted_in_order_and_nothing_contradicts(host: Host) -> None:
    assert cmdline(host).endswith(f"intel_iommu=on iommu=pt {PAIRS}")
    assert "intel_iommu=off" not in cmdline(host)
    assert cmdline(host).count("hugepages=") == 2, "the one of the image went"


def test_the_kernel_made_the_pages(host: Host) -> None:
    for size, count in ((1048576, 1), (2048, 32)):
        pages = host.file(f"/sys/kernel/mm/hugepages/hugepages-{size}kB/nr_hugepages").content_string
        assert int(pages) == count


def test_the_iommu_is_on(host: Host) -> None:
    assert host.file("/sys/class/iommu/dmar0").exists
    assert "Passthrough" in host.check_output("dmesg | grep 'Default domain type'")


def test_foreign_parameters_stayed(host: Host) -> None:
    assert "console=ttyS0 panic=5" in cmdline(host)
    if host.check_output("hostname") == "boot-trixie":
        assert "console=tty1 console=ttyS0 panic=5" in cmdline(host), "the drop-in of the cloud image counts"


def test_recovery_entries_are_free_of_what_was_added(host: Host) -> None:
    lines = [line for line in host.file("/boot/grub/grub.cfg").content_string.splitlines() if "\tlinux\t" in line]
    recovery = [line for line in lines if " single " in f"{line} "]
    assert recovery
    assert not any("iommu=pt" in line for line in recovery)
