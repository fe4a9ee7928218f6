# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import requirement
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.finding import Finding
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.isolation import Isolation
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.verdict import Verdict
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

DEVICE = Device(PF, "020000", "8086", "10c9", "", "igb", None, None, 1, 0)
GROUP = Group(1, None, "DMA", (PF,))


def verdict(name: str = "active") -> Verdict:
    return Verdict(name, name in ("active", "passthrough"), (Finding("None.", ("Buy.",)),))


def complaint(require: str, name: str = "active", **device: Any) -> HostError | None:
    return requirement.complaint(
        require, verdict(name), [], [Isolation(**{"device": DEVICE, "group": GROUP, **device})]
    )


def refusal(error: int, cause: str, reason: str, *remedy: str) -> Refusal:
    return Refusal(PF, error, cause, reason, remedy)


@pytest.mark.parametrize(
    ("require", "met"),
    [
        ("effective", {"active", "passthrough"}),
        ("passthrough", {"passthrough"}),
        ("off_or_passthrough", {"passthrough", "noiommu", "off_by_cmdline"}),
        ("noiommu_ok", {"active", "passthrough", "noiommu"}),
    ],
)
def test_what_is_required(require: str, met: set[str]) -> None:
    for name in ("active", "passthrough", "noiommu", "off_by_cmdline"):
        error = complaint(require, name)
        assert (error is None) is (name in met), name
        if error:
            assert f"not as required ({require}): its verdict is {name}. None." in told(error)
            assert "Buy." in error.remedy


@pytest.mark.parametrize(
    ("require", "name", "present", "says"),
    [
        (
            "passthrough",
            "active",
            ["intel_iommu=on", "iommu=pt"],
            "Add iommu=pt to the kernel command line and reboot.",
        ),
        ("off_or_passthrough", "active", ["iommu.passthrough=1"], "Add iommu.passthrough=1 to"),
        ("passthrough", "active", [], "Boot with iommu.passthrough=1."),
        ("noiommu_ok", "vm_no_viommu", [], "turn no-IOMMU mode on with dataplane.dpdk.vfio_module"),
        ("effective", "vm_no_viommu", [], ""),
        ("passthrough", "passthrough", ["iommu=pt"], ""),
        ("off_or_passthrough", "vm_no_viommu", [], ""),
    ],
)
def test_what_there_is_to_do(require: str, name: str, present: list[str], says: str) -> None:
    found = requirement.remedies(require, verdict(name), present)
    assert says in " ".join(found)
    assert bool(found) is bool(says)


@pytest.mark.parametrize(
    ("device", "cause"),
    [
        (
            {"refusal": refusal(-22, "denylist", "It is denied.", "Allow it.")},
            f"{PF}: vfio-pci would refuse it (error -22). It is denied. Allow it.",
        ),
        ({"problems": (Finding("It has an RMRR.", ("Move it.",)),)}, f"{PF}: It has an RMRR. Move it."),
        ({"group": None}, f"{PF}: It is in no IOMMU group, so nothing protects the host's memory from it."),
    ],
)
def test_a_device_that_is_not_as_it_has_to_be(device: dict[str, Any], cause: str) -> None:
    error = complaint("effective", **device)
    assert error
    assert cause in told(error)
    assert error.remedy


def test_a_pf_may_keep_its_vfs() -> None:
    with_vfs = refusal(-16, "pf_with_vfs", "It has VFs.", "Take them away.")
    assert complaint("effective", refusal=with_vfs) is None
    error = complaint("effective", refusal=with_vfs, problems=(Finding("It has an RMRR.", ("Move it.",)),))
    assert error
    assert (error.message, error.remedy) == (f"{PF}: It has an RMRR.", ("Move it.",))


def test_uio_needs_no_group() -> None:
    none = refusal(-22, "no_iommu", "It has none.")
    assert complaint("off_or_passthrough", "vm_no_viommu", refusal=none, group=None) is None


@pytest.mark.parametrize("require", ["effective", "passthrough", "off_or_passthrough", "noiommu_ok"])
def test_a_port_that_no_iommu_is_for_is_as_it_has_to_be(require: str) -> None:
    assert complaint(require, "passthrough", group=None, note="It is on the VMBus of Hyper-V.") is None


# each problem with its remedy


def test_a_device_with_two_problems() -> None:
    denied = refusal(-22, "denylist", "It is denied.", "Allow it.")
    error = complaint("effective", refusal=denied, problems=(Finding("It has an RMRR.", ("Move it.",)),))
    assert error
    assert error.message == f"{PF}: vfio-pci would refuse it (error -22). It is denied. It has an RMRR."
    assert error.remedy == ("Allow it.", "Move it.")
    assert [(each.message, each.remedy) for each in error.parts] == [
        (f"{PF}: vfio-pci would refuse it (error -22). It is denied.", ("Allow it.",)),
        (f"{PF}: It has an RMRR.", ("Move it.",)),
    ]


def test_a_host_with_two_problems() -> None:
    found = (Finding("It is on."), Finding("Interrupts are not."), Finding("They are loud.", ("Hush.",)))
    error = requirement.complaint("passthrough", Verdict("active", True, found), ["iommu=pt"], [])
    assert error
    lead = "The IOMMU is not as required (passthrough): its verdict is active."
    assert error.message == f"{lead} It is on. Interrupts are not. They are loud."
    assert error.remedy == ("Add iommu=pt to the kernel command line and reboot.", "Hush.")
    assert [(each.message, each.remedy) for each in error.parts] == [
        (f"{lead} It is on. Interrupts are not.", ("Add iommu=pt to the kernel command line and reboot.",)),
        ("They are loud.", ("Hush.",)),
    ]
