# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices as the kernel shows them: PCI functions, and where a device of any bus has its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links as _links
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.links import Link
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import interface as _interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.interface import Interface, Representor

DEVICES = _address.devices("pci")
BUSES = tuple(map(_address.devices, _address.BUSES))
SLOTS = "/sys/bus/pci/slots"
GROUPS = "/sys/kernel/iommu_groups"
# Offsets in the configuration space. Bit 7 of the header type says multi-function; pin 0 is no INTx.
_HEADER_TYPE = 0x0E
_INTERRUPT_PIN = 0x3D
# What reads as ones everywhere: nothing answers.
_NOTHING = 0x7F
_ENDPOINT = bytes(_INTERRUPT_PIN + 1)
_BRIDGE = bytes([*bytes(_HEADER_TYPE), 1, *bytes(_INTERRUPT_PIN - _HEADER_TYPE)])
_BRIDGES = "0604"


@dataclass(frozen=True)
class Sriov:
    """The SR-IOV capability of a PF: how many VFs there may be and are, and where they sit."""

    total_vfs: int
    num_vfs: int
    drivers_autoprobe: bool
    first_offset: int
    stride: int
    vf_device_id: str
    vfs: tuple[str, ...]


@dataclass(frozen=True)
class Device:
    """One PCI function; ``driver_override`` is None where none is set, ``slot`` is the physical slot.

    A network device of the VMBus is one too, by its GUID, without IDs, IOMMU group or VFs.
    ``interfaces`` are its own; the ``representors`` that its driver makes beside them are not.
    """

    address: str
    class_code: str
    vendor_id: str
    device_id: str
    modalias: str
    driver: str | None
    driver_override: str | None
    numa_node: int | None
    iommu_group: int | None
    header_type: int
    interfaces: tuple[Interface, ...] = ()
    pf: str | None = None
    sriov: Sriov | None = None
    intx: bool = True
    slot: str | None = None
    representors: tuple[Representor, ...] = ()

    @property
    def is_bridge(self) -> bool:
        """Whether the function forwards PCI traffic for others: not an endpoint (header type 0), whatever its class.

        ISA bridges (0601) and non-transparent ones (NTB, 0680) are endpoints to the kernel and to VFIO.
        """
        return self.answers and self.header_type != 0

    @property
    def answers(self) -> bool:
        """Whether anything is there: all of the configuration space reads ff of what has no power, or left its slot."""
        return self.header_type != _NOTHING

    @property
    def ids(self) -> str:
        """The function's vendor and device ID, such as ``8086:10c9``; nothing on the VMBus."""
        return f"{self.vendor_id}:{self.device_id}".strip(":")

    @property
    def bus(self) -> str:
        """Which bus it is on, as below /sys/bus."""
        return _address.bus(self.address)

    @property
    def label(self) -> str:
        """The address, with the interface where there is one: what a person recognises."""
        names = ", ".join(each.name for each in self.interfaces)
        return f"{self.address} ({names})" if names else self.address


def scan(host: Host) -> dict[str, Device]:
    """Return every PCI function of the host by its address."""
    numbers = [name for name in host.names(GROUPS) if name.isdigit()]
    # The lists of members are read anyway where all devices matter, so no link of a function to its group is.
    groups = {member: int(number) for number in numbers for member in host.names(f"{GROUPS}/{number}/devices")}
    return _read_all(host, host.names(DEVICES), groups)


def scan_without_vfs(host: Host) -> dict[str, Device]:
    """Return every PCI function but the VFs, which can be hundreds."""
    return read(host, (each for each in host.names(DEVICES) if host.link(f"{DEVICES}/{each}/physfn") is None))


def read(host: Host, addresses: Iterable[str]) -> dict[str, Device]:
    """Return PCI functions by their addresses."""
    return _read_all(host, addresses)


def _read_all(host: Host, addresses: Iterable[str], groups: Mapping[str, int] | None = None) -> dict[str, Device]:
    slots = {host.attr(f"{SLOTS}/{name}/address"): name for name in host.names(SLOTS)}
    around = _Around(slots, _links.by_name(host), groups)
    found: dict[str, Device] = {}
    for address in addresses:
        found[address] = each = _read(host, address, around)
        # A PF comes before its VFs, and names them.
        around.pfs.update(dict.fromkeys(each.sriov.vfs if each.sriov else (), address))
    return found


def require_sriov(device: Device) -> Sriov:
    """Return a device's SR-IOV capability; raise HostError where it has none."""
    if device.sriov is None:
        raise HostError(
            f"{device.label} can have no VFs: it offers no SR-IOV capability.",
            "Name a PF that offers SR-IOV, or enable SR-IOV in the firmware of the host and of the card.",
        )
    return device.sriov


