# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._module.have import read
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.users import Users
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    asked,
    initramfs_tools,
    on_vfio,
    plan,
    refused,
    want,
)


def test_an_initramfs_that_cannot_be_looked_into(host: FakeHost) -> None:
    initramfs_tools(host)
    host.answers["lsinitramfs"] = (1, "", "broken")
    said = refused(host, want(enable_sriov=True))
    assert f"'lsinitramfs /boot/initrd.img-{RELEASE}' ended with 1: broken" in said


def test_what_takes_long_is_read_only_where_the_plan_depends_on_it(host: FakeHost) -> None:
    initramfs_tools(host)
    on_vfio(host)
    apply(host, plan(host, want(enable_sriov=True)))
    host.commands.clear()
    found = read(host, want(enable_sriov=True))
    assert found.users == Users()
    assert not any(command[0] == "lsinitramfs" for command in host.commands)
    found = read(host, want(disable_idle_d3=True))
    assert found.users.devices == (PF,)
    assert any(command[0] == "lsinitramfs" for command in host.commands)


def test_the_configuration_of_the_kernel_is_read_only_for_no_iommu_mode(host: FakeHost) -> None:
    host.tree.write(f"/boot/config-{RELEASE}", "CONFIG_VFIO_NOIOMMU=y\n")
    for given, expected in (
        ({"noiommu": "enabled"}, True),
        ({"noiommu": "where_needed"}, True),
        ({"name": "vfio", "params": {"enable_unsafe_noiommu_mode": True}}, True),
        ({"noiommu": "disabled"}, False),
        ({"name": "vfio", "params": {"enable_unsafe_noiommu_mode": False}}, False),
        ({"name": "vfio"}, False),
    ):
        assert (read(host, asked(**given)).config.path is not None) is expected
