# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A typical fake host: a virtual machine with a management port, two SR-IOV ports, and the modules of Debian's kernel."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.tests.unit.fakes import vmbus
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module, Parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function

BRIDGE = "0000:00:01.0"
MANAGEMENT = "0000:00:02.0"
PF = "0000:01:00.0"
OTHER = "0000:02:00.0"
VFS = ("0000:01:10.0", "0000:01:10.2", "0000:01:10.4")  # of PF
CONNECTION = "10.0.2.2 50022 10.0.2.15 22"

_VFIO = {"enable_unsafe_noiommu_mode": Parameter("N")}
_VFIO_PCI = {
    "enable_sriov": Parameter("N"),
    "disable_idle_d3": Parameter("N"),
    "disable_denylist": Parameter("N", mode=0o444),
    "ids": Parameter("", "charp", mode=0),
}
MODULES = (
    Module("vfio", _VFIO),
    Module("vfio_iommu_type1", {"dma_entry_limit": Parameter("65535", "int")}),
    Module("vfio_pci", _VFIO_PCI, depends=("vfio", "vfio_iommu_type1"), drivers=("pci:vfio-pci",)),
    Module("uio_pci_generic", drivers=("pci:uio_pci_generic",)),
    Module("igb", {"max_vfs": Parameter("0", "int", mode=0)}),
    Module("igbvf"),
    Module("virtio_pci", drivers=("pci:virtio-pci",)),
)
DRIVERS = (
    Driver("pcieport", "kernel", any_id=True),
    Driver("virtio-pci", "virtio_pci", ("1af4:1041",), netdev=True),
    Driver("igb", "igb", ("8086:10c9",), netdev=True, sriov=True),
    Driver("igbvf", "igbvf", ("8086:10ca",), netdev=True),
    Driver("vfio-pci", "vfio_pci", any_id=True, sriov=True),
    Driver("uio_pci_generic", "uio_pci_generic", any_id=True),
)


def machine(root: Path, iommu: bool = True) -> FakeHost:
    """Return a host on which nothing was done yet: vfio-pci is not loaded, no VFs are made."""
    host = FakeHost(root)
    for module in MODULES:
        host.modules.add(copy.deepcopy(module))
    for name in ("igb", "igbvf", "virtio_pci"):
        host.modules.load(name)
    for driver in DRIVERS:
        host.add_driver(copy.copy(driver))
    host.pci.register(host.drivers[0])  # pcieport is in every kernel
    group = iter(range(4)) if iommu else iter([None] * 4)
    host.add(Function(BRIDGE, "1b36:000c", "060400", header_type=1, group=next(group)), "pcieport")
    host.add(
        Function(
            MANAGEMENT, "1af4:1041", interface="enp0s2", mac="52:54:00:00:00:02", virtio="virtio0", group=next(group)
        ),
        "virtio-pci",
    )
    for number, address in enumerate((PF, OTHER), start=1):
        port = Function(
            address, interface=f"enp{number}s0", mac=f"52:54:00:00:0{number}:00", total_vfs=7, group=next(group)
        )
        host.add(port, "igb")
    _set_up(host, iommu)
    return host


def hyperv_guest(root: Path, iommu: bool = True) -> FakeHost:
    """Return such a host with a port on the VMBus of Hyper-V beside the others."""
    host = machine(root, iommu)
    for driver in vmbus.DRIVERS:
        host.modules.add(Module(driver.module))
        host.add_driver(copy.copy(driver))
    host.modules.load("hv_netvsc")
    port = vmbus.Channel(vmbus.PORT, interface="eth1", mac="00:15:5d:00:00:01", numa_node=0)
    host.add(port, "hv_netvsc")
    return host


def _set_up(host: FakeHost, iommu: bool) -> None:
    host.network.appear("lo", "00:00:00:00:00:00")
    host.network.address("lo", "127.0.0.1/8", "host")
    host.network.address("enp0s2", "10.0.2.15/24")
    host.network.address("enp1s0", "fe80::5054:ff:fe00:100/64", "link")
    host.network.route("10.0.2.0/24", "enp0s2", protocol="kernel")
    host.network.route("default", "enp0s2", "10.0.2.2", protocol="dhcp")
    host.variables["SSH_CONNECTION"] = CONNECTION
    host.tree.mkdir("/sys/class/iommu")
    host.tree.write("/proc/cpuinfo", "flags\t\t: fpu hypervisor lahf_lm\n")
    host.tree.mkdir("/sys/firmware/acpi/tables")
    host.tree.write("/proc/interrupts", f" 24: 1 0 {'IR-' if iommu else ''}IO-APIC 2-edge timer\n")
    if iommu:
        host.tree.mkdir("/sys/class/iommu/dmar0")
        # 48 bits wide, with interrupt remapping
        host.tree.write_bytes("/sys/firmware/acpi/tables/DMAR", b"DMAR".ljust(36, b"\0") + b"\x2f\x01")
    host.grub.install()


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    """A host with an IOMMU."""
    return machine(tmp_path)


@pytest.fixture
def bare_host(tmp_path: Path) -> FakeHost:
    """A host without IOMMU."""
    return machine(tmp_path / "bare", iommu=False)