def home(address: str) -> str:
    """Return the directory of a device in sysfs."""
    return f"{_address.devices(_address.bus(address))}/{address}"


def driver_of(host: Host, address: str) -> str | None:
    """Return the driver that a device is bound to now."""
    return host.link(f"{home(address)}/driver")


def override_of(host: Host, address: str) -> str | None:
    """Return a device's driver_override; the kernel prints (null), or nothing, where none is set."""
    text = host.attr(f"{home(address)}/driver_override")
    return None if text in (None, "", "(null)") else text


@dataclass(frozen=True)
class _Around:
    """What is known besides a function's own directory: slots and IOMMU groups (None: ask it), interfaces, PFs of VFs."""

    slots: Mapping[str | None, str]
    links: Mapping[str, Link]
    groups: Mapping[str, int] | None
    pfs: dict[str, str] = field(default_factory=dict)


def _read(host: Host, address: str, around: _Around) -> Device:
    """Read one function: its directory and its uevent say most, and what else there is to read."""
    path = f"{DEVICES}/{address}"
    there = host.names(path)
    names = _interface.netdevs(host, path, there)
    told = _uevent(host.attr(f"{path}/uevent"))
    vendor_id, _colon, device_id = told.get("PCI_ID", "").lower().partition(":")
    class_code = f"{told.get('PCI_CLASS', '').lower():0>6}"
    pf = around.pfs.get(address) or host.link(f"{path}/physfn") if "physfn" in there else None
    header = _header(host, path, class_code, pf)
    return Device(
        address=address,
        class_code=class_code,
        vendor_id=vendor_id,
        device_id=device_id,
        modalias=told.get("MODALIAS", ""),
        driver=told.get("DRIVER") or driver_of(host, address) if "driver" in there else None,
        driver_override=override_of(host, address),
        numa_node=numa_node(host, path),
        iommu_group=_group(host, path, there) if around.groups is None else around.groups.get(address),
        header_type=header[_HEADER_TYPE] & 0x7F if len(header) > _HEADER_TYPE else 0,
        interfaces=_interface.own(host, names, around.links),
        representors=_interface.representors(names, around.links),
        pf=pf,
        sriov=_sriov(host, path, there) if "sriov_totalvfs" in there else None,
        slot=around.slots.get(address.rpartition(".")[0]),
        intx=len(header) <= _INTERRUPT_PIN or header[_INTERRUPT_PIN] != 0,
    )


def _header(host: Host, path: str, class_code: str, pf: str | None) -> bytes:
    """Return the first bytes of the configuration space, which the kernel reads from the device itself where nothing else says.

    A VF is an endpoint without INTx (PCI Express Base Specification, VF Interrupt Pin and Header Type). A function of the class
    of PCI bridges has their header: the kernel takes the class from any other one (pci_setup_device in drivers/pci/probe.c).
    """
    if pf is not None:
        return _ENDPOINT
    return _BRIDGE if class_code.startswith(_BRIDGES) else host.read_bytes(f"{path}/config", _INTERRUPT_PIN + 1) or b""


def _group(host: Host, path: str, there: Sequence[str]) -> int | None:
    return _number(host.link(f"{path}/iommu_group")) if "iommu_group" in there else None


def _uevent(text: str | None) -> dict[str, str]:
    """Return what a device says of itself in one file (pci_uevent in the kernel's drivers/pci/pci-driver.c)."""
    return dict(line.split("=", 1) for line in (text or "").splitlines() if "=" in line)


def numa_node(host: Host, path: str) -> int | None:
    """Return the NUMA node of a device by its directory, or None where the machine reports none (-1)."""
    node = _number(host.attr(f"{path}/numa_node"))
    return node if node is not None and node >= 0 else None


def _sriov(host: Host, path: str, there: Sequence[str]) -> Sriov | None:
    total = _number(host.attr(f"{path}/sriov_totalvfs"))
    if total is None:
        return None
    links = [name for name in there if name.startswith("virtfn") and name[6:].isdigit()]
    vfs = [host.link(f"{path}/{name}") for name in sorted(links, key=lambda name: int(name[6:]))]
    return Sriov(
        total_vfs=total,
        # Not by sriov_numvfs: reading it waits for a write to it that is stuck (sriov_numvfs_show).
        num_vfs=len(links),
        drivers_autoprobe=host.attr(f"{path}/sriov_drivers_autoprobe") != "0",
        first_offset=_number(host.attr(f"{path}/sriov_offset")) or 0,
        stride=_number(host.attr(f"{path}/sriov_stride")) or 0,
        vf_device_id=(host.attr(f"{path}/sriov_vf_device") or "").lower(),
        vfs=tuple(vf for vf in vfs if vf),
    )


def _number(text: str | None) -> int | None:
    try:
        return int(text or "", 10)
    except ValueError:
        return None
