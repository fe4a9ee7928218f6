# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-trixie", "ssh://boot-bookworm"]


def test_what_was_added_is_gone(host: Host) -> None:
    line = host.file("/proc/cmdline").content_string
    assert "iommu" not in line
    assert line.strip().endswith("hugepagesz=2M hugepages=48")
    assert line.count("hugepages") == 2


def test_the_kernel_made_other_pages(host: Host) -> None:
    pages = "/sys/kernel/mm/hugepages/hugepages-%dkB/nr_hugepages"
    assert host.file(pages % 2048).content_string == "48\n"
    assert host.file(pages % 1048576).content_string == "0\n"


def test_a_backup_of_the_last_menu_is_kept(host: Host) -> None:
    backup = host.file("/boot/grub/grub.cfg.before-dpdk")
    assert "hugepagesz=1G" in backup.content_string
    assert backup.mode == 0o600
    assert not host.file("/boot/grub/grub.cfg.dpdk-new").exists
