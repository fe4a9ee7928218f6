# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fake machine's PCI bus: functions, their drivers, and what the kernel does when either is written to.

The order of the checks and their errnos follow drivers/base/bus.c, drivers/pci/pci-driver.c and
drivers/vfio/pci/vfio_pci_core.c.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.dataplane.dpdk.tests.unit.fakes.network import NET, Network
from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import BlockedError, Tree

GROUPS = "/sys/kernel/iommu_groups"
VFIO = "vfio-pci"
_PAGE = 4096
_DENIED = ("8086:19e2", "8086:37c8", "8086:0435", "8086:0b25")  # of vfio_pci_dev_in_denylist


@dataclass
class Driver:
    """A driver: what it drives, and how it behaves.

    One with ``any_id`` takes what an override gives it. ``refuses`` is the errno of its probe;
    ``fewer_vfs`` is how many VFs it falls short of what it is asked for, ``resets_link`` how many looks later its PF has
    a link again after it made some. ``refuses_settings`` is what
    it says to words of `ip link set ... vf`; an empty text takes the word and does nothing.
    """

    name: str
    module: str
    ids: tuple[str, ...] = ()
    any_id: bool = False
    netdev: bool = False
    sriov: bool = False
    refuses: int = 0
    fewer_vfs: int = 0
    resets_link: int = 0
    refuses_settings: dict[str, str] = field(default_factory=dict)
    bus: str = "pci"


@dataclass
class Function:
    """One PCI function; ``group`` is its IOMMU group, None where no IOMMU stands before it."""

    address: str
    ids: str = "8086:10c9"
    class_code: str = "020000"
    interface: str | None = None
    mac: str = "52:54:00:00:00:01"
    group: int | None = None
    total_vfs: int = 0
    vf_ids: str = "8086:10ca"
    vf_offset: int = 128
    vf_stride: int = 2
    header_type: int = 0
    interrupt_pin: int = 1
    numa_node: int = -1
    virtio: str | None = None
    pf: Function | None = None
    vfs: list[Function] = field(default_factory=list)
    open_by: list[int] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)  # a VF's, by the words of `ip link`
    eswitch: str | None = None
    bus = "pci"

    @property
    def path(self) -> str:
        return f"/sys/devices/pci{self.address[:-5]}/{self.address}"


