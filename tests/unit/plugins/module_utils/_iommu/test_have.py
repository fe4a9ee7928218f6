# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Region
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost

REGIONS = "/sys/kernel/iommu_groups/2/reserved_regions"


def want(*devices: str) -> Want:
    return Want("effective", tuple(map(Selector, devices)))


# facts


@pytest.mark.parametrize("vendor", ["QEMU", "VMware, Inc."])
def test_an_emulator_is_known_by_its_name(bare_host: FakeHost, vendor: str) -> None:
    bare_host.tree.write("/proc/cpuinfo", "")
    assert not have.facts(bare_host).hypervisor
    bare_host.tree.write("/sys/class/dmi/id/sys_vendor", f"{vendor}\n")
    assert have.facts(bare_host).hypervisor


def test_facts(host: FakeHost) -> None:
    host.tree.write(f"/boot/config-{RELEASE}", "CONFIG_INTEL_IOMMU=y\n# CONFIG_AMD_IOMMU is not set\n")
    host.tree.write("/proc/cpuinfo", "flags: fpu\n")
    seen = have.facts(host)
    assert (seen.units, seen.class_exists, seen.hypervisor) == (("dmar0",), True, False)
    assert (seen.options["INTEL_IOMMU"], seen.options["AMD_IOMMU"]) == ("y", "n")
    assert seen.config_path == f"/boot/config-{RELEASE}"
    assert "quiet" in seen.tokens


def test_xen_is_a_hypervisor(bare_host: FakeHost) -> None:
    bare_host.tree.write("/proc/cpuinfo", "")
    bare_host.tree.write("/sys/hypervisor/type", "xen\n")
    assert have.facts(bare_host).hypervisor


def test_where_there_are_groups_nobody_asks_for_a_hypervisor(host: FakeHost) -> None:
    assert not have.facts(host).hypervisor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" 2: 0 IR-IO-APIC 2-edge timer", True),
        ("27: 5 IR-PCI-MSIX-0000:00:04.0 0-edge virtio1-config", True),
        (" 2: 0 IO-APIC 2-edge timer\n24: 0 PCI-MSIX-0000:00:10.0 0-edge PCIe PME", False),
        ("24: 0 DMAR-MSI 0-edge dmar0\n 2: 0 IO-APIC 2-edge timer", False),
        ("48: 0 ITS-MSI 16384 Edge PCIe PME", True),
        ("12: 0 GICv2 34 Level timer", None),
        ("", None),
    ],
)
def test_the_controllers_show_whether_interrupts_are_remapped(host: FakeHost, text: str, expected: bool | None) -> None:
    host.tree.write("/proc/interrupts", text)
    assert have.facts(host).remapping is expected


# devices


def test_the_devices_of_a_task(host: FakeHost) -> None:
    host.tree.write(REGIONS, "0x0 0xffffff direct\n0x00000000fee00000 0x00000000feefffff msi\nnonsense\n")
    host.tree.write(f"/sys/bus/pci/devices/{PF}/iommu/intel-iommu/cap", "d2008c222f0686\n")
    seen = have.read(host, want("enp2s0", PF))
    assert [each.address for each in seen.named] == [OTHER, PF]
    assert seen.regions == {
        3: (),
        2: (Region("0x0", "0xffffff", "direct"), Region("0x00000000fee00000", "0x00000000feefffff", "msi")),
    }
    assert seen.widths == {OTHER: None, PF: 48}
    assert seen.denylist


@pytest.mark.parametrize("cap", ["", "not a number"])
def test_a_width_that_nothing_shows(host: FakeHost, cap: str) -> None:
    host.tree.write(f"/sys/bus/pci/devices/{PF}/iommu/intel-iommu/cap", cap)
    assert have.read(host, want(PF)).widths == {PF: None}


def test_a_port_that_was_bound_is_found_by_its_record(host: FakeHost) -> None:
    host.write_file(record.PATH, record.render({PF: record.Record("enp1s0", "52:54:00:00:01:00")}))
    driver.unbind(host, PF)
    assert [each.address for each in have.read(host, want("enp1s0")).named] == [PF]


def test_a_device_that_is_not_there(host: FakeHost) -> None:
    with pytest.raises(HostError, match="matches 'enp9s0'"):
        have.read(host, want("enp9s0"))


def test_no_device_is_read_where_none_is_asked_for(host: FakeHost) -> None:
    assert have.read(host, want()).devices == {}
    assert PF in have.read(host, Want("effective", log=("a line",))).devices


# the kernel log


def test_the_log_is_read_only_where_it_can_explain_something(host: FakeHost, bare_host: FakeHost) -> None:
    for each in (host, bare_host):
        each.kernel_log.append("news")
    assert (have.read(host, want()).log, have.facts(host).log) == ((), ())
    assert host.commands == []
    assert "news" in "".join(have.read(host, want(PF)).log)
    assert have.read(host, Want("effective", (Selector(PF),), log=("a line",))).log == ()
    assert "news" in "".join(have.facts(bare_host).log)
