# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network devices on the bus of Hyper-V, which DPDK takes through uio_hv_generic; they have no PCI address."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Interface

DEVICES = "/sys/bus/vmbus/devices"
DPDK_DRIVER = "uio_hv_generic"
# HV_NIC_GUID in the kernel's include/linux/hyperv.h
_NETWORK = "f8615163-df3e-46c5-913f-f2d2f965ed0e"


@dataclass(frozen=True)
class Channel:
    """One network device, by the GUID of its instance."""

    guid: str
    driver: str | None
    driver_override: str | None
    numa_node: int | None
    interfaces: tuple[Interface, ...]


def scan(host: Host) -> list[Channel]:
    """Return the network devices of the bus; none on a host that is no guest of Hyper-V."""
    return [_read(host, guid) for guid in host.names(DEVICES) if _is_network(host, guid)]


def _is_network(host: Host, guid: str) -> bool:
    return (host.attr(f"{DEVICES}/{guid}/class_id") or "").strip("{}").lower() == _NETWORK


def _read(host: Host, guid: str) -> Channel:
    path = f"{DEVICES}/{guid}"
    override = host.attr(f"{path}/driver_override")
    numa = host.attr(f"{path}/numa_node") or ""
    return Channel(
        guid=guid,
        driver=host.link(f"{path}/driver"),
        driver_override=override if override not in (None, "", "(null)") else None,
        numa_node=int(numa) if numa.isdecimal() else None,
        interfaces=tuple(
            Interface(name, (host.attr(f"{path}/net/{name}/address") or "").lower())
            for name in host.names(f"{path}/net")
        ),
    )
