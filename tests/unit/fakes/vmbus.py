# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The VMBus of the fake machine, there once it is made a guest of Hyper-V.

Its devices differ by class (``ids``), and an override admits a driver whatever the class
(hv_vmbus_get_id in drivers/hv/vmbus_drv.c). A device on uio_hv_generic has a node of UIO.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function, PciBus

NETWORK = "f8615163-df3e-46c5-913f-f2d2f965ed0e"
STORAGE = "ba6163d9-04a1-4d29-b605-72e2ffb1dc7f"
PORT = "f8b3781a-1e82-4818-a1c3-63d806ec15bb"
UIO = "uio_hv_generic"
DRIVERS = (
    Driver("hv_netvsc", "hv_netvsc", (NETWORK,), netdev=True, bus="vmbus"),
    Driver(UIO, UIO, any_id=True, bus="vmbus"),
)


@dataclass
class Channel(Function):
    """A device of the bus; its address is a GUID, and ``ids`` its class."""

    ids: str = NETWORK
    bus = "vmbus"

    @property
    def path(self) -> str:
        return f"/sys/devices/vmbus/{self.address}"


class VmBus(PciBus):
    """The same device model as PCI's, without configuration space."""

    bus = "/sys/bus/vmbus"

    def identity(self, function: Function) -> dict[str, str]:
        return {"class_id": f"{{{function.ids}}}", "modalias": f"vmbus:{function.ids.replace('-', '')}"}

    def attach(self, driver: Driver, function: Function) -> None:
        """Bind; UIO makes the device uioN below it (uio_register_device), and devtmpfs a node for root alone."""
        super().attach(driver, function)
        if driver.name == UIO:
            name = next(f"uio{number}" for number in count() if not self.tree.exists(f"/dev/uio{number}"))
            self.tree.mkdir(f"{function.path}/uio/{name}")
            self.tree.write(f"/dev/{name}", "", mode=0o600)

    def unbind(self, function: Function) -> None:
        """Take a device from its driver, and its node with it."""
        for name in self.tree.names(f"{function.path}/uio"):
            self.tree.remove(f"/dev/{name}")
        self.tree.remove(f"{function.path}/uio")
        super().unbind(function)
