# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module, Parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, told
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    IDS,
    LOAD,
    MODPROBE,
    PARAMETERS,
    absent,
    asked,
    build_in,
    late,
    on_vfio,
    plan,
    refused,
    steps,
    want,
)
from hypothesis import given, settings
from hypothesis import strategies as st

# loading


@pytest.mark.parametrize("persistent", [True, False])
def test_a_module_is_loaded(host: FakeHost, persistent: bool) -> None:
    done = steps(host, want(persistent=persistent))
    assert host.exists("/sys/bus/pci/drivers/vfio-pci")
    assert done.after == {"loaded": True, "params": {}, "persistent": persistent, "persistent_params": {}}
    assert (host.read(LOAD) or "").endswith("\nvfio_pci\n") is persistent
    assert host.read(MODPROBE) is None


@pytest.mark.parametrize("value", [True, "Y", "y", "1", "on", "yes", "true"])
@pytest.mark.parametrize("old_booleans", [False, True])
def test_a_module_is_loaded_with_its_parameters(host: FakeHost, value: Any, old_booleans: bool) -> None:
    host.modules.old_booleans = old_booleans
    done = steps(host, want(enable_sriov=value, disable_denylist=True))
    assert done.after["params"] == {"disable_denylist": "Y", "enable_sriov": "Y"}
    assert host.attr(f"{PARAMETERS}/enable_sriov") == "Y"
    assert "options vfio_pci disable_denylist=Y enable_sriov=" in (host.read(MODPROBE) or "")


@pytest.mark.parametrize("value", [True, "Y", "1", "on", "true"])
@pytest.mark.parametrize("old_booleans", [False, True])
def test_a_loaded_module_gets_its_parameter_live(host: FakeHost, value: Any, old_booleans: bool) -> None:
    host.modules.old_booleans = old_booleans
    host.modules.load("vfio_pci")
    done = steps(host, want(enable_sriov=value, persistent=False))
    assert host.attr(f"{PARAMETERS}/enable_sriov") == "Y"
    assert [step.action.split(" to ")[0] for step in done.steps] == ["Set vfio_pci.enable_sriov"]
    assert not any(command[:2] == ("modprobe", "vfio_pci") for command in host.commands)


def test_a_number(host: FakeHost) -> None:
    steps(host, want("vfio_iommu_type1", dma_entry_limit=1000000))
    steps(host, want("vfio_iommu_type1", dma_entry_limit=1))
    assert host.attr("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit") == "1"


def test_a_value_that_is_live_already_is_not_written(host: FakeHost) -> None:
    host.modules.load("vfio_pci", enable_sriov="Y", disable_idle_d3="Y")
    assert plan(host, want(enable_sriov="1", disable_idle_d3=True, persistent=False)).steps == ()


def test_parameters_that_are_kept_already_stay(host: FakeHost) -> None:
    apply(host, plan(host, want(disable_idle_d3=True)))
    done = steps(host, want(enable_sriov=True))
    assert done.after["persistent_params"] == {"disable_idle_d3": "Y", "enable_sriov": "Y"}


def test_a_module_that_is_built_in(host: FakeHost) -> None:
    build_in(host)
    wanted = want(enable_sriov=True, persistent=False)
    assert [step.action for step in steps(host, wanted).steps] == ["Set vfio_pci.enable_sriov to Y (was N)"]


def test_a_module_that_is_built_in_without_parameters(host: FakeHost) -> None:
    host.modules.add(Module("vfio", builtin=True))
    assert not host.exists("/sys/module/vfio")
    assert plan(host, want("vfio", persistent=False)).steps == ()


def test_parameters_of_a_built_in_module_belong_on_the_command_line(host: FakeHost) -> None:
    build_in(host)
    planned = attempt(lambda: plan(host, want(enable_sriov=True)))
    said = told(planned) if isinstance(planned, HostError) else " ".join(planned.warnings)
    assert "kernel_args" in said, "modprobe.d is ignored for what is built in"


