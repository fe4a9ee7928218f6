# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guests of arm64, whose processors report no hypervisor, and the bare metal that looks like them."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import machine
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

ARM = "Features\t: fp asimd evtstrm aes\n"
BIOS = "/sys/firmware/dmi/entries/0-0/raw"


@pytest.fixture
def arm(host: FakeHost) -> FakeHost:
    host.tree.write("/proc/cpuinfo", ARM)
    return host


def named(host: FakeHost, vendor: str, product: str) -> bool:
    host.tree.write("/sys/class/dmi/id/sys_vendor", f"{vendor}\n")
    host.tree.write("/sys/class/dmi/id/product_name", f"{product}\n")
    return machine.is_virtual(host)


@pytest.mark.parametrize(
    ("vendor", "product", "virtual"),
    [
        ("Amazon EC2", "m7g.large", True),
        ("Amazon EC2", "m7g.metal", False),
        ("Amazon EC2", "c8g.metal-24xl", False),
        ("Google", "Google Compute Engine", True),
        ("Microsoft Corporation", "Virtual Machine", True),
        ("Microsoft Corporation", "Surface Pro X", False),
        ("OpenStack Foundation", "OpenStack Nova", True),
        ("Red Hat", "OpenStack Compute", True),
        ("KubeVirt", "None", True),
        ("Red Hat", "KubeVirt", True),
        ("Nutanix", "AHV", True),
        ("Nutanix", "NX-3060-G7", False),
        ("Hetzner", "vServer", True),
        ("Parallels International GmbH.", "Parallels ARM Virtual Machine", True),
        ("Apple Inc.", "Apple Virtualization Generic Platform", True),
        ("QEMU", "KVM Virtual Machine", True),
        ("VMware, Inc.", "VMware20,1", True),
        ("innotek GmbH", "VirtualBox", True),
        ("Alibaba Cloud", "Alibaba Cloud ECS", True),
        ("Ampere(R)", "Mt. Jade", False),
        ("HPE", "ProLiant RL300 Gen11", False),
        ("GIGABYTE", "R272-P30-JG", False),
        ("", "", False),
    ],
)
def test_a_guest_is_known_by_its_names(arm: FakeHost, vendor: str, product: str, virtual: bool) -> None:
    assert named(arm, vendor, product) is virtual


@pytest.mark.parametrize(("bits", "virtual"), [(0x1C, True), (0x0C, False)])
def test_the_firmware_says_what_amazon_calls_alike(arm: FakeHost, bits: int, virtual: bool) -> None:
    arm.tree.write_bytes(BIOS, bytes(0x13) + bytes([bits]) + bytes(4))
    assert named(arm, "Amazon EC2", "unknown") is virtual


def test_the_firmware_says_that_metal_is_none(arm: FakeHost) -> None:
    arm.tree.write_bytes(BIOS, bytes(0x13) + b"\x10")
    assert named(arm, "Somebody", "metal"), "what the firmware says counts more than a name"


def test_a_hypervisor_that_acpi_names(arm: FakeHost) -> None:
    arm.tree.write_bytes("/sys/firmware/acpi/tables/FACP", bytes(276))
    assert not named(arm, "Somebody", "Something")
    arm.tree.write_bytes("/sys/firmware/acpi/tables/FACP", bytes(268) + b"MsHyperV")
    assert machine.is_virtual(arm)


def test_a_hypervisor_that_the_device_tree_names(arm: FakeHost) -> None:
    assert not machine.is_virtual(arm)
    arm.tree.mkdir("/proc/device-tree/hypervisor")
    assert machine.is_virtual(arm)


@pytest.mark.parametrize(("answer", "virtual"), [((0, "kvm\n", ""), True), ((1, "none\n", ""), False)])
def test_systemd_knows_others(arm: FakeHost, answer: tuple[int, str, str], virtual: bool) -> None:
    arm.answers["systemd-detect-virt"] = answer
    assert not machine.is_virtual(arm), "it is not there"
    arm.tree.write("/usr/bin/systemd-detect-virt", "")
    assert machine.is_virtual(arm) is virtual
    assert arm.commands[-1] == ("systemd-detect-virt", "--vm")


def test_a_processor_of_x86_reports_it(host: FakeHost) -> None:
    assert machine.is_virtual(host)
    assert host.commands == []
