# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's own driver for a device: what it would have if nobody had asked for another."""

from __future__ import annotations

from collections.abc import Iterable

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


def unlisted(host: Host, asked: Iterable[tuple[Device, str]]) -> frozenset[tuple[str, str]]:
    """Return the devices, each with the driver that is wanted for it, whose IDs that driver does not name.

    A driver_override makes any driver match any device (pci_match_device in drivers/pci/pci-driver.c), and its probe may well
    succeed: igbvf takes an 82540EM. IDs that a driver was given at run time (new_id) cannot be read.
    """
    doubtful = [(device, driver) for device, driver in asked if not drivers.takes_any(driver)]
    if not doubtful:
        return frozenset()
    aliases = {device.modalias for device, driver in doubtful}
    known = modalias.read(host, aliases)
    named = (
        modalias.read(host, aliases, modalias.BY_NAME) if any(drivers.is_vfio(each) for dummy, each in doubtful) else {}
    )
    return frozenset(
        (device.address, driver)
        for device, driver in doubtful
        if driver != buses.find(device.bus).native
        and _module(host, device, driver) not in [*known.get(device.modalias, ()), *named.get(device.modalias, ())]
    )


def _module(host: Host, device: Device, driver: str) -> str:
    """Return the module of a driver: as the kernel says, or of the same name where it is not there yet."""
    linked = host.link(f"/sys/bus/{device.bus}/drivers/{driver}/module")
    return linked or driver.replace("-", "_")
