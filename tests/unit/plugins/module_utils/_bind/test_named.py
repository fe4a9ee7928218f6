# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices that a selector names, and a VF that earlier tasks of the run will make."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import named
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, Sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS

PORT = Device(
    address=PF,
    class_code="020000",
    vendor_id="8086",
    device_id="10c9",
    modalias="pci:v00008086d000010C9sv00008086sd0000A03Cbc02sc00i00",
    driver="igb",
    driver_override=None,
    numa_node=1,
    iommu_group=1,
    header_type=0,
    interfaces=(Interface("enp1s0", "52:54:00:00:01:00"),),
    sriov=Sriov(7, 0, True, 128, 2, "10ca", ()),
)
DEVICES = {PF: PORT, OTHER: replace(PORT, address=OTHER, interfaces=(), sriov=None)}


@pytest.mark.parametrize("assumed", [True, False])
@pytest.mark.parametrize("text", [PF, "enp1s0"])
def test_what_is_there_is_not_missing(text: str, assumed: bool) -> None:
    assert named.find(DEVICES, {}, Selector(text), assumed) == [named.Named(PORT)]


@pytest.mark.parametrize("assumed", [True, False])
def test_a_vf_that_is_there_is_not_missing(assumed: bool) -> None:
    vf = replace(PORT, address=VFS[0], sriov=None, pf=PF)
    pf = replace(PORT, sriov=Sriov(7, 1, True, 128, 2, "10ca", (VFS[0],)))
    assert named.find({PF: pf, VFS[0]: vf}, {}, Selector(PF, 0), assumed) == [named.Named(vf)]


def test_a_vf_that_is_yet_to_be_made() -> None:
    (found,) = named.find(DEVICES, {}, Selector("enp1s0", 1), True)
    vf = found.device
    assert (vf.address, vf.ids, vf.class_code, vf.pf) == (VFS[1], "8086:10ca", "020000", PF)
    assert (vf.driver, vf.driver_override, vf.iommu_group, vf.sriov, vf.interfaces) == (None, None, None, None, ())
    assert vf.modalias == "pci:v00008086d000010CAsv00008086sd0000A03Cbc02sc00i00"
    assert not vf.intx
    assert found.missing is not None
    assert found.missing.message == "VF 1 of enp1s0 does not exist: 0000:01:00.0 (enp1s0) has 0 VFs now."
    assert found.missing.remedy == ("Make the VFs first, with dataplane.dpdk.sriov_vfs.",)


def test_a_vf_that_nobody_will_make() -> None:
    with pytest.raises(HostError, match="VF 1 of enp1s0 does not exist"):
        named.find(DEVICES, {}, Selector("enp1s0", 1), False)


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        (Selector("enp1s0", 7), "has no VF 7"),
        (Selector(OTHER, 0), "can have no VFs"),
        (Selector("enp9s0", 0), "No device matches 'enp9s0'"),
        (Selector("enp9s0"), "No device matches 'enp9s0'"),
        (Selector("8086:10c9", 0), "matches 2 devices"),
    ],
)
def test_what_no_task_can_make(selector: Selector, message: str) -> None:
    with pytest.raises(HostError, match=message):
        named.find(DEVICES, {}, selector, True)
