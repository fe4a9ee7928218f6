# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether VFIO hands a device to an application: what vfio-pci answers when it is bound, and the kernel when it is opened.

The one prediction that binding, the picture of a host and the check of its IOMMU share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import vfio as _vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import GROUPS, Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group

EINVAL, EBUSY = -22, -16
VFIO = drivers.default(drivers.PCI)
# Intel QAT C3xxx, C62x and DH895xCC with their VFs; DSA and IAX of Sapphire Rapids (vfio_pci_dev_in_denylist).
DENIED = tuple(f"8086:{each}" for each in ("19e2", "19e3", "37c8", "37c9", "0435", "0443", "0b25", "0cfe"))
# Memory that the firmware wants mapped one to one for a device (RMRR); relaxable ones are for the boot alone.
_RMRR = "direct"
# What neither another setting of the host nor other VFs change.
_LASTING = ("no_answer", "bridge", "denylist")


@dataclass(frozen=True)
class Obstacle:
    """Why a device is not handed out: a word, a sentence about "it", what to do, and the error of the probe if there is one."""

    cause: str
    reason: str
    remedy: tuple[str, ...]
    error: int | None = None

    def about(self, label: str) -> HostError:
        """Return it as an error about a device by name."""
        named = self.reason.startswith("It ")
        return HostError(f"{label} {self.reason[3:]}" if named else f"{label}: {self.reason}", *self.remedy)

    @property
    def lasting(self) -> bool:
        """Whether it lies in the device, and not in what the host is set to now."""
        return self.cause in _LASTING


@dataclass(frozen=True)
class Region:
    """Addresses of an IOMMU group that an application cannot map: from ``start`` to ``end``, and why."""

    start: str
    end: str
    type: str


@dataclass(frozen=True)
class Vfio:
    """What decides about all devices of a host: its IOMMU groups, and the settings of VFIO's modules.

    ``remapping`` is None where nothing shows whether interrupts are remapped.
    """

    groups: Mapping[int, Group]
    noiommu: bool = False
    denylist: bool = True
    remapping: bool | None = None
    unsafe_interrupts: bool = False


def read(host: Host, groups: Mapping[int, Group], opened: bool = True) -> Vfio:
    """Read the settings of a host with these IOMMU groups; interrupts matter only where devices of one are to be ``opened``."""
    protects = opened and any(each.protects for each in groups.values())
    return Vfio(
        groups=groups,
        noiommu=_vfio.noiommu_enabled(host),
        denylist=_vfio.denylist_in_force(host),
        remapping=_vfio.interrupts_remapped(host) if protects else None,
        unsafe_interrupts=protects and _vfio.unsafe_interrupts_allowed(host),
    )


def regions(host: Host, group: int) -> tuple[Region, ...]:
    """Return the reserved regions of an IOMMU group."""
    lines = (host.attr(f"{GROUPS}/{group}/reserved_regions") or "").splitlines()
    return tuple(Region(*words) for words in (line.split() for line in lines) if len(words) == 3)


def refusal(vfio: Vfio, device: Device, driver: str = VFIO) -> Obstacle | None:
    """Return why a VFIO driver would refuse a device as it is; None where it takes it, has it, or nobody would ask it to.

    The order is that of the checks in the kernel (vfio_pci_probe, vfio_pci_core_register_device, vfio_device_set_group).
    """
    if not (drivers.uses_vfio(device.bus) and drivers.is_vfio(driver)) or device.driver == driver:
        return None
    if not device.answers:
        return no_answer()
    if vfio.denylist and driver == VFIO and device.ids in DENIED:
        return denied()
    if device.is_bridge:
        return bridge(device)
    if device.sriov is not None and device.sriov.num_vfs:
        return pf_with_vfs(device.sriov.num_vfs)
    group = group_of(vfio, device)
    return None if vfio.noiommu or (group is not None and group.protects) else no_iommu(driver)


def group_of(vfio: Vfio, device: Device) -> Group | None:
    """Return the IOMMU group of a device."""
    return vfio.groups.get(device.iommu_group) if device.iommu_group is not None else None


def blockers(
    vfio: Vfio, device: Device, devices: Mapping[str, Device], planned: Mapping[str, str | None]
) -> list[Device]:
    """Return the other devices of a device's group that would keep it from being opened, with ``planned`` drivers."""
    group = group_of(vfio, device)
    found = _group.blockers(group, devices, planned) if group else []
    return [each for each in found if each.address != device.address]


