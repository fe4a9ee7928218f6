# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, iommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.iommu import Facts
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told
from hypothesis import given
from hypothesis import strategies as st

INTEL_ON = {"present": ["intel_iommu=on"], "absent": ["intel_iommu=off", "iommu=off"]}


def facts(**more: Any) -> Facts:
    """A bare metal host with an Intel IOMMU that is off, unless said otherwise."""
    known: dict[str, Any] = {
        "units": (),
        "class_exists": True,
        "groups": {},
        "platform": "intel",
        "tokens": (),
        "options": {},
        "config_path": "/boot/config",
        "hypervisor": False,
        "noiommu": False,
    }
    return Facts(**{**known, **more})


def test_an_active_iommu(host: FakeHost) -> None:
    verdict = iommu.judge(iommu.read(host))
    assert (verdict.name, verdict.effective, verdict.remedies) == ("active", True, ())
    assert verdict.causes == ("The kernel drives dmar0 and has 4 IOMMU groups.",)
    assert verdict.kernel_args == INTEL_ON


def test_groups_alone_are_proof(host: FakeHost) -> None:
    host.tree.remove("/sys/class/iommu/dmar0")  # as on older POWER
    verdict = iommu.judge(iommu.read(host))
    assert (verdict.name, verdict.effective) == ("active", True)


def test_identity_domains_are_fine(host: FakeHost) -> None:
    for number in range(4):
        host.tree.write(f"/sys/kernel/iommu_groups/{number}/type", "identity\n")
    verdict = iommu.judge(iommu.read(host))
    assert (verdict.name, verdict.effective) == ("passthrough", True)


def test_a_virtual_machine_without_iommu(bare_host: FakeHost) -> None:
    verdict = iommu.judge(iommu.read(bare_host))
    assert (verdict.name, verdict.effective) == ("vm_no_viommu", False)
    assert "virtual machine without a virtual IOMMU" in verdict.causes[0]
    assert "Give the virtual machine an IOMMU" in verdict.remedies[0]


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
            "Look into the kernel log for messages of the AMD-Vi driver.",
        ),
        (
            {"platform": None},
            "firmware_absent",
            "The firmware tells of no IOMMU: no ACPI table DMAR, IVRS, VIOT, IORT.",
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
            "Turn no-IOMMU mode off where the host has an IOMMU.",
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
    seen = iommu.read(bare_host)
    assert seen.noiommu
    assert iommu.judge(seen).name == "noiommu"
    assert iommu.judge_device(seen, device.scan(bare_host)[PF])["protected"] is False


@pytest.mark.parametrize(
    ("platform", "tokens", "expected"),
    [
        ("intel", (), INTEL_ON),
        ("intel", ("iommu=off,soft",), {**INTEL_ON, "absent": [*INTEL_ON["absent"], "iommu=off,soft"]}),
        ("amd", (), {"present": [], "absent": ["amd_iommu=off", "iommu=off"]}),
        ("arm", (), {"present": [], "absent": []}),
        ("virtio", (), {"present": [], "absent": []}),
        (None, (), {"present": [], "absent": []}),
    ],
)
def test_the_boot_parameters_fit_the_platform(
    platform: str | None, tokens: tuple[str, ...], expected: dict[str, list[str]]
) -> None:
    assert iommu.judge(facts(platform=platform, tokens=tokens)).kernel_args == expected


@pytest.mark.parametrize(
    ("table", "platform"),
    [("DMAR", "intel"), ("IVRS", "amd"), ("VIOT", "virtio"), ("IORT", "arm"), ("FACP", None)],
)
def test_the_platform_is_read_from_acpi(bare_host: FakeHost, table: str, platform: str | None) -> None:
    bare_host.tree.write(f"/sys/firmware/acpi/tables/{table}", "")
    assert iommu.read(bare_host).platform == platform


def test_facts(host: FakeHost) -> None:
    host.tree.write(f"/boot/config-{RELEASE}", "CONFIG_INTEL_IOMMU=y\n# CONFIG_AMD_IOMMU is not set\n")
    host.tree.write("/proc/cpuinfo", "flags: fpu\n")
    seen = iommu.read(host)
    assert (seen.units, seen.class_exists, seen.hypervisor) == (("dmar0",), True, False)
    assert (seen.options["INTEL_IOMMU"], seen.options["AMD_IOMMU"]) == ("y", "n")
    assert seen.config_path == f"/boot/config-{RELEASE}"
    assert "quiet" in seen.tokens


def test_xen_is_a_hypervisor(bare_host: FakeHost) -> None:
    bare_host.tree.write("/proc/cpuinfo", "")
    bare_host.tree.write("/sys/hypervisor/type", "xen\n")
    assert iommu.read(bare_host).hypervisor


@pytest.mark.parametrize(("value", "expected"), [("Y", True), ("1", True), ("N", False), ("0", False), (None, False)])
def test_noiommu_mode(host: FakeHost, value: str | None, expected: bool) -> None:
    if value is not None:
        host.tree.write(iommu.NOIOMMU_PARAMETER, f"{value}\n")
    assert iommu.noiommu_enabled(host) is expected


def test_a_device_is_protected_by_its_group(host: FakeHost) -> None:
    verdict = iommu.judge_device(iommu.read(host), device.scan(host)[PF])
    expected = {
        "address": PF,
        "protected": True,
        "iommu_group": 2,
        "group_type": "DMA-FQ",
        "group_members": [PF],
    }
    assert verdict == expected


@pytest.mark.parametrize(
    ("seen", "cause", "remedy"),
    [
        (
            {
                "effective": False,
                "verdict": "firmware_absent",
                "causes": ["None."],
                "remedies": ["Buy."],
                "devices": [],
            },
            "The IOMMU does not protect DMA (firmware_absent). None.",
            "Buy.",
        ),
        (
            {"effective": True, "devices": [{"address": PF, "protected": False}]},
            f"No IOMMU group holds {PF}.",
            "Move the card to a slot behind an IOMMU.",
        ),
    ],
)
def test_a_complaint(seen: dict[str, Any], cause: str, remedy: str) -> None:
    complaint = iommu.complaint(seen)
    assert complaint is not None
    assert cause in told(complaint)
    assert remedy in told(complaint)


def test_nothing_to_complain_about() -> None:
    assert iommu.complaint({"effective": True, "devices": [{"address": MANAGEMENT, "protected": True}]}) is None


@given(
    st.builds(
        Facts,
        units=st.sampled_from([(), ("dmar0",)]),
        class_exists=st.booleans(),
        groups=st.sampled_from([{}, {1: Group(1, None, "DMA", (PF,))}, {1: Group(1, None, "identity", (PF,))}]),
        platform=st.sampled_from([None, "intel", "amd", "virtio", "arm"]),
        tokens=st.sampled_from([(), ("iommu=off",), ("intel_iommu=off", "amd_iommu=off")]),
        options=st.sampled_from([{}, {"INTEL_IOMMU": "n", "AMD_IOMMU": "y"}]),
        config_path=st.none(),
        hypervisor=st.booleans(),
        noiommu=st.booleans(),
    )
)
def test_every_host_gets_a_cause_and_a_bad_one_a_remedy(known: Facts) -> None:
    verdict = iommu.judge(known)
    assert verdict.causes
    assert verdict.effective == bool(known.groups)
    assert bool(verdict.remedies) != verdict.effective
    if known.groups:
        assert "has no IOMMU groups" not in " ".join(verdict.causes)