def test_who_has_to_be_started_again_is_said(host: FakeHost) -> None:
    host.modules.load("vfio_iommu_type1")
    (step,) = plan(host, want("vfio_iommu_type1", persistent=False, dma_entry_limit=7)).steps
    assert step.action.endswith("(was 65535); it counts for applications that are started from now on")


# what counts only while a module is loaded


@pytest.mark.parametrize(("key", "value"), [("disable_idle_d3", True), ("disable_denylist", True), ("ids", IDS)])
def test_it_is_written_for_later_and_said_to_wait(host: FakeHost, key: str, value: Any) -> None:
    wanted = late(host, **{key: value})
    done = steps(host, wanted)
    assert done.after["params"] == {key: None if key == "ids" else "N"}
    assert done.after["persistent_params"] == {key: IDS if key == "ids" else "Y"}
    if key != "ids":  # what cannot be read back is believed once it is written
        assert done.facts["reload_required"]
        assert f"vfio_pci.{key} will count once the module is loaded again" in done.warnings[0]
        assert "It is idle now" in done.warnings[0]
        assert plan(host, wanted).facts["reload_required"]
    assert not any(command[0] in ("rmmod", "modprobe") for command in host.commands)


def test_the_users_are_named_where_it_waits(host: FakeHost) -> None:
    on_vfio(host)
    host.hold(host.pci.functions[PF])
    (warning,) = plan(host, late(host, disable_idle_d3=True)).warnings
    assert f"It is in use: devices {PF}; processes dpdk-testpmd (pid 4711, /dev/vfio/2)." in warning


@pytest.mark.parametrize("key", ["disable_idle_d3", "disable_denylist"])
@pytest.mark.parametrize("persistent", [True, False])
def test_an_idle_module_is_loaded_again(host: FakeHost, key: str, persistent: bool) -> None:
    host.modules.load("vfio_pci", enable_sriov="Y")
    done = steps(host, late(host, persistent, "if_idle", **{key: True}))
    assert done.steps[-1].action == f"Loaded vfio_pci again with {key}=Y"
    assert host.attr(f"{PARAMETERS}/{key}") == "Y"
    assert host.attr(f"{PARAMETERS}/enable_sriov") == "Y", "what nobody asked about stays"
    assert not done.facts["reload_required"]
    assert ("rmmod", "vfio_pci") in host.commands


def test_loading_it_again_brings_what_waited(host: FakeHost) -> None:
    apply(host, plan(host, late(host, disable_idle_d3=True)))
    assert host.attr(f"{PARAMETERS}/disable_idle_d3") == "N"
    apply(host, plan(host, late(host, reload="if_idle", disable_denylist=True)))
    assert host.attr(f"{PARAMETERS}/disable_idle_d3") == "Y"


def test_ids_are_given_to_an_idle_module(host: FakeHost) -> None:
    done = steps(host, late(host, reload="if_idle", ids=IDS))
    assert done.steps[-1].action == f"Loaded vfio_pci again with ids={IDS}"
    assert host.modules.known["vfio_pci"].parameters["ids"].value == IDS


# what is built in


def test_the_boot_parameters_of_a_built_in_module(host: FakeHost) -> None:
    build_in(host)
    done = steps(host, want(enable_sriov=True))
    assert done.facts["kernel_args"] == {"present": ["vfio_pci.enable_sriov=Y"], "absent": ["vfio_pci.enable_sriov"]}
    assert "add vfio_pci.enable_sriov=Y with kernel_args" in done.warnings[0]
    assert host.read(MODPROBE) is host.read(LOAD) is None
    assert host.attr(f"{PARAMETERS}/enable_sriov") == "Y"
    host.tree.write("/proc/cmdline", "quiet vfio-pci.enable_sriov=Y\n")
    assert plan(host, want(enable_sriov=True)).warnings == ()


