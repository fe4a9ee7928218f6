# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that differ in all that decides about devices: what they are, where they sit, and how the kernel is set up."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages, systemd
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, machine
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function
from hypothesis import strategies as st

Kind = tuple[str, str, int, int, "str | None"]
# Kinds of functions: IDs, class, header type, pin of the interrupt, and the kernel's own driver.
PORT = ("8086:10c9", "020000", 0, 1, "igb")
KINDS = (
    PORT,
    ("8086:201c", "068000", 0, 1, None),  # an NTB
    ("8086:2918", "060100", 0, 0, "lpc_ich"),  # an ISA bridge
    ("1b36:000c", "060400", 1, 1, "pcieport"),
    ("1b36:000e", "060400", 1, 1, "shpchp"),
    ("8086:0b25", "088000", 0, 0, "idxd"),  # which vfio-pci denies
    ("8086:19e3", "0b4000", 0, 0, None),  # likewise
    ("1cf2:8049", "020000", 0, 1, None),  # whose PMD names vfio-pci alone
    ("15b3:101d", "020000", 0, 1, "mlx5_core"),
    ("8086:10ca", "020000", 0, 0, "igbvf"),
    ("1234:5678", "028000", 0, 1, None),  # which nobody knows
    ("8086:10c9", "020000", 0x7F, 1, None),  # which does not answer
)
ADDRESSES = tuple(f"0000:41:{number:02x}.0" for number in range(3))
GROUPS = (None, 40, 41)
NATIVES = tuple(
    Driver(name, "kernel", tuple(kind[0] for kind in KINDS if kind[4] == name))
    for name in ("lpc_ich", "shpchp", "idxd", "mlx5_core")
)


@dataclass(frozen=True)
class Placed:
    """A function of a kind in a group, on a driver: its own, none, or vfio-pci."""

    kind: Kind
    group: int | None
    driver: str


@dataclass(frozen=True)
class Setting:
    """How a machine is set up."""

    placed: tuple[Placed, ...]
    iommu: bool = True
    vfs: bool = False
    remapping: bool = True
    unsafe_interrupts: bool = False
    reserved: bool = False
    denylist: bool = True
    noiommu: bool = False
    denied: str | None = None
    loaded: bool = True


PLACED = st.builds(
    Placed, st.sampled_from(KINDS), st.sampled_from(GROUPS), st.sampled_from(["own", "none", "vfio-pci"])
)
SETTINGS = st.builds(
    Setting,
    placed=st.lists(PLACED, min_size=1, max_size=len(ADDRESSES)).map(tuple),
    iommu=st.booleans(),
    vfs=st.booleans(),
    remapping=st.booleans(),
    unsafe_interrupts=st.booleans(),
    reserved=st.booleans(),
    denylist=st.booleans(),
    noiommu=st.booleans(),
    denied=st.sampled_from([None, None, None, "vfio_pci", "vfio_iommu_type1", "igb"]),
    loaded=st.booleans(),
)


@contextmanager
def made(setting: Setting) -> Iterator[FakeHost]:
    """Make a machine of a setting, and remove it afterwards."""
    root = Path(tempfile.mkdtemp(prefix="dataplane-dpdk-host-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        yield _build(root, setting)
    finally:
        shutil.rmtree(root)


def _build(root: Path, setting: Setting) -> FakeHost:
    host = machine(root, setting.iommu)
    for node in (0, 1):
        hugepages.add_node(host.tree, node, total_mib=8192, free_mib=6000)
    systemd.mount(host.tree, "/dev/hugepages")
    for name in ("igb_uio", "mlx5_ib", "ib_uverbs"):
        host.modules.add(Module(name))
    host.add_driver(Driver("igb_uio", "igb_uio", any_id=True, sriov=True))
    for driver in NATIVES:
        host.add_driver(driver)
        host.pci.register(driver)
    if setting.loaded or any(each.driver == "vfio-pci" for each in setting.placed):
        host.modules.load("vfio", enable_unsafe_noiommu_mode="Y" if setting.noiommu else "N")
        host.modules.load("vfio_pci", disable_denylist="N" if setting.denylist else "Y")
        host.tree.write(
            f"/sys/module/vfio_iommu_type1/parameters/{UNSAFE}", "Y\n" if setting.unsafe_interrupts else "N\n"
        )
    for address, placed in zip(ADDRESSES, setting.placed):
        _place(host, address, placed, setting.iommu)
    if setting.vfs:
        host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    _set_up(host, setting)
    host.writes.clear()
    host.commands.clear()
    return host


UNSAFE = "allow_unsafe_interrupts"


def _place(host: FakeHost, address: str, placed: Placed, iommu: bool) -> None:
    ids, class_code, header_type, pin, native = placed.kind
    mac = f"52:54:00:41:00:{ADDRESSES.index(address):02x}"
    function = Function(
        address,
        ids,
        class_code,
        interface=f"enp65s{ADDRESSES.index(address)}" if native in ("igb", "igbvf") else None,
        mac=mac,
        group=placed.group if iommu else None,
        header_type=header_type,
        interrupt_pin=pin,
    )
    host.add(function)
    if placed.driver == "own" and native in host.pci.drivers:
        if host.pci.driver_of(function) is None:
            host.pci.store_override(function, native or "")
            host.pci.attach(host.pci.drivers[native or ""], function)
            host.pci.store_override(function, "\n")
        return
    host.pci.unbind(function)
    if placed.driver == "vfio-pci":
        host.pci.store_override(function, "vfio-pci")
        try:
            host.pci.attach(host.pci.drivers["vfio-pci"], function)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EBUSY):
                raise
            host.pci.store_override(function, "\n")


def _set_up(host: FakeHost, setting: Setting) -> None:
    if not setting.remapping:
        host.tree.write("/proc/interrupts", " 24: 1 0 IO-APIC 2-edge timer\n")
    if setting.reserved and setting.iommu:
        for group in ("40", str(host.pci.functions[OTHER].group)):
            if host.tree.exists(f"/sys/kernel/iommu_groups/{group}"):
                host.tree.write(f"/sys/kernel/iommu_groups/{group}/reserved_regions", "0x0 0xffffff direct\n")
    if setting.denied is not None:
        host.tree.write("/etc/modprobe.d/hardened.conf", f"install {setting.denied} /bin/true\n")
