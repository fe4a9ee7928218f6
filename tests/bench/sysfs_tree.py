# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sysfs with any number of PCI functions, as the kernel would show those of a server.

Of each twelve functions four are network functions: a PF with three VFs, of which two are bound for DPDK. The others
are bridges, drives and what comes with a processor.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PORTS = 250  # root ports, each with a bus of its own, in one PCI domain
FIRST_NETDEV = "en0"
MODULES = ("vfio", "vfio_pci", "vfio_pci_core", "vfio_iommu_type1")


@dataclass(frozen=True)
class Kind:
    """A kind of function; ``place`` is device.function on the bus of its block, None for the root port itself."""

    place: str | None
    ids: str
    class_code: str
    driver: str | None = None
    header_type: int = 0
    netdev: bool = False
    vf: int | None = None
    pin: int = 1


BLOCK = (
    Kind(None, "8086:347a", "060400", "pcieport", header_type=1),
    Kind("00.0", "8086:1592", "020000", "ice", netdev=True),
    Kind("01.0", "8086:1889", "020000", "vfio-pci", vf=0, pin=0),
    Kind("01.1", "8086:1889", "020000", "iavf", netdev=True, vf=1, pin=0),
    Kind("01.2", "8086:1889", "020000", "vfio-pci", vf=2, pin=0),
    Kind("02.0", "8086:0b60", "010802", "nvme"),
    Kind("03.0", "8086:09a2", "088000", pin=0),
    Kind("03.1", "8086:09a6", "110100", pin=0),
    Kind("04.0", "8086:0b00", "088000", "ioatdma"),
    Kind("05.0", "8086:09a4", "060000", pin=0),
    Kind("06.0", "8086:a1af", "0c0330", "xhci_hcd"),
    Kind("1f.0", "1b36:000e", "060400", header_type=1),
)
PF = BLOCK[1]
BAR = "0x00000000fe800000 0x00000000fe81ffff 0x0000000000040200\n"
NO_BAR = f"0x{0:016x} 0x{0:016x} 0x{0:016x}\n"
ATTRIBUTES = {
    "ari_enabled": "1",
    "broken_parity_status": "0",
    "consistent_dma_mask_bits": "64",
    "current_link_speed": "16.0 GT/s PCIe",
    "current_link_width": "16",
    "d3cold_allowed": "1",
    "dma_mask_bits": "64",
    "driver_override": "(null)",
    "enable": "1",
    "irq": "24",
    "local_cpulist": "0-31",
    "local_cpus": "ffffffff",
    "max_link_speed": "16.0 GT/s PCIe",
    "max_link_width": "16",
    "msi_bus": "1",
    "power_state": "D0",
    "resource": BAR + NO_BAR * 12,
    "revision": "0x01",
    "subsystem_device": "0x0001",
    "subsystem_vendor": "0x8086",
}
POWER = {"control": "on", "runtime_status": "active", "runtime_enabled": "forbidden", "wakeup": "disabled"}
NETDEV = {"addr_assign_type": "0", "carrier": "1", "dev_port": "0", "flags": "0x1003", "mtu": "1500", "operstate": "up"}


@dataclass(frozen=True)
class Function:
    """One function of the tree; ``number`` counts all of them."""

    number: int
    kind: Kind
    domain: int
    port: int

    @property
    def address(self) -> str:
        place = self.kind.place
        here = f"00:{self.port // 8:02x}.{self.port % 8}" if place is None else f"{self.port + 1:02x}:{place}"
        return f"{self.domain:04x}:{here}"

    @property
    def path(self) -> str:
        """Its directory: behind its root port, or on the root bus."""
        above = "" if self.kind.place is None else f"/{Function(0, BLOCK[0], self.domain, self.port).address}"
        return f"devices/pci{self.domain:04x}:00{above}/{self.address}"

    @property
    def netdev(self) -> str | None:
        return f"en{self.number // len(BLOCK)}{'' if self.kind is PF else 'v1'}" if self.kind.netdev else None

    @property
    def modalias(self) -> str:
        vendor, device = (each.upper() for each in self.kind.ids.split(":"))
        code = self.kind.class_code
        return f"pci:v0000{vendor}d0000{device}sv00008086sd00000001bc{code[:2]}sc{code[2:4]}i{code[4:]}"


