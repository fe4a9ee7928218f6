# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import hugepage_units
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount


@pytest.mark.parametrize("counts", [{(0, 2048): 512}, {(0, 2048): 512, (1, 2048): 0, (10, 1048576): 4}, {(3, 64): 1}])
def test_counts_are_read_back(counts: dict[tuple[int, int], int]) -> None:
    assert hugepage_units.parse_pools(hugepage_units.render_pools(counts)) == counts


def test_a_kernel_without_nodes_has_one_place() -> None:
    text = hugepage_units.render_pools({(0, 2048): 512}, numa=False)
    assert "echo 512 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages;" in (text or "")
    assert hugepage_units.parse_pools(text) == {(0, 2048): 512}


def test_nothing_to_reserve_needs_no_unit() -> None:
    assert hugepage_units.render_pools({}) is None
    assert hugepage_units.parse_pools(None) == {}


def test_a_mount_says_for_which_pages_and_for_whom() -> None:
    lines = hugepage_units.render_mount(Mount("/mnt/huge", "1G", "root", "dpdk", "1770")).splitlines()
    assert {"Where=/mnt/huge", "Type=hugetlbfs", "Options=pagesize=1G,uid=root,gid=dpdk,mode=1770"} <= set(lines)


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/dev/hugepages", "dev-hugepages.mount"),
        ("/dev/huge-pages/.x", "dev-huge\\x2dpages-.x.mount"),
        ("/.x/ä", "\\x2ex-\\xc3\\xa4.mount"),
    ],
)
def test_mount_units_are_named_as_systemd_names_them(path: str, unit: str) -> None:
    assert hugepage_units.mount_unit(path) == unit
