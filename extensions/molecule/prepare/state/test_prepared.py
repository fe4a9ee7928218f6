# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine as the role leaves it, and as it must be after a reboot."""

from __future__ import annotations

import json

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://vfio-trixie"]

PCI = "/sys/bus/pci/devices"
DROP_IN = "/etc/default/grub.d/zz-dataplane-dpdk.cfg"


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("0000:01:00.0", "igb"),
        ("0000:01:10.0", "vfio-pci"),
        ("0000:02:00.0", "vfio-pci"),
        ("0000:00:04.0", "virtio-pci"),
    ],
)
def test_driver(host: Host, address: str, driver: str) -> None:
    assert host.check_output(f"basename $(readlink {PCI}/{address}/driver)") == driver


def test_second_vf_has_no_driver(host: Host) -> None:
    assert host.file(f"{PCI}/0000:01:10.2").exists
    assert not host.file(f"{PCI}/0000:01:10.2/driver").exists


def test_number_of_vfs(host: Host) -> None:
    assert host.file(f"{PCI}/0000:01:00.0/sriov_numvfs").content_string.strip() == "2"


def test_boot_parameters_are_booted(host: Host) -> None:
    tokens = host.file("/proc/cmdline").content_string.split()
    assert "intel_iommu=off" not in tokens
    assert [token for token in tokens if token.startswith(("intel_iommu", "iommu", "hugepage"))] == [
        "intel_iommu=on",
        "iommu=pt",
        "hugepagesz=2M",
        "hugepages=256",
    ]


def test_foreign_grub_file_is_untouched(host: Host) -> None:
    assert "intel_iommu=off" in host.file("/etc/default/grub").content_string


def test_recovery_entries_are_free_of_our_parameters(host: Host) -> None:
    lines = [line for line in host.file("/boot/grub/grub.cfg").content_string.splitlines() if "\tlinux\t" in line]
    recovery = [line for line in lines if " single" in line]
    assert recovery
    assert not [line for line in recovery if "hugepages" in line or "iommu=pt" in line]


def test_iommu_is_effective(host: Host) -> None:
    assert host.check_output("ls /sys/class/iommu") == "dmar0"
    assert host.file(f"{PCI}/0000:02:00.0/iommu_group").is_symlink


def test_hugepages(host: Host) -> None:
    assert host.file("/proc/sys/vm/nr_hugepages").content_string.strip() == "256"


def test_module_is_loaded_at_boot(host: Host) -> None:
    assert "vfio_pci" in host.file("/etc/modules-load.d/dataplane-dpdk-vfio_pci.conf").content_string.split()
    assert host.file("/sys/module/vfio_pci/initstate").exists


def test_what_was_there_first_is_recorded(host: Host) -> None:
    records = json.loads(host.file("/var/lib/dataplane-dpdk/devices.json").content_string)
    assert records["0000:02:00.0"]["binding"] == {"driver": "igb", "driver_override": None}
    assert records["0000:02:00.0"]["interface"] == "enp2s0"
    assert records["0000:01:00.0"]["vfs"] == {"num_vfs": 0, "drivers_autoprobe": True, "eswitch_mode": None}


def test_no_reboot_is_on_record(host: Host) -> None:
    assert not host.file("/var/lib/dataplane-dpdk/reboot.json").exists


def test_devbind_agrees(host: Host) -> None:
    status = host.check_output("dpdk-devbind.py --status-dev net").split("Network devices using kernel driver")[0]
    assert [line.split()[0] for line in status.splitlines() if line.startswith("0000:")] == [
        "0000:01:10.0",
        "0000:02:00.0",
    ]


def test_no_unit_failed(host: Host) -> None:
    assert host.check_output("systemctl list-units --state=failed --plain --no-legend") == ""