def unsafe(vfio: Vfio, device: Device, regions_of_group: Iterable[Region]) -> list[Obstacle]:
    """Return why the kernel refuses a bound device to applications, whatever else is in its group."""
    group = group_of(vfio, device)
    if not device.answers:
        return [no_answer()] if drivers.is_vfio(device.driver) else []
    if group is None or not group.protects:
        return []
    found = [_reserved()] if any(each.type == _RMRR for each in regions_of_group) else []
    found += [_not_remapped()] if vfio.remapping is False and not vfio.unsafe_interrupts else []
    return found


def no_answer() -> Obstacle:
    """The configuration space reads as ones everywhere, as it does where nothing answers (PCI Express Base Specification)."""
    return Obstacle(
        "no_answer",
        "It does not answer: all of its configuration space reads ff.",
        (
            "Look whether the card has power and sits in its slot; reset it (reset below its directory in sysfs), or switch the "
            "host off and on.",
        ),
        EINVAL,
    )


def denied() -> Obstacle:
    """vfio_pci_is_denylisted in the kernel's drivers/vfio/pci/vfio_pci.c."""
    return Obstacle(
        "denylist",
        "It is on the denylist of vfio-pci (error -22), because of faults by which whoever has it can harm the host.",
        (
            "Use it with its kernel driver, or, where its user is trusted with the host, set disable_denylist of vfio-pci with "
            "dataplane.dpdk.vfio_module.",
        ),
        EINVAL,
    )


def bridge(device: Device) -> Obstacle:
    """vfio_pci_core_register_device asks for the header type NORMAL, whatever the class."""
    freed = "Take it from its driver (driver: none) where that one keeps its IOMMU group from being used."
    kept = "Leave the bridge alone: it does not keep its IOMMU group from being used."
    return Obstacle(
        "bridge",
        f"It is a bridge (header type {device.header_type}), and vfio-pci takes endpoints alone; without its own driver hot-plug "
        "and error reporting are lost.",
        (freed if _group.claims_dma(device.driver) else kept,),
        EINVAL,
    )


def pf_with_vfs(number: int | None = None) -> Obstacle:
    """vfio_pci_core_register_device asks for no VFs (pci_num_vf); ``number`` is None where nobody knows it."""
    return Obstacle(
        "pf_with_vfs",
        f"It has {f'{number} ' if number else ''}VFs; they would be lost, and vfio-pci refuses such a PF (-16, EBUSY).",
        ("Set the number of VFs to 0 first, with dataplane.dpdk.sriov_vfs.",),
        EBUSY,
    )


def no_iommu(driver: str = VFIO) -> Obstacle:
    """vfio_device_set_group: no group, and no-IOMMU mode is off."""
    return Obstacle(
        "no_iommu",
        f"It is in no IOMMU group, so {driver} would refuse it with error -22 (EINVAL).",
        ("Run dataplane.dpdk.iommu_check: it names the cause and the boot parameters for this platform.",),
        EINVAL,
    )


def not_viable(group: Group, others: Iterable[Device]) -> Obstacle:
    """Members of the group are on drivers that use its DMA themselves."""
    return Obstacle(
        "not_viable",
        f"IOMMU group {group.number} is not viable: it also holds {_group.listed(others)}.",
        (
            "Bind the other devices of the group as well (dpdk_bind with group_policy: bind_all), or leave them unbound; dpdk_info "
            "lists them as iommu_group_blockers.",
        ),
    )


def _reserved() -> Obstacle:
    return Obstacle(
        "reserved_memory",
        "The firmware reserves memory for it (RMRR), so the kernel refuses it to applications "
        "(Device is ineligible for IOMMU domain attach).",
        (
            "Turn off what uses that memory in the firmware setup, often a management or shared memory feature of the "
            "slot, or move the card to another slot.",
        ),
    )


def _not_remapped() -> Obstacle:
    """See vfio_iommu_type1_attach_group in the kernel's drivers/vfio/vfio_iommu_type1.c."""
    return Obstacle(
        "interrupts",
        "Interrupts are not remapped, so the kernel refuses it to applications.",
        ("Set allow_unsafe_interrupts of vfio_iommu_type1, if its user is trusted with the host.",),
    )
