# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host has of an IOMMU, and the devices that a task names.

The facts are what the kernel has set up (/sys/class/iommu, IOMMU groups) and what may explain why that is not all.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import (
    cmdline,
    config,
    firmware,
    log,
    vfio,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.firmware import Firmware
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import handover, inventory, record, selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Region, Vfio

# The option of the kernel's configuration that builds the driver of each kind of IOMMU.
OPTIONS = {"intel": "INTEL_IOMMU", "amd": "AMD_IOMMU", "virtio": "VIRTIO_IOMMU", "arm": "ARM_SMMU_V3"}
# MGAW, bits 16 to 21 of VT-d's capability register, holds the width less one.
_MGAW_SHIFT, _MGAW_MASK = 16, 0x3F

# Only kernels for x86 have it (Documentation/ABI/testing/sysfs-kernel-boot_params).
X86 = "/sys/kernel/boot_params"


@dataclass(frozen=True)
class Facts:
    """All that the verdict rests on; ``remapping`` is None where nothing shows whether interrupts are remapped.

    ``hypervisor`` is whether this is a virtual machine, and False where IOMMU groups make that no question; ``log`` is the
    kernel's where it has no IOMMU groups: it may say why.
    """

    units: tuple[str, ...]
    class_exists: bool
    groups: dict[int, Group]
    firmware: Firmware
    tokens: tuple[str, ...]
    options: dict[str, str]
    config_path: str | None
    hypervisor: bool
    noiommu: bool
    remapping: bool | None
    unsafe_interrupts: bool
    log: tuple[str, ...]
    x86: bool = False

    @property
    def platform(self) -> str | None:
        """The kind of IOMMU that the firmware reports."""
        return self.firmware.platform

    def vfio(self, denylist: bool) -> Vfio:
        """Return what decides about all devices."""
        return Vfio(self.groups, self.noiommu, denylist, self.remapping, self.unsafe_interrupts)


@dataclass(frozen=True)
class Have:
    """The facts of a host; its devices by address, and those that the task names.

    ``regions`` are those of the named devices' groups, ``widths`` how many bits of an address their IOMMU translates.
    ``denylist`` is whether vfio-pci denies devices; ``log`` is the kernel's, where the task names devices and no log.
    """

    facts: Facts
    devices: Mapping[str, Device]
    named: tuple[Device, ...]
    regions: Mapping[int, tuple[Region, ...]]
    widths: Mapping[str, int | None]
    denylist: bool
    log: tuple[str, ...] = ()


def read(host: Host, want: Want) -> Have:
    """Read the host; raise HostError where it lacks a device that the task names."""
    devices = inventory.scan(host) if want.devices or want.log else {}
    records = record.parse(host.read(record.PATH)) if want.devices else {}
    named = tuple(found for each in want.devices for found in selector.find_all(devices, records, each))
    return Have(
        facts=facts(host),
        devices=devices,
        named=named,
        regions={
            each.iommu_group: handover.regions(host, each.iommu_group) for each in named if each.iommu_group is not None
        },
        widths={each.address: _width(host, each) for each in named},
        denylist=vfio.denylist_in_force(host),
        log=log.lines(host) if named and want.log is None else (),
    )


def facts(host: Host) -> Facts:
    """Gather the facts about the IOMMU."""
    kernel = config.read(host)
    groups = {number: group for number, group in _group.scan(host).items() if group.protects}
    return Facts(
        units=tuple(host.names("/sys/class/iommu")),
        class_exists=host.exists("/sys/class/iommu"),
        groups=groups,
        firmware=firmware.read(host),
        tokens=cmdline.parse(host.attr("/proc/cmdline") or ""),
        options={name: kernel.get(name) or "" for name in OPTIONS.values()},
        config_path=kernel.path,
        hypervisor=not groups and _is_virtual(host),
        noiommu=vfio.noiommu_enabled(host),
        remapping=vfio.interrupts_remapped(host),
        unsafe_interrupts=vfio.unsafe_interrupts_allowed(host),
        log=() if groups else log.lines(host),
        x86=host.exists(X86),
    )


def _is_virtual(host: Host) -> bool:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import machine

    return machine.is_virtual(host)


def _width(host: Host, device: Device) -> int | None:
    """Return how many bits of an address the device's IOMMU translates; only VT-d says so."""
    text = host.attr(f"{_device.home(device.address)}/iommu/intel-iommu/cap")
    try:
        return ((int(text or "", 16) >> _MGAW_SHIFT) & _MGAW_MASK) + 1
    except ValueError:
        return None
