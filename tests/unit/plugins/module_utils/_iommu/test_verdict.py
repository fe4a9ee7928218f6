# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import verdict as iommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.have import Facts
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.firmware import Firmware
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Parameter
from hypothesis import given
from hypothesis import strategies as st

IDENTITY = {1: Group(1, None, "identity", (PF,))}
TRANSLATING = {1: Group(1, None, "DMA", (PF,))}


def facts(platform: str | None = "intel", acpi: bool = True, **more: Any) -> Facts:
    """A bare metal host with an Intel IOMMU that is off, unless said otherwise."""
    known: dict[str, Any] = {
        "units": (),
        "class_exists": True,
        "groups": {},
        "firmware": Firmware(platform, acpi, True),
        "tokens": (),
        "options": {},
        "config_path": "/boot/config",
        "hypervisor": False,
        "noiommu": False,
        "remapping": True,
        "unsafe_interrupts": False,
        "log": (),
    }
    return Facts(**{**known, **more})


def test_an_active_iommu(host: FakeHost) -> None:
    verdict = iommu.judge(have.facts(host))
    assert (verdict.name, verdict.effective, verdict.remedies) == ("active", True, ())
    assert verdict.causes == ("The kernel drives dmar0 and has 4 IOMMU groups.",)


def test_groups_alone_are_proof(host: FakeHost) -> None:
    host.tree.remove("/sys/class/iommu/dmar0")  # as on older POWER
    verdict = iommu.judge(have.facts(host))
    assert (verdict.name, verdict.effective) == ("active", True)


def test_identity_domains_are_fine(host: FakeHost) -> None:
    for number in range(4):
        host.tree.write(f"/sys/kernel/iommu_groups/{number}/type", "identity\n")
    verdict = iommu.judge(have.facts(host))
    assert (verdict.name, verdict.effective) == ("passthrough", True)


def test_a_virtual_machine_without_iommu(bare_host: FakeHost) -> None:
    verdict = iommu.judge(have.facts(bare_host))
    assert (verdict.name, verdict.effective) == ("vm_no_viommu", False)
    assert "virtual machine without a virtual IOMMU" in verdict.causes[0]
    assert "Give the virtual machine an IOMMU" in verdict.remedies[0]


@pytest.mark.parametrize(("product", "name"), [("m7g.large", "vm_no_viommu"), ("m7g.metal", "firmware_absent")])
def test_a_guest_of_arm64_has_no_firmware_setup(bare_host: FakeHost, product: str, name: str) -> None:
    bare_host.tree.write("/proc/cpuinfo", "Features\t: fp asimd\n")
    bare_host.tree.write("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n")
    bare_host.tree.write("/sys/class/dmi/id/product_name", f"{product}\n")
    assert iommu.judge(have.facts(bare_host)).name == name


@pytest.mark.parametrize(
    ("known", "name", "cause", "remedy"),
    [
        (
            {},
            "supported_but_not_enabled",
            "The firmware offers Intel VT-d, but the kernel has no IOMMU groups.",
            "Add intel_iommu=on to the kernel command line and reboot.",
        ),
        (
            {"platform": "amd"},
            "supported_but_not_enabled",
            "The firmware offers AMD-Vi",
            "Look into the kernel log for messages of the AMD-Vi driver; no boot parameter is missing.",
        ),
        (
            {"tokens": ("intel_iommu=on",), "log": ("[0.1] x", "[0.2] DMAR: failed", "[0.3] y")},
            "supported_but_not_enabled",
            "The kernel said: [0.2] DMAR: failed.",
            "no boot parameter is missing",
        ),
        (
            {"platform": None, "acpi": False},
            "unknown",
            "There are no ACPI tables to ask",
            "not in a container",
        ),
        (
            {"platform": None, "hypervisor": True},
            "vm_no_viommu",
            "none in the ACPI tables",
            "Give the virtual machine an IOMMU",
        ),
        (
            {"firmware": Firmware(None, False, None, tree=True), "hypervisor": True},
            "vm_no_viommu",
            "none in the device tree",
            "on arm64 -machine virt,iommu=smmuv3",
        ),
        (
            {"tokens": ("intel_iommu=on,sm_on",)},
            "supported_but_not_enabled",
            "The firmware offers Intel VT-d",
            "no boot parameter is missing",
        ),
        (
            {"platform": "amd", "tokens": ("intel_iommu=off", "amd_iommu=off")},
            "off_by_cmdline",
            "AMD-Vi was turned off by the boot parameter amd_iommu=off.",
            "Remove amd_iommu=off from",
        ),
        (
            {"platform": None},
            "firmware_absent",
            "The firmware reports no IOMMU: none in the ACPI tables (DMAR, IVRS, VIOT, IORT).",
            "Enable the IOMMU in the firmware setup: VT-d (Intel)",
        ),
        (
            {"class_exists": False},
            "kernel_unsupported",
            "/sys/class/iommu is missing",
            "Boot a kernel with CONFIG_IOMMU_API",
        ),
        (
            {"options": {"INTEL_IOMMU": "n"}},
            "kernel_unsupported",
            "CONFIG_INTEL_IOMMU is not set in /boot/config.",
            "Boot a kernel built with CONFIG_INTEL_IOMMU.",
        ),
        (
            {"tokens": ("quiet", "intel_iommu=off")},
            "off_by_cmdline",
            "Intel VT-d was turned off by the boot parameter intel_iommu=off.",
            "Remove intel_iommu=off from the kernel command line, add intel_iommu=on and reboot.",
        ),
        (
            {"tokens": ("intel_iommu=on", "iommu=pt,off")},
            "off_by_cmdline",
            "the boot parameter iommu=pt,off.",
            "Remove iommu=pt,off from",
        ),
        (
            {"platform": "amd", "tokens": ("amd_iommu=off",)},
            "off_by_cmdline",
            "AMD-Vi was turned off by the boot parameter amd_iommu=off.",
            "Remove amd_iommu=off from the kernel command line and reboot.",
        ),
        (
            {"noiommu": True},
            "noiommu",
            "vfio runs in no-IOMMU mode",
            "Turn no-IOMMU mode off once the host has an IOMMU.",
        ),
    ],
)
def test_why_it_is_off_and_what_to_do(known: dict[str, Any], name: str, cause: str, remedy: str) -> None:
    verdict = iommu.judge(facts(**known))
    assert (verdict.name, verdict.effective) == (name, False)
    assert cause in " ".join(verdict.causes)
    assert remedy in " ".join(verdict.remedies)


