# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._module import noiommu
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    noiommu_choice,
    resolved,
    steps,
    want,
)


def test_a_kernel_without_the_mode_has_it_off(host: FakeHost) -> None:
    del host.modules.known["vfio"].parameters[noiommu.PARAMETER]
    for choice in ("disabled", "where_needed"):
        assert resolved(host, noiommu_choice(choice)).params == {}


def test_the_limit_is_computed_from_the_hugepages(host: FakeHost) -> None:
    for size, count in (("2048kB", 100), ("1048576kB", 3)):
        host.tree.write(f"/sys/devices/system/node/node0/hugepages/hugepages-{size}/nr_hugepages", f"{count}\n")
    done = steps(host, want("vfio_iommu_type1", dma_entry_limit="auto"))
    assert host.attr("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit") == "65638"
    assert done.after["persistent_params"] == {"dma_entry_limit": "65638"}
