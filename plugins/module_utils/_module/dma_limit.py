# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many DMA mappings an application may have (dma_entry_limit of vfio_iommu_type1)."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Pool

MODULE, PARAMETER = "vfio_iommu_type1", "dma_entry_limit"
AUTO = "auto"
# U16_MAX, the kernel's default (vfio_iommu_type1.c).
DEFAULT = 65535


def limit(pools: Iterable[Pool]) -> int:
    """Return a limit with which every hugepage can be mapped alone, and the default is left for all other memory.

    VFIO cannot unmap a part of a mapping, so DPDK maps its memory page by page.
    """
    return DEFAULT + sum(pool.total for pool in pools)