@pytest.mark.parametrize("tokens", [("intel_iommu=on",), ("iommu=pt",), ("quiet", "--", "iommu=off"), ("xiommu=off",)])
def test_the_command_line_alone_turns_nothing_on_or_off(tokens: tuple[str, ...]) -> None:
    assert iommu.judge(facts(tokens=tokens)).name == "supported_but_not_enabled"


def test_a_group_of_noiommu_mode_is_no_protection(bare_host: FakeHost) -> None:
    bare_host.tree.mkdir("/sys/class/iommu/dmar0")
    bare_host.pci.join_group(bare_host.pci.functions[PF], 0, "vfio-noiommu")
    bare_host.modules.known["vfio"].parameters["enable_unsafe_noiommu_mode"] = Parameter("Y")
    bare_host.modules.load("vfio")
    seen = have.facts(bare_host)
    assert seen.noiommu
    assert iommu.judge(seen).name == "noiommu"


# interrupts


@pytest.mark.parametrize("groups", [IDENTITY, TRANSLATING])
def test_the_refusal_without_interrupt_remapping_is_predicted(groups: dict[int, Group]) -> None:
    verdict = iommu.judge(facts(groups=groups, remapping=False))
    assert verdict.effective
    assert "every application is refused (No interrupt remapping support" in verdict.causes[1]
    assert "Set allow_unsafe_interrupts of vfio_iommu_type1" in verdict.remedies[0]
    assert "Its price: whoever has a device can send any interrupt to the host" in verdict.remedies[0]


def test_what_turned_interrupt_remapping_off_is_named_first() -> None:
    off = Firmware("intel", True, False)
    verdict = iommu.judge(facts(groups=TRANSLATING, remapping=False, firmware=off, tokens=("intremap=off",)))
    assert verdict.remedies[0] == "Remove intremap=off from the kernel command line and reboot."
    assert "in the firmware setup" in verdict.remedies[1]


def test_a_price_that_is_paid_is_still_named() -> None:
    verdict = iommu.judge(facts(groups=TRANSLATING, remapping=False, unsafe_interrupts=True))
    assert "allow_unsafe_interrupts is set: whoever has a device" in verdict.causes[1]
    assert verdict.remedies == ()


def test_where_nothing_shows_it_nothing_is_predicted() -> None:
    assert iommu.judge(facts(groups=TRANSLATING, remapping=None)).remedies == ()


def test_no_iommu_mode_beside_an_iommu_has_its_price() -> None:
    verdict = iommu.judge(facts(groups=TRANSLATING, noiommu=True))
    assert verdict.effective
    assert "physical addresses" in verdict.causes[1]
    assert "noiommu: disabled" in verdict.remedies[0]


@given(
    st.builds(
        Facts,
        units=st.sampled_from([(), ("dmar0",)]),
        class_exists=st.booleans(),
        groups=st.sampled_from([{}, {1: Group(1, None, "DMA", (PF,))}, {1: Group(1, None, "identity", (PF,))}]),
        firmware=st.builds(
            Firmware,
            platform=st.sampled_from([None, "intel", "amd", "virtio", "arm"]),
            acpi=st.booleans(),
            remaps_interrupts=st.sampled_from([None, True, False]),
        ),
        tokens=st.sampled_from([(), ("iommu=off",), ("intel_iommu=off", "amd_iommu=off")]),
        options=st.sampled_from([{}, {"INTEL_IOMMU": "n", "AMD_IOMMU": "y"}]),
        config_path=st.none(),
        hypervisor=st.booleans(),
        noiommu=st.booleans(),
        remapping=st.sampled_from([None, True, False]),
        unsafe_interrupts=st.booleans(),
        log=st.sampled_from([(), ("DMAR: failed",)]),
    )
)
def test_every_host_gets_a_cause_and_a_bad_one_a_remedy(known: Facts) -> None:
    verdict = iommu.judge(known)
    assert verdict.causes
    assert verdict.effective == bool(known.groups)
    assert verdict.remedies or verdict.effective
    if known.groups:
        assert "has no IOMMU groups" not in " ".join(verdict.causes)
