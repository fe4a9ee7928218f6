# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import requirement
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def seen(verdict: str = "active", **device: Any) -> dict[str, Any]:
    known = {"address": PF, "protected": True, "refusal": None, "problems": [], "remedies": []}
    return {
        "verdict": verdict,
        "effective": verdict in ("active", "passthrough"),
        "causes": ["None."],
        "remedies": ["Buy."],
        "devices": [{**known, **device}],
    }


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
    for verdict in ("active", "passthrough", "noiommu", "off_by_cmdline"):
        complaint = requirement.complaint(seen(verdict), require)
        assert (complaint is None) is (verdict in met), verdict
        if complaint:
            assert f"not as required ({require}): its verdict is {verdict}. None." in told(complaint)
            assert "Buy." in complaint.remedy


@pytest.mark.parametrize(
    ("require", "verdict", "present", "says"),
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
def test_what_there_is_to_do(require: str, verdict: str, present: list[str], says: str) -> None:
    effective = verdict in ("active", "passthrough")
    found = requirement.remedies(require, verdict, effective, present)
    assert says in " ".join(found)
    assert bool(found) is bool(says)


@pytest.mark.parametrize(
    ("device", "cause"),
    [
        (
            {"refusal": {"error": -22, "cause": "denylist", "reason": "It is denied."}, "remedies": ["Allow it."]},
            f"{PF}: vfio-pci would refuse it (error -22). It is denied. Allow it.",
        ),
        ({"problems": ["It has an RMRR."], "remedies": ["Move it."]}, f"{PF}: It has an RMRR. Move it."),
        ({"protected": False}, f"{PF}: It is in no IOMMU group, so nothing protects the host's memory from it."),
    ],
)
def test_a_device_that_is_not_as_it_has_to_be(device: dict[str, Any], cause: str) -> None:
    complaint = requirement.complaint(seen(**device), "effective")
    assert complaint
    assert cause in told(complaint)
    assert complaint.remedy


def test_a_pf_may_keep_its_vfs() -> None:
    refusal = {"error": -16, "cause": "pf_with_vfs", "reason": "It has VFs."}
    assert requirement.complaint(seen(refusal=refusal), "effective") is None


def test_uio_needs_no_group() -> None:
    refusal = {"error": -22, "cause": "no_iommu", "reason": "It has none."}
    assert requirement.complaint(seen("vm_no_viommu", refusal=refusal, protected=False), "off_or_passthrough") is None
