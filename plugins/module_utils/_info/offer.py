# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kernel driver that DPDK works on top of offers it of a device: nodes, kinds of ports, work queues."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

# PCI's class of InfiniBand controllers, where nothing below the device says what its ports are.
_INFINIBAND_CLASS = "0207"
INFINIBAND = "InfiniBand"


@dataclass(frozen=True)
class Offer:
    """``node`` is whether the PMD can reach the device, ``layers`` are the link layers of its ports (Ethernet, InfiniBand).

    ``queues`` are the names of the work queues that are enabled for users.
    """

    node: bool = True
    layers: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()

    @property
    def infiniband(self) -> bool:
        """Whether it has ports, none of them for Ethernet."""
        return bool(self.layers) and all(each == INFINIBAND for each in self.layers)


def read(host: Host, device: Device) -> Offer:
    """Read what there is of a device on a driver that DPDK works on top of."""
    known = drivers.find(device.driver)
    home = _device.home(device.address)
    if known is None or known.kind != drivers.BIFURCATED:
        return Offer()
    return Offer(
        node=known.node is None or host.exists(known.node.format(address=device.address)),
        layers=tuple(_layers(host, device, home)) if "ib_uverbs" in known.needs else (),
        queues=tuple(_queues(host, home)) if known.queues else (),
    )


def _layers(host: Host, device: Device, home: str) -> Iterator[str]:
    ports = [
        f"{home}/infiniband/{name}/ports/{port}"
        for name in host.names(f"{home}/infiniband")
        for port in host.names(f"{home}/infiniband/{name}/ports")
    ]
    if not ports and device.class_code.startswith(_INFINIBAND_CLASS):
        yield INFINIBAND
    for port in ports:
        yield host.attr(f"{port}/link_layer") or ""


def _queues(host: Host, home: str) -> Iterator[str]:
    """Yield the names of queues as drivers/dma/idxd/sysfs.c of the kernel shows them, below the accelerator of the function."""
    units = [f"{home}/{name}" for name in host.names(home) if name.startswith("dsa")]
    for queue in (f"{unit}/{name}" for unit in units for name in host.names(unit) if name.startswith("wq")):
        if (host.attr(f"{queue}/type"), host.attr(f"{queue}/state")) == ("user", "enabled"):
            yield host.attr(f"{queue}/name") or ""
