# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps a module from being unloaded: devices, processes, other modules.

A device that is bound and idle does not hold its module: unloading it succeeds and leaves the device
without driver (vfio_pci takes a reference only while a device is open, vfio_pci_core_open_device).
"""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import MODULES
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, inventory

_VFIO = "vfio"  # how the names of the modules begin that every VFIO device needs


@dataclass(frozen=True)
class Users:
    """Who needs a module: bound devices, processes that hold one open, modules on top of it."""

    devices: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    references: int = 0

    @property
    def idle(self) -> bool:
        """Whether it can be unloaded without anybody losing something."""
        return not (self.devices or self.processes or self.modules or self.references)

    def __str__(self) -> str:
        """Name them, for a message."""
        named = [
            f"{word} {', '.join(found)}"
            for word, found in (("devices", self.devices), ("processes", self.processes), ("modules", self.modules))
            if found
        ]
        return "; ".join(named) or f"{self.references} references of the kernel"


def read(host: Host, name: str) -> Users:
    """Find the users of a loaded module."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders as _holders

    path = f"{MODULES}/{name}"
    bound = _bound(host, name)
    devices = inventory.scan(host)
    open_for = [
        each
        for each in devices.values()
        if each.address in bound or (name.startswith(_VFIO) and drivers.is_vfio(each.driver))
    ]
    found = _holders.scan(host, open_for)
    references = host.attr(f"{path}/refcnt") or "0"
    return Users(
        devices=tuple(devices[each].label if each in devices else each for each in bound),
        processes=tuple(sorted({str(each) for held in found.values() for each in held})),
        modules=tuple(host.names(f"{path}/holders")),
        references=int(references) if references.isdecimal() else 0,
    )


def _bound(host: Host, name: str) -> list[str]:
    """Return the devices on all drivers of a module, whatever their bus: PCI, VMBus, platform."""
    found: list[str] = []
    for entry in host.names(f"{MODULES}/{name}/drivers"):
        bus, _colon, driver = entry.partition(":")
        directory = f"/sys/bus/{bus}/drivers/{driver}"
        found += [each for each in host.names(directory) if each != "module" and host.link(f"{directory}/{each}")]
    return found