class PciBus:
    """All functions and drivers; ``log`` is the kernel log."""

    bus = "/sys/bus/pci"
    unset_override = "(null)"  # what driver_override reads where there is none; newer buses print nothing

    def __init__(self, tree: Tree, network: Network, log: Callable[[str], None]) -> None:
        self.tree = tree
        self.network = network
        self.log = log
        self.functions: dict[str, Function] = {}
        self.drivers: dict[str, Driver] = {}
        self.module_parameter: Callable[[str, str], str | None] = lambda module, name: None
        self.moved: Callable[[Function], None] = lambda function: None  # what udev does once a driver came or went
        for name in ("devices", "drivers"):
            tree.mkdir(f"{self.bus}/{name}")
        tree.write(f"{self.bus}/drivers_probe", "")

    # what is there

    def add(self, function: Function, driver: str | None = None) -> Function:
        """Plug a function in, and bind it to a driver."""
        self.functions[function.address] = function
        attributes = {
            **self.identity(function),
            "numa_node": str(function.numa_node),
            "driver_override": self.unset_override,
        }
        for name, value in attributes.items():
            self.tree.write(f"{function.path}/{name}", f"{value}\n")
        self.tree.link(f"{self.bus}/devices/{function.address}", function.path)
        if function.group is not None:
            self.join_group(function, function.group, None)
        if driver is not None:
            self.attach(self.drivers[driver], function)
        return function

    def identity(self, function: Function) -> dict[str, str]:
        """Write a function's configuration space; return the attributes that tell what it is."""
        self.tree.write_bytes(
            f"{function.path}/config",
            bytes(14) + bytes([function.header_type]) + bytes(46) + bytes([function.interrupt_pin]) + bytes(2),
        )
        vendor, device = function.ids.split(":")
        modalias = f"pci:v0000{vendor.upper()}d0000{device.upper()}bc{function.class_code[:2]}"
        return {
            "vendor": f"0x{vendor}",
            "device": f"0x{device}",
            "class": f"0x{function.class_code}",
            "modalias": modalias,
            "uevent": (
                f"PCI_CLASS={function.class_code.lstrip('0').upper()}\nPCI_ID={vendor.upper()}:{device.upper()}\n"
                f"PCI_SUBSYS_ID=0000:0000\nPCI_SLOT_NAME={function.address}\nMODALIAS={modalias}"
            ),
        }

    def remove(self, function: Function) -> None:
        """Take a function off the bus, as when VFs go or a card is pulled."""
        self.unbind(function)
        self.leave_group(function)
        self.tree.remove(f"{self.bus}/devices/{function.address}")
        self.tree.remove(function.path)
        del self.functions[function.address]

    def register(self, driver: Driver) -> None:
        """A module brought a driver: it takes every free function that it knows."""
        self.drivers[driver.name] = driver
        for name in ("bind", "unbind", "new_id", "remove_id"):
            self.tree.write(f"{self.bus}/drivers/{driver.name}/{name}", "")
        for function in list(self.functions.values()):
            self._offer(driver, function)

    def unregister(self, driver: Driver) -> None:
        """A module went: its functions are left without driver."""
        for function in list(self.functions.values()):
            if self.driver_of(function) is driver:
                self.unbind(function)
        self.tree.remove(f"{self.bus}/drivers/{driver.name}")
        del self.drivers[driver.name]

    def driver_of(self, function: Function) -> Driver | None:
        link = self.tree.path(f"{function.path}/driver")
        return self.drivers[link.resolve().name] if link.is_symlink() else None

    def override_of(self, function: Function) -> str | None:
        text = self.tree.read(f"{function.path}/driver_override")
        return None if text == self.unset_override else text

    # what the kernel does

    def store_override(self, function: Function, value: str) -> None:
        """driver_set_override (drivers/base/driver.c): a line feed alone clears it."""
        if len(value) >= _PAGE - 1:
            raise OSError(errno.EINVAL, "too long")
        name = value.split("\n")[0]
        self.tree.write(f"{function.path}/driver_override", f"{name or self.unset_override}\n")

    def store_bind(self, driver: Driver, address: str) -> None:
        """bind_store (drivers/base/bus.c)."""
        function = self.functions.get(address)
        if function is None or not self.matches(driver, function):
            raise OSError(errno.ENODEV, "no match")
        self.attach(driver, function)

    def store_unbind(self, driver: Driver, address: str) -> None:
        """unbind_store (drivers/base/bus.c)."""
        function = self.functions.get(address)
        if function is None or self.driver_of(function) is not driver:
            raise OSError(errno.ENODEV, "not bound")
        self.unbind(function)

    def store_probe(self, address: str) -> None:
        """drivers_probe: success also where nothing matched and where every probe failed."""
        if address not in self.functions:
            raise OSError(errno.ENODEV, "no such device")
        self.probe(self.functions[address])

    def probe(self, function: Function) -> None:
        """Offer a function to all drivers; that none takes it is no error."""
        for driver in list(self.drivers.values()):
            self._offer(driver, function)

    def _offer(self, driver: Driver, function: Function) -> None:
        if self.driver_of(function) is None and self.matches(driver, function):
            with contextlib.suppress(OSError):
                self.attach(driver, function)

    def matches(self, driver: Driver, function: Function) -> bool:
        """pci_match_device: an override admits one driver, whatever the IDs; vfio-pci comes by override only."""
        override = self.override_of(function)
        return override == driver.name if override is not None else function.ids in driver.ids

    def attach(self, driver: Driver, function: Function) -> None:
        """Probe: raise the errno of the first thing that is in the way, or bind."""
        if self.driver_of(function) is not None:
            raise OSError(errno.EBUSY, "already bound")
        answer = self._obstacle(driver, function)
        if answer:
            self.log(f"{driver.name} {function.address}: probe with driver {driver.name} failed with error -{answer}")
            raise OSError(answer, "probe failed")
        self.tree.link(f"{function.path}/driver", f"{self.bus}/drivers/{driver.name}")
        self.tree.link(f"{self.bus}/drivers/{driver.name}/{function.address}", function.path)
        if driver.name == VFIO and function.group is None:
            self.join_group(function, self.next_group(), "vfio-noiommu")
        if driver.netdev and function.interface is not None:
            place = f"{function.path}/{function.virtio}" if function.virtio else function.path
            self.network.appear(function.interface, function.mac, place)
        self.moved(function)

    def unbind(self, function: Function) -> None:
        """Take a function from its driver, which takes the VFs along; vfio waits for who holds the device."""
        driver = self.driver_of(function)
        if driver is None:
            return
        if driver.name == VFIO and function.open_by:
            self.log(f"vfio-pci {function.address}: Device is currently in use, task blocked until device is released")
            raise BlockedError
        self.remove_vfs(function)
        if function.interface is not None and self.tree.exists(f"{NET}/{function.interface}"):
            self.network.vanish(function.interface)
        self.tree.remove(f"{self.bus}/drivers/{driver.name}/{function.address}")
        self.tree.remove(f"{function.path}/driver")
        self.moved(function)
        if function.group is None:
            self.leave_group(function)

    def remove_vfs(self, function: Function) -> None:
        """Take all VFs of a function away."""
        for index, vf in enumerate(list(function.vfs)):
            self.remove(vf)
            self.tree.remove(f"{function.path}/virtfn{index}")
            function.vfs.remove(vf)
        if function.total_vfs:
            self.tree.write(f"{function.path}/sriov_numvfs", "0\n")

    # IOMMU groups

    def next_group(self) -> int:
        return max([int(name) for name in self.tree.names(GROUPS)], default=-1) + 1

    def join_group(self, function: Function, number: int, name: str | None) -> None:
        path = f"{GROUPS}/{number}"
        self.tree.link(f"{path}/devices/{function.address}", function.path)
        self.tree.write(f"{path}/type", "DMA-FQ\n" if name is None else "unknown\n")
        if name is not None:
            self.tree.write(f"{path}/name", f"{name}\n")
        self.tree.link(f"{function.path}/iommu_group", path)

    def leave_group(self, function: Function) -> None:
        link = self.tree.path(f"{function.path}/iommu_group")
        if not link.is_symlink():
            return
        path = f"{GROUPS}/{link.resolve().name}"
        link.unlink()
        self.tree.remove(f"{path}/devices/{function.address}")
        if not self.tree.names(f"{path}/devices"):
            self.tree.remove(path)

    def _obstacle(self, driver: Driver, function: Function) -> int:
        autoprobe = function.pf is None or self.tree.read(f"{function.pf.path}/sriov_drivers_autoprobe") != "0"
        if not autoprobe and self.override_of(function) is None:
            return errno.ENODEV  # pci_device_can_probe
        if driver.refuses:
            return driver.refuses
        if driver.name == VFIO:
            return self._vfio_obstacle(function)
        if not driver.any_id and function.ids not in driver.ids:
            return errno.ENODEV
        group = function.group
        taken = any(each.open_by for each in self.functions.values() if group is not None and each.group == group)
        return errno.EBUSY if taken else 0  # iommu_device_use_default_domain

    def _vfio_obstacle(self, function: Function) -> int:
        if function.ids in _DENIED and self.module_parameter("vfio_pci", "disable_denylist") != "Y":
            self.log(f"vfio-pci {function.address}: {function.ids} exists in vfio-pci device denylist")
            return errno.EINVAL
        if function.header_type != 0:
            return errno.EINVAL
        if function.vfs:
            self.log(f"vfio-pci {function.address}: Cannot bind to PF with SR-IOV enabled")
            return errno.EBUSY
        noiommu = self.module_parameter("vfio", "enable_unsafe_noiommu_mode") == "Y"
        return errno.EINVAL if function.group is None and not noiommu else 0
