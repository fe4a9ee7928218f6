# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ready, not ready or failed, and why: the judgement that the report and the callback share."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _readiness
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._readiness import FAILED, NOT_READY, READY, Looked

ADDRESS = "0000:01:00.0"
PAGES = [{"size_kb": 2048, "node": 0, "total": 256, "free": 0}, {"size_kb": 2048, "node": 1, "total": 256, "free": 256}]


def port(**given: Any) -> dict[str, Any]:
    return {
        "address": ADDRESS,
        "driver": "vfio-pci",
        "driver_class": "vfio",
        "dpdk_driver": True,
        "dpdk_ready": True,
        "iommu_group": 9,
        "original_driver": "igb",
        "persistent_driver": "vfio-pci",
        **given,
    }


def info(*devices: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"devices": list(devices or [port()]), "hugepages": PAGES, **given}


def titles(looked: Looked) -> list[str]:
    return [each.title for each in _readiness.judge(looked)[1]]


def test_a_host_with_a_port_and_pages_is_ready() -> None:
    assert _readiness.judge(Looked(info=info(), iommu={"effective": True}, args={"reboot_required": False})) == (
        READY,
        [],
    )


def test_what_nobody_looked_at_is_not_judged() -> None:
    assert _readiness.judge(Looked()) == (READY, [])


@pytest.mark.parametrize(
    ("looked", "title", "cause", "remedy"),
    [
        (
            Looked(info=info(port(dpdk_ready=False, not_ready_reason="IOMMU group 9 is not viable: it also holds X."))),
            "Port not ready for DPDK",
            "it also holds X",
            "group_policy: bind_all",
        ),
        (
            Looked(info=info(port(dpdk_ready=False, not_ready_reason="It is X.", not_ready_remedy="Make it Y."))),
            "Port not ready for DPDK",
            "It is X.",
            "Make it Y.",
        ),
        (Looked(info=info(port(dpdk_ready=False, iommu_group=None))), "Port not ready for DPDK", "", "iommu_check"),
        (Looked(info=info(port(dpdk_ready=False, driver_class="uio"))), "Port not ready for DPDK", "", "vfio-pci"),
        (
            Looked(info=info(port(dpdk_ready=False, driver_class="bifurcated"))),
            "Port not ready for DPDK",
            "",
            "modules",
        ),
        (
            Looked(info=info(port(dpdk_ready=False, driver_class="kernel", dpdk_driver=False), hugepages=PAGES)),
            "Port not ready for DPDK",
            "",
            "Run dataplane.dpdk.prepare",
        ),
        (
            Looked(info=info(port(dpdk_ready=False, dpdk_driver=False, persistent_driver=None))),
            "No port for DPDK",
            "No device is on a driver",
            "dpdk_host_ports",
        ),
        (
            Looked(info=info(hugepages=[{**PAGES[0], "total": 0}])),
            "No hugepages",
            "no hugepages",
            "dpdk_host_hugepages",
        ),
        (
            Looked(info=info(), hugepages=[{"size": "2M", "count": 600}]),
            "Too few hugepages",
            "512 of 600 hugepages of 2M are there.",
            "reboot",
        ),
        (
            Looked(info=info(), hugepages=[{"size": "2048kB", "count": 600}]),
            "Too few hugepages",
            "512 of 600 hugepages of 2048kB are there.",
            "reboot",
        ),
        (
            Looked(info=info(), hugepages=[{"size": "2M", "count": 300, "node": 1}]),
            "Too few hugepages",
            "256 of 300 hugepages of 2M are there on NUMA node 1.",
            "reboot",
        ),
        (
            Looked(info=info(), hugepages=[{"size": "1G", "count": 1}]),
            "Too few hugepages",
            "0 of 1 hugepages of 1G",
            "reboot",
        ),
        (Looked(info=info(port(drift=["It drifted."]))), "Drift", "It drifted.", "prepare"),
        (Looked(info=info(drift=["No device is at X."])), "Drift", "No device is at X.", "prepare"),
        (
            Looked(iommu={"effective": False, "verdict": "off_by_cmdline", "causes": ["Off."], "remedies": ["On."]}),
            "IOMMU off by boot parameter",
            "Off.",
            "On.",
        ),
        (
            Looked(iommu={"effective": False, "verdict": "something_new", "causes": ["C."], "remedies": []}),
            "IOMMU not effective",
            "C.",
            "",
        ),
        (
            Looked(args={"reboot_required": True, "missing": ["a=1"], "conflicting": ["b=2"]}),
            "Reboot needed",
            "booted without a=1 and with b=2.",
            "dpdk_host_reboot_ok",
        ),
        (
            Looked(args={"reboot_required": True, "missing": ["a=1"], "reboot_tried": True}),
            "Reboot needed",
            "booted without a=1.",
            "boot loader",
        ),
        (Looked(pending=["Bound X to vfio-pci"]), "Not as described", "1 change is still to be made.", "prepare"),
        (Looked(pending=["A", "B"]), "Not as described", "2 changes are still to be made.", "prepare"),
    ],
)
def test_a_problem_has_a_cause_and_a_remedy(looked: Looked, title: str, cause: str, remedy: str) -> None:
    state, (problem,) = _readiness.judge(looked)
    assert (state, problem.title) == (NOT_READY, title)
    assert cause in problem.cause
    assert remedy in problem.remedy


