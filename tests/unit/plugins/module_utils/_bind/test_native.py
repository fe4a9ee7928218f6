# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's own driver for a device."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._bind.support import (
    plan,
    refused,
    state,
    steps,
    want,
)

ALIASES = f"/lib/modules/{RELEASE}/modules.alias"


@pytest.mark.parametrize("recorded", [True, False])
def test_the_kernels_own_driver(host: FakeHost, recorded: bool) -> None:
    apply(host, plan(host, want("enp1s0")))
    if not recorded:
        host.remove_file(record.PATH)
        host.tree.write(ALIASES, "alias pci:v*d*bc* vfio_pci\nalias pci:v00008086d000010C9bc* igb\n")
    steps(host, want(PF, driver="kernel"))
    assert state(host, PF) == ("igb", None)
    assert bind_rules.parse_bind(host.read(bind_rules.BIND_PATH)) == {}


def test_a_device_without_any_kernel_driver(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0")))
    host.remove_file(record.PATH)
    host.tree.write(ALIASES, "alias pci:v*d*bc* vfio_pci\n")
    said = refused(host, want(PF, driver="kernel"))
    assert "no driver of its own" in said
    assert "Install the package that holds its module" in said
