# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One look plans what the modules themselves predict, and what they do makes a host ready."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import driver_of
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_info, host_plan, iommu_check
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.ready import DESCRIPTION, MODULES, add_pages, carry_out, tasks
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

OF_ANSIBLE = ("invocation", "rc", "failures", "undone")


@pytest.fixture
def host(host: FakeHost) -> FakeHost:
    add_pages(host)
    return host


def without(result: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key not in names}


def test_each_stage_says_what_its_module_says_in_check_mode(host: FakeHost) -> None:
    seen = call(host_plan.main, host, DESCRIPTION)
    assert {stage for stage, dummy in tasks(seen)} == set(MODULES)
    for stage, each in tasks(seen):
        alone = call(MODULES[stage], host, each["arguments"], check=True)
        # One that follows from an earlier stage is planned for the host as that leaves it.
        later = ("actions", "before", "after") if each["assumes"] else ()
        assert without(each, "arguments", "assumes", *later) == without(alone, *OF_ANSIBLE, *later), stage


def test_a_failing_stage_says_what_its_module_says(host: FakeHost) -> None:
    wrong = {
        "ports": ["enp9s0"],
        "vfs": [{"device": "enp1s0", "num_vfs": 99}],
        "kernel_args": ["two words"],
        "access": {"group": "dpdk", "users": ["nobody-here"]},
        "hugepages": [{"size": "2M", "count": 4000}],
        "fail": False,
    }
    seen = call(host_plan.main, host, wrong)
    failed = {stage: each for stage, each in tasks(seen) if each.get("failed")}
    assert set(failed) == {"kernel_args", "vfs", "ports", "access", "hugepages"}
    for stage, each in failed.items():
        alone = call(MODULES[stage], host, each["arguments"], check=True)
        assert each["msg"] == alone["msg"]
        assert each["problems"] == alone["problems"]


def test_a_failing_look_names_all_problems(host: FakeHost) -> None:
    result = call(host_plan.main, host, {"ports": ["enp9s0"], "kernel_args": ["two words"]})
    assert result["failed"]
    assert result["msg"].startswith("The host has 2 problems. Nothing was changed. (1) Boot parameters: 'two words'")
    assert "(2) Ports: No device matches 'enp9s0'" in result["msg"]
    assert [each["stage"] for each in result["problems"]] == ["Boot parameters", "Ports"]
    assert all(each["remedy"] for each in result["problems"])
    assert result["stages"]["module"][0]["actions"], "what can be planned is planned all the same"
    assert host.writes == []


def test_what_ansible_would_refuse_is_a_problem_of_its_stage(host: FakeHost) -> None:
    seen = call(host_plan.main, host, {"vfs": [{"device": "enp1s0", "slots": "3"}], "fail": False})
    assert [each["stage"] for each in seen["problems"]] == ["VFs"]
    assert "pfs.slots" in seen["problems"][0]["problem"]
    assert seen["problems"][0]["remedy"] == ["Write slot."]


def test_each_warning_is_given_once(host: FakeHost) -> None:
    seen = call(host_plan.main, host, DESCRIPTION)
    of_stages = [text for dummy, each in tasks(seen) for text in each.get("warnings", ())]
    assert seen["warnings"] == list(dict.fromkeys(of_stages)) != []


def test_doing_what_was_planned_makes_a_host_ready(host: FakeHost) -> None:
    first = call(host_plan.main, host, DESCRIPTION)
    assert not first["ready"]
    assert first["reboot_required"]
    carry_out(host, first)
    host.tree.write("/proc/cmdline", first["stages"]["kernel_args"][0]["after"]["configured"] + "\n")
    again = call(host_plan.main, host, DESCRIPTION)
    assert (again["actions"], again["problems"], again["reboot_required"]) == ([], [], False)
    assert again["ready"]
    assert [driver_of(host, each) for each in (OTHER, VFS[0])] == ["vfio-pci", "vfio-pci"]


def test_nothing_is_asked_twice(host: FakeHost) -> None:
    call(host_plan.main, host, {**DESCRIPTION, "gather_info": True})
    twice = {words: number for words, number in Counter(host.commands).items() if number > 1}
    assert twice == {}
    assert host.writes == []


def test_a_whole_host_is_given_back(host: FakeHost) -> None:
    carry_out(host, call(host_plan.main, host, DESCRIPTION))
    back = call(host_plan.main, host, {"restore": ["ports", "vfs"]})
    assert list(back["stages"]) == ["vfs", "ports"], "a PF with VFs does not change its driver"
    assert {each["arguments"]["state"] for dummy, each in tasks(back)} == {"restored"}
    carry_out(host, back)
    assert call(host_plan.main, host, {"restore": ["ports", "vfs"]})["actions"] == []
    assert driver_of(host, OTHER) == "igb"


