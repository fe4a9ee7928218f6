# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's own driver for a device: what it would have if nobody had asked for another."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.driver import DPDK_DRIVERS, UIO_DRIVERS
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import is_vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.record import Record


def find(host: Host, device: Device, record: Record | None) -> str:
    """Return the driver's name: the one recorded before the first change, else the one of the device's modalias."""
    known = record.binding.driver if record and record.binding else None
    for driver in (device.driver, known):
        if driver and driver not in DPDK_DRIVERS:
            return driver
    for module in host.run("modprobe", "--resolve-alias", device.modalias).out.split():
        if not is_vfio(module) and module not in UIO_DRIVERS:
            return _driver_of(host, module)
    raise HostError(
        f"The running kernel has no driver of its own for {device.label} ({device.ids}).",
        "Install the package that holds its module, or name the driver.",
    )


def _driver_of(host: Host, module: str) -> str:
    """Return the PCI driver of a module; it is known once the module is loaded, and mostly has its name."""
    drivers = [name[len("pci:") :] for name in host.names(f"/sys/module/{module}/drivers") if name.startswith("pci:")]
    return drivers[0] if drivers else module
