# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.plugins.modules import iommu_check
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT


@pytest.mark.parametrize("check", [True, False])
def test_an_active_iommu(host: FakeHost, check: bool) -> None:
    seen = call(iommu_check.main, host, {"devices": ["enp1s0"]}, check)
    assert seen["changed"] is False
    assert (seen["verdict"], seen["effective"], seen["platform"]) == ("active", True, "intel")
    (device,) = seen["devices"]
    assert (device["address"], device["protected"], device["refusal"]) == (PF, True, None)
    assert (seen["met"], seen["interrupt_remapping"], seen["explanations"]) == (True, True, [])
    assert seen["kernel_args"]["present"] == ["intel_iommu=on"]
    assert host.writes == []


def test_no_iommu_is_a_failure_that_reports_all(bare_host: FakeHost) -> None:
    failed = call(iommu_check.main, bare_host, {})
    assert failed["failed"]
    assert "The IOMMU is not as required (effective): its verdict is vm_no_viommu." in failed["msg"]
    assert "Give the virtual machine an IOMMU" in failed["remedy"][0]
    assert (failed["verdict"], failed["effective"], failed["devices"]) == ("vm_no_viommu", False, [])
    assert failed["causes"]


def test_no_iommu_may_be_only_reported(bare_host: FakeHost) -> None:
    seen = call(iommu_check.main, bare_host, {"fail": False, "devices": [PF]})
    assert seen.get("failed") is not True
    assert seen["remedies"] == seen["remedy"] != []
    assert seen["devices"][0]["protected"] is False


def test_a_device_without_group_is_a_failure(host: FakeHost) -> None:
    host.pci.leave_group(host.pci.functions[PF])
    failed = call(iommu_check.main, host, {"devices": [PF]})
    assert f"{PF}: vfio-pci would refuse it (error -22). It is in no IOMMU group" in failed["msg"]
    assert failed["remedy"] == ["Move the card to a slot behind an IOMMU."]


def test_what_is_required_decides_about_the_boot_parameters(host: FakeHost) -> None:
    failed = call(iommu_check.main, host, {"require": "passthrough"})
    assert "not as required (passthrough): its verdict is active." in failed["msg"]
    assert failed["remedy"] == ["Add iommu=pt to the kernel command line and reboot."]
    assert failed["kernel_args"] == {
        "present": ["intel_iommu=on", "iommu=pt"],
        "absent": ["intel_iommu=off", "iommu=off", "iommu=nopt", "iommu.passthrough=0"],
    }


def test_a_bind_that_failed_is_explained(bare_host: FakeHost) -> None:
    bare_host.modules.load("vfio_pci")
    with contextlib.suppress(HostError):
        driver.move(bare_host, PF, "vfio-pci")
    seen = call(iommu_check.main, bare_host, {"devices": [PF], "fail": False})
    (explained,) = seen["explanations"]
    assert (explained["address"], explained["error"], explained["cause"]) == (PF, -22, "no_iommu")
    assert "virtual machine without a virtual IOMMU" in explained["reason"]
    assert explained["remedies"]
    assert call(iommu_check.main, bare_host, {"fail": False})["explanations"] == []


def test_a_log_is_explained(host: FakeHost) -> None:
    log = "[1.0] vfio-pci 0000:77:00.0: probe with driver vfio-pci failed with error -22\n"
    seen = call(iommu_check.main, host, {"kernel_log": log})
    assert [each["address"] for each in seen["explanations"]] == ["0000:77:00.0"]


def test_a_device_that_is_not_there(host: FakeHost) -> None:
    assert "No device matches" in call(iommu_check.main, host, {"devices": ["enp9s0"]})["msg"]


def test_each_problem_of_a_device_comes_with_its_remedy(host: FakeHost) -> None:
    host.tree.write("/sys/kernel/iommu_groups/2/reserved_regions", "0x0 0xffffff direct\n")
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    failed = call(iommu_check.main, host, {"devices": [PF]})
    memory, interrupts = failed["problems"]
    assert memory["problem"].startswith(f"{PF}: The firmware reserves memory for it (RMRR)")
    assert interrupts["problem"] == f"{PF}: Interrupts are not remapped, so the kernel refuses it to applications."
    assert failed["remedy"] == [*memory["remedy"], *interrupts["remedy"]]
    assert failed["devices"][0]["remedies"] == failed["remedy"]


def test_an_entry_that_names_no_device_is_refused_before_the_host_is_read(host: FakeHost) -> None:
    assert "5 names no device." in call(iommu_check.main, host, {"devices": [5]})["msg"]
    assert host.commands == []


# ports of the VMBus, which have no IOMMU group by nature


def test_a_port_of_the_vmbus_beside_an_iommu(tmp_path: Path) -> None:
    guest = hyperv_guest(tmp_path)
    seen = call(iommu_check.main, guest, {"devices": ["eth1"]})
    (device,) = seen["devices"]
    assert (device["address"], device["protected"], device["iommu_group"]) == (PORT, False, None)
    assert (device["refusal"], device["problems"], device["remedies"]) == (None, [], [])
    assert "on the VMBus of Hyper-V" in device["note"]
    assert "uio_hv_generic hands it to an application" in device["note"]


def test_a_port_of_the_vmbus_without_iommu(tmp_path: Path) -> None:
    guest = hyperv_guest(tmp_path, iommu=False)
    failed = call(iommu_check.main, guest, {"devices": ["eth1"]})
    assert failed["msg"].startswith("The IOMMU is not as required (effective): its verdict is vm_no_viommu.")
    assert PORT not in failed["msg"]
    for require, devices in (("off_or_passthrough", ["eth1"]), ("off_or_passthrough", ["eth1", PF])):
        assert not call(iommu_check.main, guest, {"require": require, "devices": devices}).get("failed")


def test_only_the_pci_device_of_a_guest_is_complained_about(tmp_path: Path) -> None:
    guest = hyperv_guest(tmp_path)
    guest.pci.leave_group(guest.pci.functions[PF])
    failed = call(iommu_check.main, guest, {"devices": ["eth1", PF]})
    assert [each["problem"][: len(PF)] for each in failed["problems"]] == [PF]
    assert PORT not in failed["msg"]
