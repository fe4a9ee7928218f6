# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the firmware reports of IOMMUs, in its ACPI tables, or in a device tree where it has none."""

from __future__ import annotations

import re
import struct

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

ACPI = "/sys/firmware/acpi"
TABLES = f"{ACPI}/tables"
# The table in which firmware reports each kind of IOMMU.
PLATFORMS = {"DMAR": "intel", "IVRS": "amd", "VIOT": "virtio", "IORT": "arm"}
_HEADER = 36
_INTR_REMAP = 1  # bit 0 of DMAR's flags (VT-d specification, DMA remapping reporting structure)
_SMMUS = (3, 4)  # the types of IORT's nodes for SMMU and SMMUv3 (Arm DEN0049)
# The kernel makes a platform device of each node of a device tree, whether it has a driver for it or not.
_TREE = "/proc/device-tree/compatible"
_PLATFORM_DEVICES = "/sys/bus/platform/devices"
# In a modalias a C is before each name that a node answers to: arm,smmu-v3, arm,mmu-500, qcom,sdm845-smmu-500 and others
# (the kernel's Documentation/devicetree/bindings/iommu/arm,smmu.yaml and arm,smmu-v3.yaml). ipmmu and sysmmu are others' units.
_SMMU_ALIAS = re.compile(r"C[^C,]+,(?:[^C]*-)?s?mmu-v?[0-9]")


@dataclass(frozen=True)
class Firmware:
    """The kind of IOMMU (intel, amd, virtio, arm, None), and whether it can remap interrupts (None: not said).

    ``acpi`` is False where there are no tables at all: in a container, or where a device tree (``tree``)
    describes the hardware.
    """

    platform: str | None
    acpi: bool
    remaps_interrupts: bool | None
    tree: bool = False


def read(host: Host) -> Firmware:
    """Read the tables, or the device tree."""
    tables = host.names(TABLES)
    kinds = [kind for table, kind in PLATFORMS.items() if table in tables and _counts(host, table)]
    flags = (host.read_bytes(f"{TABLES}/DMAR", _HEADER + 2) or b"")[_HEADER + 1 :] if "DMAR" in tables else b""
    acpi = host.exists(ACPI)
    if not acpi and _device_tree_has_smmu(host):
        kinds = ["arm"]
    return Firmware(
        platform=kinds[0] if kinds else None,
        acpi=acpi,
        remaps_interrupts=bool(flags[0] & _INTR_REMAP) if flags else None,
        tree=not acpi and host.exists(_TREE),
    )


def _counts(host: Host, table: str) -> bool:
    """Whether a table reports an IOMMU; IORT is there without one too, for the interrupt controller."""
    return table != "IORT" or _has_smmu(host.read_bytes(f"{TABLES}/{table}") or b"")


def _device_tree_has_smmu(host: Host) -> bool:
    nodes = [name for name in host.names(_PLATFORM_DEVICES) if "mmu" in name]
    return any(_SMMU_ALIAS.search(host.attr(f"{_PLATFORM_DEVICES}/{node}/modalias") or "") for node in nodes)


def _has_smmu(table: bytes) -> bool:
    if len(table) < _HEADER + 8:
        return False
    count, place = struct.unpack_from("<II", table, _HEADER)
    for _node in range(min(count, len(table))):
        if place + 3 > len(table):
            return False
        kind, length = struct.unpack_from("<BH", table, place)
        if kind in _SMMUS:
            return True
        place += max(length, 1)
    return False
