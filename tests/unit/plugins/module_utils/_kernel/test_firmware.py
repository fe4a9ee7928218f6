# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import struct

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import firmware
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from hypothesis import given, settings
from hypothesis import strategies as st


def iort(*kinds: int) -> bytes:
    """Return a table with nodes of these types, 16 bytes each."""
    nodes = b"".join(struct.pack("<BH", kind, 16).ljust(16, b"\0") for kind in kinds)
    return b"IORT".ljust(36, b"\0") + struct.pack("<III", len(kinds), 48, 0) + nodes


@pytest.mark.parametrize(
    ("table", "platform"), [("DMAR", "intel"), ("IVRS", "amd"), ("VIOT", "virtio"), ("FACP", None)]
)
def test_a_table_shows_the_platform(bare_host: FakeHost, table: str, platform: str | None) -> None:
    bare_host.tree.write(f"{firmware.TABLES}/{table}", "")
    assert firmware.read(bare_host).platform == platform


@pytest.mark.parametrize(
    ("data", "platform"),
    [
        (iort(0, 2, 4), "arm"),
        (iort(3), "arm"),
        (iort(0, 2), None),
        (iort(), None),
        (iort(0, 4)[:50], None),
        (b"IORT", None),
    ],
)
def test_an_iort_without_smmu_is_none(bare_host: FakeHost, data: bytes, platform: str | None) -> None:
    bare_host.tree.write_bytes(f"{firmware.TABLES}/IORT", data)
    assert firmware.read(bare_host).platform == platform


@pytest.mark.parametrize(("flags", "expected"), [(b"\x01", True), (b"\x06", False), (b"", None)])
def test_dmar_reports_interrupt_remapping(host: FakeHost, flags: bytes, expected: bool | None) -> None:
    host.tree.write_bytes(f"{firmware.TABLES}/DMAR", b"DMAR".ljust(36, b"\0") + b"\x2f" + flags)
    assert firmware.read(host).remaps_interrupts is expected


def test_a_machine_without_acpi(bare_host: FakeHost) -> None:
    assert firmware.read(bare_host).acpi
    bare_host.tree.remove(firmware.ACPI)
    assert not firmware.read(bare_host).acpi


@pytest.mark.parametrize(
    ("node", "names", "platform"),
    [
        ("9050000.smmuv3", "Carm,smmu-v3", "arm"),
        ("fd800000.smmu", "Carm,mmu-500", "arm"),
        ("15000000.iommu", "Cqcom,sdm845-smmu-500Carm,mmu-500", "arm"),
        ("15000000.iommu", "Cqcom,sdm845-smmu-500", "arm"),
        ("fd280000.mmu", "Crenesas,ipmmu-vmsa", None),
        ("fd900000.iommu", "Crockchip,iommu", None),
        ("9010000.pl031", "Carm,pl031Carm,primecell", None),
        ("9050000.smmuv3", None, None),
    ],
)
def test_a_device_tree_shows_an_smmu(bare_host: FakeHost, node: str, names: str | None, platform: str | None) -> None:
    bare_host.tree.remove(firmware.ACPI)
    bare_host.tree.mkdir(f"/sys/bus/platform/devices/{node}")
    if names:
        bare_host.tree.write(f"/sys/bus/platform/devices/{node}/modalias", f"of:NsmmuT(null){names}\n")
    assert firmware.read(bare_host) == firmware.Firmware(platform, acpi=False, remaps_interrupts=None)


def test_acpi_is_believed_before_a_device_tree(bare_host: FakeHost) -> None:
    bare_host.tree.write("/sys/bus/platform/devices/9050000.smmuv3/modalias", "of:Nsmmuv3T(null)Carm,smmu-v3\n")
    assert firmware.read(bare_host).platform is None


@given(st.binary(max_size=80))
@settings(max_examples=60)
def test_any_table_gives_an_answer(bare_host: FakeHost, data: bytes) -> None:
    bare_host.tree.write_bytes(f"{firmware.TABLES}/IORT", b"IORT".ljust(36, b"\0") + data)
    bare_host.tree.write_bytes(f"{firmware.TABLES}/DMAR", data)
    assert firmware.read(bare_host).platform == "intel"
