# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The VMBus of the fake machine, there once it is made a guest of Hyper-V.

Its devices are told apart by class (``ids``), and an override admits a driver whatever the class
(hv_vmbus_get_id in drivers/hv/vmbus_drv.c).
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function, PciBus

NETWORK = "f8615163-df3e-46c5-913f-f2d2f965ed0e"
STORAGE = "ba6163d9-04a1-4d29-b605-72e2ffb1dc7f"
PORT = "f8b3781a-1e82-4818-a1c3-63d806ec15bb"
DRIVERS = (
    Driver("hv_netvsc", "hv_netvsc", (NETWORK,), netdev=True, bus="vmbus"),
    Driver("uio_hv_generic", "uio_hv_generic", any_id=True, bus="vmbus"),
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