def test_all_that_can_be_given_back(host: FakeHost) -> None:
    seen = call(host_plan.main, host, {"restore": ["all"], "modules": DESCRIPTION["modules"]})
    assert list(seen["stages"]) == ["vfs", "ports", "vf_token", "access", "hugepages", "modules", "kernel_args"]
    assert [each["arguments"]["name"] for each in seen["stages"]["modules"]] == ["vfio_pci"]


def test_the_host_as_others_show_it(host: FakeHost) -> None:
    carry_out(host, call(host_plan.main, host, DESCRIPTION))
    host.tree.write(f"/sys/bus/pci/devices/{PF}/numa_node", "1\n")
    seen = call(host_plan.main, host, {**DESCRIPTION, "gather_info": True})
    assert seen["info"] == without(call(dpdk_info.main, host, {}), "invocation", "rc", "changed", "warnings")
    expected = call(iommu_check.main, host, {"fail": False})
    assert seen["iommu"] == without(expected, "invocation", "rc", "changed", "warnings")
    assert "Boot parameters: the running kernel lacks isolcpus=2-3." in seen["drift"]


def test_an_iommu_that_no_boot_parameter_can_bring(bare_host: FakeHost) -> None:
    problems = call(host_plan.main, bare_host, {"fail": False})["problems"]
    assert [each["stage"] for each in problems] == ["IOMMU"]
    assert "virtual machine without a virtual IOMMU" in problems[0]["problem"]
    assert problems[0]["remedy"]
    assert call(host_plan.main, bare_host, {"iommu": False})["problems"] == []


def test_an_iommu_that_is_off_although_nothing_is_missing(bare_host: FakeHost) -> None:
    bare_host.tree.write_bytes("/sys/firmware/acpi/tables/DMAR", b"DMAR".ljust(36, b"\0") + b"\x2f\x01")
    assert call(host_plan.main, bare_host, {})["problems"] == [], "a reboot may bring it"
    bare_host.tree.write("/proc/cmdline", "intel_iommu=on iommu=pt\n")
    problems = call(host_plan.main, bare_host, {"fail": False})["problems"]
    assert [each["stage"] for each in problems] == ["IOMMU"]


def test_to_give_back_nothing_is_not_to_prepare(host: FakeHost) -> None:
    seen = call(host_plan.main, host, {**DESCRIPTION, "restore": []})
    assert (seen["stages"], seen["actions"], seen["problems"]) == ({}, [], [])


def test_a_device_on_the_denylist_is_a_problem_unless_the_description_lifts_it(host: FakeHost) -> None:
    host.add(Function("0000:6a:01.0", "8086:0b25", "088000", group=60))
    described = {"ports": ["0000:6a:01.0"], "fail": False}
    seen = call(host_plan.main, host, described)
    assert [each["stage"] for each in seen["problems"]] == ["Ports"]
    assert "0000:6a:01.0 is on the denylist of vfio-pci" in seen["problems"][0]["problem"]
    lifted = {"modules": [{"name": "vfio-pci", "params": {"disable_denylist": True}}]}
    seen = call(host_plan.main, host, {**described, **lifted})
    assert seen["problems"] == []
    assert "Bound 0000:6a:01.0 to vfio-pci (was without driver)" in seen["actions"]


def test_a_vf_on_the_denylist_is_a_problem_before_it_is_made(host: FakeHost) -> None:
    host.add_driver(Driver("c6xx", "c6xx", ("8086:37c8",), sriov=True))
    host.modules.add(Module("c6xx"))
    host.modules.load("c6xx")
    card = Function("0000:3d:00.0", "8086:37c8", "0b4000", group=60, total_vfs=16, vf_ids="8086:37c9")
    host.add(card, "c6xx")
    seen = call(
        host_plan.main,
        host,
        {
            "ports": [{"device": "0000:3d:00.0", "vf": 0}],
            "vfs": [{"device": "0000:3d:00.0", "num_vfs": 1}],
            "fail": False,
        },
    )
    assert any("is on the denylist of vfio-pci" in each["problem"] for each in seen["problems"]), seen["problems"]


def test_a_module_that_no_port_needs_is_not_loaded(host: FakeHost) -> None:
    host.add_driver(Driver("mlx5_core", "mlx5_core", ("15b3:101d",), netdev=True))
    for name in ("mlx5_core", "mlx5_ib", "ib_uverbs"):
        host.modules.add(Module(name))
        host.modules.load(name)
    host.add(Function("0000:9d:00.0", "15b3:101d", interface="enp157s0np0", group=60), "mlx5_core")
    seen = call(host_plan.main, host, {"ports": ["enp157s0np0"], "iommu": False, "fail": False})
    assert (seen["problems"], seen["actions"]) == ([], [])
    for more in (
        {"ports": ["enp157s0np0", "enp1s0"]},
        {"driver": "vfio-pci"},
        {"vfs": [{"device": "enp1s0", "num_vfs": 1}]},
    ):
        seen = call(host_plan.main, host, {"ports": ["enp157s0np0"], "iommu": False, "fail": False, **more})
        assert "Loaded vfio_pci" in seen["actions"], more