def functions(count: int) -> Iterator[Function]:
    """Return the functions of a tree."""
    for number in range(count):
        block, place = divmod(number, len(BLOCK))
        domain, port = divmod(block, PORTS)
        yield Function(number, BLOCK[place], domain, port)


def make(root: Path, count: int) -> list[Function]:
    """Write a tree below a directory: sys, and bin/ip with what the tools ask it."""
    found = list(functions(count))
    sys = root / "sys"
    for name in ("bus/pci/devices", "bus/pci/slots", "class/net", "class/iommu/dmar0", "kernel/iommu_groups"):
        (sys / name).mkdir(parents=True)
    for module in MODULES:
        (sys / "module" / module / "parameters").mkdir(parents=True)
    for driver in sorted({each.kind.driver for each in found if each.kind.driver}):
        _driver(sys, driver)
    for each in found:
        _function(sys, each, [vf for vf in found[each.number + 1 : each.number + 4] if vf.kind.vf is not None])
    _memory(sys)
    _ip(root, found)
    return found


def _driver(sys: Path, name: str) -> None:
    home, module = sys / "bus/pci/drivers" / name, sys / "module" / name.replace("-", "_")
    home.mkdir(parents=True)
    (module / "drivers").mkdir(parents=True, exist_ok=True)
    _write(home, dict.fromkeys(("bind", "unbind", "new_id", "remove_id", "uevent"), ""))
    _link(sys, f"bus/pci/drivers/{name}/module", f"module/{module.name}")
    _link(sys, f"module/{module.name}/drivers/pci:{name}", f"bus/pci/drivers/{name}")


def _function(sys: Path, each: Function, vfs: list[Function]) -> None:
    home = sys / each.path
    home.mkdir(parents=True, exist_ok=True)
    (home / "config").write_bytes(_config(each.kind))
    _write(home, {**ATTRIBUTES, **_identity(each)})
    (home / "power").mkdir()
    _write(home / "power", POWER)
    _link(sys, f"bus/pci/devices/{each.address}", each.path)
    _link(sys, f"{each.path}/subsystem", "bus/pci")
    if each.kind.driver:
        _link(sys, f"{each.path}/driver", f"bus/pci/drivers/{each.kind.driver}")
        _link(sys, f"bus/pci/drivers/{each.kind.driver}/{each.address}", each.path)
    if each.kind is PF:
        _sriov(sys, each, vfs)
    _group(sys, each)
    if each.netdev:
        _netdev(sys, each, each.netdev)
    if each.kind.driver == "vfio-pci":
        (home / "vfio-dev" / f"vfio{each.number}").mkdir(parents=True)


def _identity(each: Function) -> dict[str, str]:
    vendor, device = each.kind.ids.split(":")
    driver = f"DRIVER={each.kind.driver}\n" if each.kind.driver else ""
    uevent = (
        f"{driver}PCI_CLASS={int(each.kind.class_code, 16):X}\nPCI_ID={each.kind.ids.upper()}\n"
        f"PCI_SUBSYS_ID=8086:0001\nPCI_SLOT_NAME={each.address}\nMODALIAS={each.modalias}"
    )
    return {
        "vendor": f"0x{vendor}",
        "device": f"0x{device}",
        "class": f"0x{each.kind.class_code}",
        "modalias": each.modalias,
        "numa_node": str(each.port % 2),
        "uevent": uevent,
    }


def _config(kind: Kind) -> bytes:
    """Return the first 64 bytes of the configuration space; a VF's IDs read as all ones there."""
    vendor, device = (0xFFFF, 0xFFFF) if kind.vf is not None else (int(each, 16) for each in kind.ids.split(":"))
    head = vendor.to_bytes(2, "little") + device.to_bytes(2, "little") + b"\x06\x04\x10\x00\x01"
    head += bytes.fromhex(kind.class_code)[::-1] + bytes([16, 0, kind.header_type, 0])
    subsystem = bytes(28) + b"\x86\x80\x01\x00"
    return head + subsystem + bytes(13) + bytes([kind.pin]) + bytes(2)


