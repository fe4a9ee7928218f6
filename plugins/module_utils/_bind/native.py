# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's own driver for a device: what it would have if nobody had asked for another."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modalias
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record


def find(host: Host, device: Device, record: Record | None) -> str:
    """Return the driver's name: the one recorded before the first change, else the one of the device's modalias."""
    known = record.binding.driver if record and record.binding else None
    for driver in (device.driver, known):
        if driver and not drivers.is_for_dpdk(driver):
            return driver
    native = buses.find(device.bus).native
    if native is not None:
        return native
    for module in modalias.read(host, [device.modalias])[device.modalias]:
        if not (drivers.is_vfio(module) or drivers.is_uio(module)):
            return _driver.of_module(host, module)[0]
    raise HostError(
        f"The running kernel has no driver of its own for {device.label} ({device.ids}).",
        "Install the package that holds its module, or name the driver.",
    )