@pytest.mark.parametrize(("key", "value"), [("disable_idle_d3", "Y"), ("ids", IDS)])
def test_what_a_built_in_module_takes_only_at_boot(host: FakeHost, key: str, value: str) -> None:
    found = {"disable_idle_d3": Parameter("N"), "ids": Parameter("", "charp", mode=0)}
    host.modules.add(Module("vfio_pci", found, builtin=True))
    todo = plan(host, asked(params={key: value}))
    assert todo.steps == ()
    assert todo.facts["reboot_required"]
    assert not todo.facts["reload_required"]
    assert todo.facts["kernel_args"]["present"] == [f"vfio_pci.{key}={value}"]
    host.tree.write("/proc/cmdline", f"vfio_pci.{key}={value}\n")
    host.tree.write(f"{PARAMETERS}/disable_idle_d3", "Y\n")
    assert not plan(host, asked(params={key: value})).facts["reboot_required"]
    host.tree.write("/proc/cmdline", "\n")
    host.tree.write(f"{PARAMETERS}/disable_idle_d3", "N\n")
    said = refused(host, asked(name="vfio_pci", params={key: value}, persistent=False))
    assert "vfio_pci is built in" in said


def test_the_own_boot_parameter_of_a_built_in_module_takes_another_value(host: FakeHost) -> None:
    host.modules.add(Module("vfio_pci", {"disable_idle_d3": Parameter("Y")}, builtin=True))
    host.tree.write("/proc/cmdline", "quiet vfio_pci.disable_idle_d3=Y\n")
    args = plan(host, asked(params={"disable_idle_d3": "N"})).facts["kernel_args"]
    assert args == {"present": ["vfio_pci.disable_idle_d3=N"], "absent": ["vfio_pci.disable_idle_d3"]}


def test_a_foreign_boot_parameter_of_a_module_that_is_loaded_is_refused(host: FakeHost) -> None:
    host.tree.write("/proc/cmdline", "quiet vfio_pci.disable_idle_d3=Y\n")
    assert "the kernel command line" in refused(host, asked(params={"disable_idle_d3": "N"}))


# taking away


def test_all_that_was_written_goes(host: FakeHost) -> None:
    apply(host, plan(host, want(disable_idle_d3=True)))
    done = steps(host, absent())
    assert done.after == {"loaded": False, "params": {}, "persistent": False, "persistent_params": {}}
    assert [step.action for step in done.steps] == ["Unloaded vfio_pci", f"Removed {MODPROBE}", f"Removed {LOAD}"]
    assert not host.modules.is_loaded("vfio_pci")


def test_a_module_in_use_stays_loaded(host: FakeHost) -> None:
    apply(host, plan(host, want()))
    on_vfio(host)
    done = steps(host, absent())
    assert done.after["loaded"]
    assert done.warnings == (f"vfio_pci stays loaded, because it is in use: devices {PF}.",)
    assert host.pci.driver_of(host.pci.functions[PF]) is host.pci.drivers["vfio-pci"]


def test_a_module_under_another_stays_loaded(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    assert plan(host, absent("vfio")).warnings == ("vfio stays loaded, because it is in use: modules vfio_pci.",)


def test_files_of_a_module_that_the_kernel_does_not_have_go_too(host: FakeHost) -> None:
    host.tree.write(files.load_path("igb_uio"), "igb_uio\n")
    assert steps(host, absent("igb_uio")).after["loaded"] is False


# anything


@given(
    name=st.one_of(st.text(), st.sampled_from(["vfio-pci", "vfio", "igbvf"])),
    key=st.one_of(st.text(), st.sampled_from(["enable_sriov", "disable-idle-d3"])),
    value=st.one_of(st.text(), st.booleans(), st.integers(), st.none()),
    text=st.text(),
)
@settings(max_examples=60)
def test_any_request_ends_in_a_plan_or_an_error(host: FakeHost, name: str, key: str, value: Any, text: str) -> None:
    host.tree.write(MODPROBE, text)
    host.tree.write("/etc/modprobe.d/local.conf", text)
    planned = attempt(lambda: plan(host, asked(name=name, params={key: value})))
    assert planned.remedy if isinstance(planned, HostError) else planned.after["loaded"]
