# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine whose SMMU is in the ACPI tables, by other means than the modules'."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://arm64-acpi"]


def test_it_is_arm64_with_acpi(host: Host) -> None:
    assert host.check_output("uname -m") == "aarch64"
    assert host.file("/sys/firmware/acpi/tables/IORT").exists


def test_the_kernel_drives_one_smmu(host: Host) -> None:
    assert host.check_output("ls /sys/class/iommu").startswith("smmu3.0x")


def test_pf_and_vf_are_apart(host: Host) -> None:
    groups = [
        host.check_output(f"basename $(readlink /sys/bus/pci/devices/{each}/iommu_group)")
        for each in ("0000:00:10.0", "0000:01:00.0", "0000:01:10.0")
    ]
    assert len(set(groups)) == 3


def test_vf_is_bound_beside_its_pf(host: Host) -> None:
    drivers = (
        "basename -a $(readlink /sys/bus/pci/devices/0000:01:00.0/driver /sys/bus/pci/devices/0000:01:10.0/driver)"
    )
    assert host.check_output(drivers).split() == ["igb", "vfio-pci"]


def test_boot_parameters_are_those_of_qemu(host: Host) -> None:
    assert "iommu" not in host.check_output("cat /proc/cmdline")
