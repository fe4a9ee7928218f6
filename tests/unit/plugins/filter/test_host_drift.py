# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.filter.host_drift import FilterModule, host_drift


def test_every_difference_is_a_sentence() -> None:
    looks: dict[str, dict[str, Any]] = {
        "Boot parameters": {"actions": [], "missing": ["intel_iommu=on"], "conflicting": ["intel_iommu=off"]},
        "VFs": {"skipped": True},
        "Ports": {"actions": ["Bound 0000:02:00.0 to vfio-pci (was igb)"]},
    }
    seen = {
        "devices": [{"address": "0000:01:00.0", "drift": []}, {"address": "0000:02:00.0", "drift": ["It is wrong."]}],
        "drift": ["No device is at 0000:03:00.0."],
    }
    assert host_drift(looks, seen) == [
        "Boot parameters: the running kernel lacks intel_iommu=on.",
        "Boot parameters: the running kernel has intel_iommu=off.",
        "Ports, to be done: Bound 0000:02:00.0 to vfio-pci (was igb).",
        "0000:02:00.0: It is wrong.",
        "No device is at 0000:03:00.0.",
    ]


def test_a_host_as_it_should_be() -> None:
    assert (
        host_drift({"Ports": {"actions": []}}, {"devices": [{"address": "0000:01:00.0", "drift": []}], "drift": []})
        == []
    )


def test_it_is_a_filter() -> None:
    assert FilterModule().filters() == {"host_drift": host_drift}
