# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the live parameters of VFIO's modules say."""

from __future__ import annotations

from typing import Callable

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import vfio
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost


@pytest.mark.parametrize(("value", "expected"), [("Y", True), ("1", True), ("N", False), ("0", False), (None, False)])
@pytest.mark.parametrize(
    ("parameter", "read"),
    [
        (vfio.NOIOMMU, vfio.noiommu_enabled),
        (vfio.UNSAFE_INTERRUPTS, vfio.unsafe_interrupts_allowed),
        (vfio.ENABLE_SRIOV, vfio.sriov_enabled),
        (vfio.DISABLE_DENYLIST, lambda host: not vfio.denylist_in_force(host)),
    ],
)
def test_a_switch(
    bare_host: FakeHost, parameter: str, read: Callable[[Host], bool], value: str | None, expected: bool
) -> None:
    if value is not None:
        bare_host.tree.write(parameter, f"{value}\n")
    assert read(bare_host) is expected
