# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each reason not to move a device, alone: its cause, its remedy, and what the user may allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, Interface, Sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import NONE, Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

PORT = Device(PF, "020000", "8086", "10c9", "", "igb", None, None, 1, 0, (Interface("enp1s0", ""),))
NEIGHBOUR = replace(PORT, address=OTHER, interfaces=())
GROUPS = {1: Group(1, None, "DMA", (PF, OTHER))}
IDLE = Network({}, {}, {}, ())
USED = Network({}, {"enp1s0": ("192.0.2.1/24",)}, {}, ())
MANAGED = replace(USED, connection=("192.0.2.1",))


def text(error: HostError | None) -> str:
    assert error is not None
    assert error.remedy
    return told(error)


def test_an_ordinary_port_is_free_to_go() -> None:
    assert guard.kind(PORT, "vfio-pci", NONE) is None
    assert guard.unprotected(PORT, "vfio-pci", GROUPS, False) is None


@pytest.mark.parametrize("bridge", [replace(PORT, header_type=1), replace(PORT, class_code="060400")])
def test_a_bridge_is_never_moved(bridge: Device) -> None:
    said = text(guard.kind(bridge, "vfio-pci", Consent(True, True, True)))
    assert f"{PF} is a bridge (header type {bridge.header_type})" in said
    assert "Leave the bridge alone" in said


@pytest.mark.parametrize("driver", ["mlx4_core", "mlx5_core", "mana"])
def test_a_bifurcated_port_stays_unless_allowed(driver: str) -> None:
    port = replace(PORT, driver=driver)
    said = text(guard.kind(port, "vfio-pci", Consent(force=True, management=True)))
    assert f"is on {driver}, and DPDK's driver for it works on top of that one." in said
    assert "allow_bifurcated" in said
    assert guard.kind(port, "vfio-pci", Consent(bifurcated=True)) is None
    assert guard.kind(port, "mlx5_vfio_pci", NONE) is None, "no driver of DPDK"


def test_a_pf_with_vfs_stays() -> None:
    pf = replace(PORT, sriov=Sriov(7, 2, True, 128, 2, "10ca", ("a", "b")))
    said = text(guard.kind(pf, "vfio-pci", Consent(True, True, True)))
    assert f"{PF} (enp1s0) has 2 VFs" in said
    assert "Set the number of VFs to 0 first, with dataplane.dpdk.sriov_vfs." in said


@pytest.mark.parametrize("device", [replace(PORT, iommu_group=None), replace(PORT, iommu_group=9)])
def test_without_a_group_vfio_would_refuse(device: Device) -> None:
    said = text(guard.unprotected(device, "vfio-pci", GROUPS, False))
    assert "is in no IOMMU group, so vfio-pci would refuse it with error -22 (EINVAL)." in said
    assert "Run dataplane.dpdk.iommu_check" in said
    assert guard.unprotected(device, "vfio-pci", GROUPS, True) is None, "no-IOMMU mode"
    assert guard.unprotected(device, "uio_pci_generic", GROUPS, False) is None


def test_a_group_that_cannot_be_opened_names_who_blocks_it() -> None:
    devices = {PF: PORT, OTHER: NEIGHBOUR}
    said = text(guard.not_viable(PORT, "vfio-pci", GROUPS, devices, {PF: "vfio-pci"}))
    assert f"IOMMU group 1 of {PF} (enp1s0) also holds {OTHER} on igb" in said
    assert "VFIO group is not viable" in said
    assert f"Bind {OTHER} to vfio-pci in the same task, or unbind it." in said


def test_a_vf_that_shares_a_group_with_its_pf_is_told_what_works() -> None:
    vf = replace(NEIGHBOUR, pf=PF, driver=None)
    said = text(guard.not_viable(vf, "vfio-pci", GROUPS, {PF: PORT, OTHER: vf}, {OTHER: "vfio-pci"}))
    assert f"also holds {PF} (enp1s0) on igb" in said
    assert f"Bind {PF} to vfio-pci before it has VFs, with enable_sriov" in said
    assert "in the same task" not in said


@pytest.mark.parametrize(
    ("device", "driver", "planned"),
    [
        (PORT, "vfio-pci", {PF: "vfio-pci", OTHER: "vfio-pci"}),
        (PORT, "uio_pci_generic", {PF: "uio_pci_generic"}),
        (PORT, "igb", {}),
        (replace(PORT, iommu_group=None), "vfio-pci", {}),
        (replace(PORT, iommu_group=9), "vfio-pci", {}),
    ],
)
def test_a_group_that_can_be_opened(device: Device, driver: str, planned: dict[str, str | None]) -> None:
    assert guard.not_viable(device, driver, GROUPS, {PF: PORT, OTHER: NEIGHBOUR}, planned) is None
