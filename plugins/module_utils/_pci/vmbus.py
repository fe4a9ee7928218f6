# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network devices on the bus of Hyper-V, which DPDK takes through uio_hv_generic; they have a GUID for an address."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links as _links
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import interface as _interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

DEVICES = "/sys/bus/vmbus/devices"
# The class of a network device (HV_NIC in include/linux/hyperv.h).
NETWORK = "{f8615163-df3e-46c5-913f-f2d2f965ed0e}"


def scan(host: Host) -> dict[str, Device]:
    """Return the network devices of the bus by their GUID; none on a host that is no guest of Hyper-V."""
    found = [guid for guid in host.names(DEVICES) if (host.attr(f"{DEVICES}/{guid}/class_id") or "").lower() == NETWORK]
    return {guid: _read(host, guid) for guid in found}


def _read(host: Host, guid: str) -> Device:
    path = _device.home(guid)
    return Device(
        address=guid,
        class_code="020000",
        vendor_id="",
        device_id="",
        modalias=host.attr(f"{path}/modalias") or "",
        driver=_device.driver_of(host, guid),
        driver_override=_device.override_of(host, guid),
        numa_node=_device.numa_node(host, path),
        iommu_group=None,
        header_type=0,
        interfaces=_interface.interfaces(host, path, _links.by_name(host)),
    )
