# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.modules import iommu_check
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call


@pytest.mark.parametrize("check", [True, False])
def test_an_active_iommu(host: FakeHost, check: bool) -> None:
    seen = call(iommu_check.main, host, {"devices": ["enp1s0"]}, check)
    assert seen["changed"] is False
    assert (seen["verdict"], seen["effective"], seen["platform"]) == ("active", True, "intel")
    assert seen["devices"] == [
        {"address": PF, "protected": True, "iommu_group": 2, "group_type": "DMA-FQ", "group_members": [PF]}
    ]
    assert seen["kernel_args"]["present"] == ["intel_iommu=on"]
    assert host.writes == []


def test_no_iommu_is_a_failure_that_tells_all(bare_host: FakeHost) -> None:
    failed = call(iommu_check.main, bare_host, {})
    assert failed["failed"]
    assert "The IOMMU does not protect DMA (vm_no_viommu)." in failed["msg"]
    assert "Give the virtual machine an IOMMU" in failed["remedy"][0]
    assert (failed["verdict"], failed["effective"], failed["devices"]) == ("vm_no_viommu", False, [])
    assert failed["causes"]


def test_no_iommu_may_be_only_reported(bare_host: FakeHost) -> None:
    seen = call(iommu_check.main, bare_host, {"fail": False, "devices": [PF]})
    assert seen.get("failed") is not True
    assert seen["remedies"]
    assert seen["devices"][0]["protected"] is False


def test_a_device_without_group_is_a_failure(host: FakeHost) -> None:
    host.tree.path(f"/sys/bus/pci/devices/{PF}/iommu_group").unlink()
    failed = call(iommu_check.main, host, {"devices": [PF]})
    assert f"No IOMMU group holds {PF}." in failed["msg"]
    assert failed["remedy"] == ["Move the card to a slot behind an IOMMU."]


def test_a_device_that_is_not_there(host: FakeHost) -> None:
    assert "No PCI device matches" in call(iommu_check.main, host, {"devices": ["enp9s0"]})["msg"]