def _sriov(sys: Path, pf: Function, vfs: list[Function]) -> None:
    values = {"totalvfs": "128", "numvfs": str(len(vfs)), "offset": "8", "stride": "1", "vf_device": "1889"}
    _write(sys / pf.path, {f"sriov_{name}": value for name, value in {**values, "drivers_autoprobe": "1"}.items()})
    for vf in vfs:
        (sys / vf.path).mkdir(parents=True, exist_ok=True)
        _link(sys, f"{pf.path}/virtfn{vf.kind.vf}", vf.path)
        _link(sys, f"{vf.path}/physfn", pf.path)


def _group(sys: Path, each: Function) -> None:
    path = f"kernel/iommu_groups/{each.number}"
    (sys / path / "devices").mkdir(parents=True)
    _write(sys / path, {"type": "DMA-FQ", "reserved_regions": "0x00000000fee00000 0x00000000feefffff msi"})
    _link(sys, f"{path}/devices/{each.address}", each.path)
    _link(sys, f"{each.path}/iommu_group", path)


def _netdev(sys: Path, each: Function, name: str) -> None:
    home = sys / each.path / "net" / name
    (home / "statistics").mkdir(parents=True)
    (home / "queues" / "rx-0").mkdir(parents=True)
    _write(home, {**NETDEV, "address": _mac(each), "ifindex": str(each.number + 2)})
    _link(sys, f"class/net/{name}", f"{each.path}/net/{name}")
    _link(sys, f"{each.path}/net/{name}/device", each.path)


def _mac(each: Function) -> str:
    return "52:54:" + ":".join(f"{each.number:08x}"[place : place + 2] for place in range(0, 8, 2))


def _memory(sys: Path) -> None:
    node = sys / "devices/system/node/node0/hugepages/hugepages-2048kB"
    node.mkdir(parents=True)
    _write(node, {"nr_hugepages": "1024", "free_hugepages": "1024", "surplus_hugepages": "0"})


def _ip(root: Path, found: list[Function]) -> None:
    """Write an `ip` that prints the network interfaces of the tree; the first one carries the default route."""
    links = [_ip_link(each) for each in found if each.netdev]
    home = root / "bin"
    home.mkdir()
    route = {"dst": "default", "gateway": "192.0.2.1", "dev": FIRST_NETDEV, "protocol": "static", "flags": []}
    answers = {"addr": json.dumps(links), "route": json.dumps([route] if links else []), "none": "[]"}
    answers["text"] = f"default via 192.0.2.1 dev {FIRST_NETDEV} proto static" if links else ""
    _write(home, answers)
    (home / "ip").write_text(
        f'#!/bin/sh\ncase "$*" in\n*addr*) exec cat {home}/addr ;;\n-o*) exec cat {home}/text ;;\n'
        f"*-4*route*) exec cat {home}/route ;;\n*) exec cat {home}/none ;;\nesac\n"
    )
    (home / "ip").chmod(0o755)


def _ip_link(each: Function) -> dict[str, object]:
    address = [{"family": "inet", "local": "192.0.2.2", "prefixlen": 24}] if each.netdev == FIRST_NETDEV else []
    common = {
        "flags": ["BROADCAST", "MULTICAST", "UP"],
        "mtu": 1500,
        "qdisc": "mq",
        "operstate": "UP",
        "group": "default",
    }
    names = {"ifindex": each.number + 2, "ifname": each.netdev, "link_type": "ether", "address": _mac(each)}
    bus = {"num_tx_queues": 8, "num_rx_queues": 8, "parentbus": "pci", "parentdev": each.address}
    return {**names, **common, **bus, "addr_info": address}


def _write(home: Path, values: dict[str, str]) -> None:
    for name, value in values.items():
        with open(home / name, "w") as stream:
            stream.write(f"{value}\n" if value and not value.endswith("\n") else value)


def _link(sys: Path, path: str, target: str) -> None:
    """Make a link from one path below sys to another, relative as the kernel's are."""
    os.symlink(os.path.relpath(target, os.path.dirname(path)), sys / path)
