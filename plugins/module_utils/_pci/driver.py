# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verbs that move a device from one driver to another. One verb, one write."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import log
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import driver_of, home, override_of

DRIVERS = "/sys/bus/pci/drivers"
_NAME = re.compile(r"[A-Za-z0-9_.+-]+")


def require_name(driver: str) -> None:
    """Raise HostError for a text that is no driver's name; it becomes part of paths and of a udev rule."""
    if not _NAME.fullmatch(driver) or driver in (".", ".."):
        raise HostError(
            f"{driver!r} is no name of a driver.", "Write it as it is below /sys/bus/pci/drivers, such as vfio-pci."
        )


def exists(host: Host, driver: str) -> bool:
    """Whether the kernel knows a driver now; each is for one bus."""
    return any(host.exists(f"/sys/bus/{bus}/drivers/{driver}") for bus in _address.BUSES)


def set_override(host: Host, address: str, driver: str | None) -> None:
    """Allow only one driver for a device; None allows all again.

    A line feed clears it: kernels from about 6.0 took a lone NUL for a name (commit 23d99baf9d72).
    """
    _write(host, f"{home(address)}/driver_override", driver or "\n")
    now = override_of(host, address)
    if now != driver:
        raise HostError(
            f"driver_override of {address} was set to {driver or 'nothing'}, but reads {now or 'nothing'}.",
            "Look for another tool that sets the override of this device, such as driverctl.",
        )


def unbind(host: Host, address: str) -> None:
    """Take a device from its driver; that it has none is fine."""
    if driver_of(host, address) is not None:
        _write(host, f"{home(address)}/driver/unbind", address)
    now = driver_of(host, address)
    if now is not None:
        raise HostError(f"{address} was unbound, but {now} has it.", "Look for another tool that binds this device.")


def bind(host: Host, address: str, driver: str) -> None:
    """Give a device without driver to one. The driver link is the proof, not the write."""
    before = log.lines(host)
    try:
        host.write_attr(f"/sys/bus/{_address.bus(address)}/drivers/{driver}/bind", address)
    except WriteError as error:
        if driver_of(host, address) != driver:
            raise _refused(host, address, driver, error.message, before) from error
    now = driver_of(host, address)
    if now != driver:
        raise _refused(host, address, driver, f"The kernel took the write, but the driver is {now or 'none'}.", before)


def settle(host: Host, address: str, driver: str | None, override: str | None) -> None:
    """Bring a device to a driver (None: without) and an override, whatever it has now.

    While it is bound, the override names that driver: another one makes every bind fail with ENODEV, and so
    does none for a VF whose PF has drivers_autoprobe off (pci_device_can_probe).
    """
    if driver_of(host, address) != driver:
        unbind(host, address)
        if driver is not None:
            set_override(host, address, driver)
            bind(host, address, driver)
    if override_of(host, address) != override:
        set_override(host, address, override)


def move(host: Host, address: str, driver: str) -> None:
    """Bring a device to a driver; the override stays, so that it comes back there."""
    settle(host, address, driver, driver)


def _refused(host: Host, address: str, driver: str, problem: str, before: tuple[str, ...]) -> HostError:
    said = log.about(host, address, before)
    message = f"{driver} did not take {address}. {problem}" + (f" The kernel said: {said}." if said else "")
    return HostError(
        message,
        "Run dataplane.dpdk.iommu_check: error -22 from vfio-pci means no IOMMU in most cases."
        if driver == "vfio-pci"
        else f"Look into the kernel log for the reason that {driver} gives.",
    )


def _write(host: Host, path: str, value: str) -> None:
    try:
        host.write_attr(path, value)
    except WriteError as error:
        remedy = error.remedy or ("Look into the kernel log, and whether the device is still there.",)
        raise WriteError(error.message, error.errno, *remedy) from error


def of_module(host: Host, module: str) -> list[str]:
    """Return the PCI drivers of a module; they are known once it is loaded, and mostly have its name."""
    linked = [name[len("pci:") :] for name in host.names(f"/sys/module/{module}/drivers") if name.startswith("pci:")]
    return linked or [module]
