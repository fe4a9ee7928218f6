# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices that a selector names; a VF that earlier tasks of the run will make, as it is expected to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector

# The device ID in a modalias, which begins as in pci:v00008086d000010C9.
_DEVICE_ID = re.compile(r"(?<=^pci:v.{8}d).{8}")


@dataclass(frozen=True)
class Named:
    """A device that is meant; ``missing`` is the error that it does not exist yet, ``device`` then what it will be."""

    device: Device
    missing: HostError | None = None


def find(
    devices: Mapping[str, Device], records: Mapping[str, Record], selector: Selector, assume_prepared: bool
) -> list[Named]:
    """Return the devices that a selector names, at least one; a VF may be missing where earlier tasks make it."""
    pf = _selector.pf_of_missing_vf(devices, records, selector) if assume_prepared else None
    if pf is None or selector.vf is None:
        return [Named(each) for each in _selector.find_all(devices, records, selector)]
    return [Named(_expected_vf(pf, selector.vf), _selector.missing_vf(selector, pf))]


def _expected_vf(pf: Device, index: int) -> Device:
    """Return a VF as it will be when it is made; its class is that of the PF, and it has no INTx.

    The source is "SR-IOV" in the PCI Express Base Specification: Class Code and Interrupt Pin of VFs.
    """
    sriov = _device.require_sriov(pf)
    device_id = sriov.vf_device_id
    # vfio-pci takes the VFs of its PF by itself, with an override (vfio_pci_bus_notifier).
    driver = pf.driver if pf.driver == "vfio-pci" else None
    # A driver below DPDK's has one module for PFs and VFs, which takes these unless autoprobe is off.
    native = pf.driver if drivers.is_bifurcated(pf.driver) and sriov.drivers_autoprobe else None
    return replace(
        pf,
        address=_selector.predicted_vf_address(pf, index),
        device_id=device_id,
        modalias=_DEVICE_ID.sub(device_id.upper().zfill(8), pf.modalias),
        driver=driver or native,
        driver_override=driver,
        iommu_group=None,
        header_type=0,
        interfaces=(),
        representors=(),
        pf=pf.address,
        sriov=None,
        intx=False,
    )
