# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.mounts import Mount
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

TABLE = r"""
25 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
36 25 0:50 / /srv/my\040data rw shared:2 master:1 - nfs4 srv:/x rw,vers=4.2,addr=198.51.100.7
37 25 0:51 / /mnt/a\134b rw - hugetlbfs none rw,pagesize=1024M
38 25 0:52 net:[4026532007] /run/netns/red rw shared:3 - nsfs nsfs rw
"""


def test_mounts_as_the_kernel_lists_them(host: FakeHost) -> None:
    host.tree.write("/proc/self/mountinfo", TABLE.strip() + "\n")
    assert mounts.scan(host) == [
        Mount("259:2", "/", "/", "ext4", "/dev/nvme0n1p2", ("rw",)),
        Mount("0:50", "/", "/srv/my data", "nfs4", "srv:/x", ("rw", "vers=4.2", "addr=198.51.100.7")),
        Mount("0:51", "/", "/mnt/a\\b", "hugetlbfs", "none", ("rw", "pagesize=1024M")),
        Mount("0:52", "net:[4026532007]", "/run/netns/red", "nsfs", "nsfs", ("rw",)),
    ]
    assert [each.vital for each in mounts.scan(host)] == [True, False, False, False]


def test_lines_that_are_none_are_left_out(host: FakeHost) -> None:
    assert mounts.scan(host) == []
    host.tree.write("/proc/self/mountinfo", "25 1 8:1 / / rw\n\n25 1 8:1 / / rw shared:1 ext4 /dev/sda rw\n")
    assert mounts.scan(host) == []
