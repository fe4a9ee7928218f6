# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of VFIO's modules that decide what binds and what opens: live parameters, read from sysfs."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_PARAMETERS = "/sys/module/{}/parameters/{}"
NOIOMMU = _PARAMETERS.format("vfio", "enable_unsafe_noiommu_mode")
UNSAFE_INTERRUPTS = _PARAMETERS.format("vfio_iommu_type1", "allow_unsafe_interrupts")
DMA_ENTRY_LIMIT = _PARAMETERS.format("vfio_iommu_type1", "dma_entry_limit")
ENABLE_SRIOV = _PARAMETERS.format("vfio_pci", "enable_sriov")
DISABLE_DENYLIST = _PARAMETERS.format("vfio_pci", "disable_denylist")


def noiommu_enabled(host: Host) -> bool:
    """Whether vfio takes devices that have no IOMMU group."""
    return _is_set(host, NOIOMMU)


def unsafe_interrupts_allowed(host: Host) -> bool:
    """Whether VFIO works where interrupts are not remapped."""
    return _is_set(host, UNSAFE_INTERRUPTS)


def sriov_enabled(host: Host) -> bool:
    """Whether a PF on vfio-pci may have VFs."""
    return _is_set(host, ENABLE_SRIOV)


def denylist_in_force(host: Host) -> bool:
    """Whether vfio-pci denies devices; it does unless it was told otherwise when it was loaded."""
    return not _is_set(host, DISABLE_DENYLIST)


def interrupts_remapped(host: Host) -> bool | None:
    """Return whether interrupts are remapped, by the names of the interrupt controllers; None where nothing shows it.

    IR- on x86 and the ITS on Arm remap, PCI-MSI alone does not. On large machines /proc/interrupts has megabytes.
    """
    interrupts = host.attr("/proc/interrupts") or ""
    if "IR-PCI-MSI" in interrupts or "IR-IO-APIC" in interrupts or "ITS-" in interrupts:
        return True
    return False if "IO-APIC" in interrupts else None


def _is_set(host: Host, parameter: str) -> bool:
    return (host.attr(parameter) or "N").upper() in ("Y", "1")
