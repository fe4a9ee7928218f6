# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-systemd"]


def test_the_new_kernel_was_booted_with_its_root_and_the_parameters(host: Host) -> None:
    line = host.file("/proc/cmdline").content_string
    assert "99.1.0-dpdk" in line, "systemd-boot hands over the initramfs of the entry"
    assert "root=LABEL=root" in line
    for token in ("intel_iommu=on", "iommu=pt", "hugepagesz=2M", "hugepages=32"):
        assert f" {token}" in line
    assert "intel_iommu=off" not in line
    assert "#" not in line


def test_the_comments_are_where_they_were(host: Host) -> None:
    lines = host.file("/etc/kernel/cmdline").content_string.splitlines()
    assert lines[0] == "# iommu=pt was tried before; intel_iommu=off until then"
    assert lines[-1] == "# the end"
