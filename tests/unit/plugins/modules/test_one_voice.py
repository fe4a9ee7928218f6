# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dpdk_info, iommu_check and dpdk_bind say the same of one device, on any machine, and the kernel says it too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_bind, dpdk_info, iommu_check
from ansible_collections.dataplane.dpdk.tests.unit.fakes.generated import (
    ADDRESSES,
    KINDS,
    SETTINGS,
    Kind,
    Setting,
    made,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call
from hypothesis import given, settings

CONSENT = {
    "force": True,
    "allow_management": True,
    "allow_bifurcated": True,
    "allow_unlisted": True,
    "persistent": False,
}
LASTING = ("no_answer", "bridge", "denylist")


def asked(host: FakeHost, address: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the modules that only look say of a device."""
    (seen,) = call(dpdk_info.main, host, {"devices": [address]})["devices"]
    (judged,) = call(iommu_check.main, host, {"devices": [address], "fail": False})["devices"]
    return seen, judged


def bound(host: FakeHost, address: str, group: str = "ignore", check: bool = True) -> dict[str, Any]:
    return call(
        dpdk_bind.main, host, {"devices": [address], "driver": "vfio-pci", "group": group, **CONSENT}, check=check
    )


@given(SETTINGS)
@settings(max_examples=40)
def test_they_say_the_same_of_a_device(setting: Setting) -> None:
    with made(setting) as host:
        for address in (*ADDRESSES[: len(setting.placed)], PF, OTHER):
            seen, judged = asked(host, address)
            agree(host, setting, seen, judged, bound(host, address))


def agree(
    host: FakeHost, setting: Setting, seen: dict[str, Any], judged: dict[str, Any], predicted: dict[str, Any]
) -> None:
    address, here = seen["address"], seen["driver"] == "vfio-pci"
    refusal = judged["refusal"]
    kept = bool(predicted.get("failed")) and "cannot be loaded" in predicted["msg"]
    assert bool(predicted.get("failed")) is (refusal is not None or kept), "what vfio-pci refuses is not bound"
    if refusal is not None:
        assert not here
        assert any(each["remedy"] for each in predicted["problems"])
    assert seen["iommu_group_blockers"] == judged["group_blockers"]
    offered = "vfio-pci" in seen["candidate_drivers"]
    assert not (offered and refusal is not None and refusal["cause"] in LASTING), "what is offered is taken"
    if not here and "vfio-pci" in host.pci.drivers:
        assert offered is (refusal is None or refusal["cause"] not in LASTING)
    warned = bound(host, address, "refuse")
    if judged["group_blockers"] and refusal is None and not here:
        assert warned.get("failed")
        assert "also holds" in warned["msg"]
    if here and "works with" not in (seen["not_ready_reason"] or ""):
        assert seen["dpdk_ready"] is (judged["problems"] == [])
        assert seen["dpdk_ready"] is (warned["warnings"] == [])
        assert seen["dpdk_ready"] or seen["not_ready_reason"] in judged["problems"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[0]}-{kind[1]}-{kind[2]}")
@given(SETTINGS)
@settings(max_examples=6)
def test_the_kernel_does_what_they_say(kind: Kind, setting: Setting) -> None:
    """What none of them refuses is bound, and then ready exactly where no problem was predicted."""
    first, *others = setting.placed
    with made(replace(setting, placed=(replace(first, kind=kind), *others))) as host:
        address = ADDRESSES[0]
        judged = asked(host, address)[1]
        done = bound(host, address, check=False)
        assert bool(done.get("failed")) is bool(judged["refusal"] or "cannot be loaded" in done.get("msg", ""))
        if not done.get("failed"):
            seen, after = asked(host, address)
            assert seen["driver"] == "vfio-pci"
            assert after["problems"] == judged["problems"]
            elsewhere = "works with" in (seen["not_ready_reason"] or "")
            assert seen["dpdk_ready"] is (after["problems"] == [] and not elsewhere)
