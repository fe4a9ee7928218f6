# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import noiommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    absent,
    asked,
    noiommu_choice,
    plan,
    refused,
    steps,
)


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("choice", ["enabled", "where_needed"])
def test_no_iommu_mode_is_turned_on(bare_host: FakeHost, choice: str, loaded: bool) -> None:
    if loaded:
        bare_host.modules.load("vfio_pci")
    done = steps(bare_host, noiommu_choice(choice))
    assert bare_host.attr(f"/sys/module/vfio/parameters/{noiommu.PARAMETER}") == "Y"
    assert done.warnings == (noiommu.TAINT,)
    assert done.after["persistent_params"] == {noiommu.PARAMETER: "Y"}


@pytest.mark.parametrize("params", [None, {noiommu.PARAMETER: True}])
def test_it_is_refused_where_an_iommu_is_effective(host: FakeHost, params: dict[str, Any] | None) -> None:
    wanted = asked(name="vfio", params=params or {}, noiommu=None if params else "enabled")
    said = refused(host, wanted)
    assert "The IOMMU of this host is effective (4 IOMMU groups)" in said
    assert "physical addresses" in said


@pytest.mark.parametrize("configured", [True, False])
def test_it_is_refused_where_the_kernel_has_no_such_mode(bare_host: FakeHost, configured: bool) -> None:
    del bare_host.modules.known["vfio"].parameters[noiommu.PARAMETER]
    if configured:
        bare_host.tree.write(f"/boot/config-{RELEASE}", "# CONFIG_VFIO_NOIOMMU is not set\n")
    said = refused(bare_host, noiommu_choice("enabled"))
    where = f"CONFIG_VFIO_NOIOMMU is not set in /boot/config-{RELEASE}." if configured else "has no parameter enable_"
    assert where in said
    assert "iommu_check" in said


@pytest.mark.parametrize("choice", ["disabled", "where_needed"])
def test_it_is_turned_off_where_an_iommu_appeared(host: FakeHost, choice: str) -> None:
    host.modules.load("vfio", enable_unsafe_noiommu_mode="Y")
    host.tree.write("/sys/kernel/iommu_groups/9/name", "vfio-noiommu\n")
    host.tree.mkdir(f"/sys/kernel/iommu_groups/9/devices/{OTHER}")
    done = steps(host, noiommu_choice(choice))
    assert host.attr(f"/sys/module/vfio/parameters/{noiommu.PARAMETER}") == "N"
    assert f"Bound in no-IOMMU mode and still so: {OTHER}." in done.warnings[0]


@pytest.mark.parametrize("ours", [True, False])
def test_it_does_not_outlast_our_file_in_a_module_that_stays(bare_host: FakeHost, ours: bool) -> None:
    bare_host.modules.load("vfio_pci")
    apply(bare_host, plan(bare_host, noiommu_choice("enabled", persistent=ours)))
    todo = plan(bare_host, absent("vfio"))
    assert todo.warnings == ("vfio stays loaded, because it is in use: modules vfio_pci.",)
    apply(bare_host, todo)
    assert bare_host.attr(f"/sys/module/vfio/parameters/{noiommu.PARAMETER}") == ("N" if ours else "Y")
    assert plan(bare_host, absent("vfio")).steps == ()