def test_an_iommu_that_nobody_wants_is_no_problem() -> None:
    assert titles(Looked(iommu={"effective": False, "verdict": "vm_no_viommu"}, iommu_wanted=False)) == []


@pytest.mark.parametrize("sort", ["devices", "vmbus_devices"])
def test_a_usable_port_that_nobody_described_makes_a_host_ready(sort: str) -> None:
    """As with a bifurcated port, which stays on its kernel driver, or one on the VMBus."""
    usable = {"address": "0000:05:00.0", "driver": "mlx5_core", "driver_class": "bifurcated", "dpdk_ready": True}
    assert titles(Looked(info={"devices": [], "hugepages": PAGES, sort: [usable]})) == []


def test_a_described_port_on_its_kernel_driver_is_missed() -> None:
    bare = port(driver="igb", driver_class="kernel", dpdk_driver=False, dpdk_ready=False, persistent_driver=None)
    assert titles(Looked(info=info(port(address="0000:02:00.0"), bare), ports=[ADDRESS])) == ["Port not ready for DPDK"]


def test_a_port_that_a_rule_keeps_on_its_own_driver_is_not_for_dpdk() -> None:
    kept = port(driver="igb", driver_class="kernel", dpdk_driver=False, dpdk_ready=False, persistent_driver="igb")
    assert titles(Looked(info=info(kept, port(address="0000:02:00.0")))) == []


def test_an_unreachable_host_failed() -> None:
    state, (problem,) = _readiness.judge(Looked(failures=[{"unreachable": True, "msg": "Task failed: timed out"}]))
    assert (state, problem.title, problem.cause) == (FAILED, "Unreachable", "timed out")
    assert problem.remedy.startswith("Look whether the host is up")


def module_failure(*problems: dict[str, Any]) -> dict[str, Any]:
    """The result of a module that fails with these problems."""
    remedies = [remedy for each in problems for remedy in each["remedy"]]
    message = " ".join([*(each["problem"] for each in problems), "Nothing was changed.", *remedies])
    return {"failed": True, "msg": message, "remedy": remedies, "problems": list(problems)}


BROKEN = {"problem": "It broke.", "remedy": ["Fix it.", "Or not."]}
REFUSED = {"problem": "No.", "remedy": ["Do X."]}


def test_a_module_says_its_remedy_only_once() -> None:
    (problem,) = _readiness.failed(module_failure(BROKEN))
    assert (problem.cause, problem.remedy) == ("It broke.", "Fix it. Or not.")


def test_each_problem_of_a_module_is_one_of_the_host() -> None:
    state, problems = _readiness.judge(Looked(failures=[module_failure(BROKEN, REFUSED)]))
    assert state == FAILED
    assert [(each.title, each.cause, each.remedy) for each in problems] == [
        ("Failed", "It broke.", "Fix it. Or not."),
        ("Failed", "No.", "Do X."),
    ]


def test_a_message_that_ends_in_its_remedy_is_not_cut() -> None:
    (problem,) = _readiness.failed({"failed": True, "msg": "dracut answered: Reboot.", "remedy": ["Reboot."]})
    assert (problem.cause, problem.remedy) == ("dracut answered: Reboot.", "Reboot.")


def test_a_failure_without_words_is_shown_nevertheless() -> None:
    (problem,) = _readiness.failed({"failed": True})
    assert problem.cause
    assert problem.remedy


def test_what_is_refused_makes_a_host_failed_and_is_shown_once() -> None:
    refused = {"stage": "iommu", "problem": "The firmware reports no IOMMU.", "remedies": ["Turn it on."]}
    iommu = {"effective": False, "verdict": "firmware_absent", "causes": ["The firmware reports no IOMMU."]}
    state, (problem,) = _readiness.judge(Looked(refusals=[refused], iommu=iommu))
    assert (state, problem.title, problem.remedy) == (FAILED, "Refused: iommu", "Turn it on.")


def test_a_refusing_module_is_shown() -> None:
    state, (problem,) = _readiness.judge(Looked(refusals=[module_failure(REFUSED)]))
    assert (state, problem.title, problem.cause, problem.remedy) == (FAILED, "Description refused", "No.", "Do X.")


def test_each_problem_of_a_refusing_module_is_one_of_the_host() -> None:
    state, problems = _readiness.judge(Looked(refusals=[module_failure(REFUSED, BROKEN)]))
    assert state == FAILED
    assert [(each.title, each.cause) for each in problems] == [
        ("Description refused", "No."),
        ("Description refused", "It broke."),
    ]


def test_failures_come_first() -> None:
    looked = Looked(failures=[{"msg": "broken"}], pending=["A"], info=info(port(drift=["D."])))
    assert titles(looked) == ["Failed", "Drift", "Not as described"]
