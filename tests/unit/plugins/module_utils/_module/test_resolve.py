# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import noiommu
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    asked,
    noiommu_choice,
    resolved,
    steps,
    want,
)


def test_a_kernel_without_the_mode_has_it_off(host: FakeHost) -> None:
    del host.modules.known["vfio"].parameters[noiommu.PARAMETER]
    for choice in ("disabled", "where_needed"):
        assert resolved(host, noiommu_choice(choice)).params == {}


@pytest.mark.parametrize(
    "given",
    [
        {"noiommu": "disabled"},
        {"noiommu": "where_needed"},
        {"name": "vfio-iommu-type1", "params": {"dma_entry_limit": "auto"}},
        {"params": {"enable_sriov": "1", "ids": "8086:10c9"}},
        {"state": "absent"},
    ],
)
def test_what_is_resolved_stays_as_it_is(host: FakeHost, given: dict[str, Any]) -> None:
    once = resolved(host, asked(**given))
    assert once.noiommu is None
    assert resolved(host, once) == once


def test_a_value_is_written_as_the_kernel_prints_it(host: FakeHost) -> None:
    params = {"enable_sriov": "on", "disable_idle_d3": "0", "ids": "1:2"}
    assert resolved(host, asked(params=params)).params == {"disable_idle_d3": "N", "enable_sriov": "Y", "ids": "1:2"}


def test_the_limit_is_computed_from_the_hugepages(host: FakeHost) -> None:
    for size, count in (("2048kB", 100), ("1048576kB", 3)):
        host.tree.write(f"/sys/devices/system/node/node0/hugepages/hugepages-{size}/nr_hugepages", f"{count}\n")
    done = steps(host, want("vfio_iommu_type1", dma_entry_limit="auto"))
    assert host.attr("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit") == "65638"
    assert done.after["persistent_params"] == {"dma_entry_limit": "65638"}
