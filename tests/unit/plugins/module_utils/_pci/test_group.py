# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, drivers, group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

ALL = Group(7, None, "DMA-FQ", (BRIDGE, PF, OTHER, "0000:77:00.0"))


def test_scan(host: FakeHost) -> None:
    found = group.scan(host)
    assert sorted(found) == [0, 1, 2, 3]
    assert found[2] == Group(2, None, "DMA-FQ", (PF,))
    assert found[2].protects


def test_a_host_without_iommu_has_no_group(bare_host: FakeHost) -> None:
    assert group.scan(bare_host) == {}


def test_a_group_of_noiommu_mode_protects_nothing(bare_host: FakeHost) -> None:
    bare_host.pci.join_group(bare_host.pci.functions[PF], 5, "vfio-noiommu")
    assert not group.scan(bare_host)[5].protects


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("vfio-pci", True),
        ("mlx5_vfio_pci", True),
        ("qat_vfio_pci", True),
        ("virtio_vfio_pci", True),
        ("vfio_pci", True),
        ("igb", False),
        ("virtio-pci", False),
        ("uio_pci_generic", False),
        (None, False),
    ],
)
def test_is_vfio(driver: str | None, expected: bool) -> None:
    assert drivers.is_vfio(driver) is expected


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        ({}, [PF, OTHER]),
        ({PF: "vfio-pci"}, [OTHER]),
        ({PF: "vfio-pci", OTHER: "mlx5_vfio_pci"}, []),
        ({PF: "vfio-pci", OTHER: None}, []),
        ({PF: "vfio-pci", OTHER: "pci-stub"}, []),
        ({PF: "vfio-pci", OTHER: "uio_pci_generic"}, [OTHER]),
        ({PF: "vfio-pci", OTHER: "vfio-pci", BRIDGE: "shpchp"}, [BRIDGE]),
        ({PF: "vfio-pci", OTHER: "vfio-pci", BRIDGE: "pci-stub"}, []),
    ],
)
def test_blockers(host: FakeHost, planned: dict[str, str | None], expected: list[str]) -> None:
    found = group.blockers(ALL, device.scan(host), planned)
    assert [each.address for each in found] == expected


@pytest.mark.parametrize(
    ("release", "header_type", "driver", "blocks"),
    [
        ("5.18.0-4-amd64", 1, "shpchp", False),
        ("5.19.0", 1, "shpchp", True),
        ("6.12.0-1-amd64", 1, "pcieport", False),
        ("5.18.0-4-amd64", 0, "lpc_ich", True),
        ("6.12.0-1-amd64", 0, "lpc_ich", True),
        ("6.12.0-1-amd64", 0, "pci-stub", False),
        ("strange", 1, "shpchp", True),
    ],
)
def test_whose_driver_claims_the_dma_of_a_group(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch, release: str, header_type: int, driver: str, blocks: bool
) -> None:
    monkeypatch.setattr(type(host), "release", lambda self: release)
    function = replace(device.scan(host)[PF], header_type=header_type, class_code="060100", driver=driver)
    assert (group.blockers(group.scan(host)[2], {PF: function}, {}) == [function]) is blocks
