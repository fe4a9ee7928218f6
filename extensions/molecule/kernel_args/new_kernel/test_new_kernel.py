# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-trixie", "ssh://boot-bookworm"]
PAIRS = "default_hugepagesz=2M hugepagesz=1G hugepages=1 hugepagesz=2M hugepages=32"


def test_the_new_kernel_was_booted_with_its_root_and_the_parameters(host: Host) -> None:
    line = host.file("/proc/cmdline").content_string.strip()
    assert "BOOT_IMAGE=/boot/vmlinuz-99.1.0-dpdk root=" in line
    assert line.endswith(f"intel_iommu=on iommu=pt {PAIRS}")
