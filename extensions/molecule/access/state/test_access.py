# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may open what, also after a reboot."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://access-trixie"]

PCI = "/sys/bus/pci/devices"


@pytest.mark.parametrize("address", ["0000:01:00.0", "0000:02:00.0"])
def test_group_node_belongs_to_the_group(host: Host, address: str) -> None:
    number = host.check_output(f"basename $(readlink {PCI}/{address}/iommu_group)")
    node = host.file(f"/dev/vfio/{number}")
    assert (node.user, node.group, node.mode) == ("root", "dpdk", 0o660)


def test_hugetlbfs(host: Host) -> None:
    place = host.file("/dev/hugepages")
    assert (place.user, place.group, place.mode) == ("root", "dpdk", 0o1770)
    assert host.check_output("findmnt --noheadings --output FSTYPE /dev/hugepages") == "hugetlbfs"


def test_hugepages(host: Host) -> None:
    assert host.file("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages").content_string == "128\n"
    assert "hugepages" not in host.file("/proc/cmdline").content_string


def test_user_is_a_member_and_may_lock_memory(host: Host) -> None:
    assert "dpdk" in host.check_output("id --name --groups app").split()
    assert host.check_output("runuser --user=app -- sh -c 'ulimit -l'") == str((256 + 64) * 1024)


def test_no_unit_failed(host: Host) -> None:
    assert host.check_output("systemctl list-units --state=failed --plain --no-legend") == ""
