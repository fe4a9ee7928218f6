# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import modules as files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module, Parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing, four_steps, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PARAMETERS = "/sys/module/vfio_pci/parameters"
MODPROBE = files.modprobe_path("vfio_pci")
LOAD = files.load_path("vfio_pci")


def want(name: str = "vfio-pci", persistent: bool = True, **params: Any) -> Want:
    return module.wanted(name, params, persistent)


def want_one(key: str, value: Any, name: str = "vfio-pci") -> Want:
    return module.wanted(name, {key: value}, True)


def plan(host: FakeHost, wanted: Want) -> Plan:
    return module.plan(module.read(host, wanted.name), wanted)


def steps(host: FakeHost, wanted: Want) -> Plan:
    return four_steps(
        host,
        lambda: module.read(host, wanted.name),
        lambda have: module.plan(have, wanted),
        lambda have: module.describe(have, wanted),
    )


def refused(host: FakeHost, wanted: Want) -> str:
    with pytest.raises(HostError) as caught:
        plan(host, wanted)
    assert caught.value.remedy
    return told(caught.value)


def build_in(host: FakeHost) -> None:
    """Ubuntu builds vfio and others into its kernel."""
    host.modules.add(Module("vfio_pci", {"enable_sriov": Parameter("N")}, builtin=True))


# what the user wrote


def test_a_request_is_made_canonical() -> None:
    given = {"enable-sriov": True, "x": False, "n": 5, "t": "a,b"}
    expected = {"enable_sriov": "Y", "x": "N", "n": "5", "t": "a,b"}
    assert module.wanted("vfio-pci", given, True) == Want("vfio_pci", expected, True)


@pytest.mark.parametrize("name", ["", "-", "a b", "../x", "a/b", "x;y", "--remove x"])
def test_a_module_has_a_name(name: str) -> None:
    with pytest.raises(HostError) as caught:
        want(name)
    assert f"{name!r} is no module name." in told(caught.value)
    assert "Use letters, digits, dashes and underscores." in told(caught.value)


@pytest.mark.parametrize("value", ["", "a b", "a\nb", "\t"])
def test_a_parameter_has_one_value(value: str) -> None:
    with pytest.raises(HostError) as caught:
        want(ids=value)
    assert f"ids={value!r} is no module parameter." in told(caught.value)
    assert "Give one value without white space for each." in told(caught.value)


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


# refusing


def test_a_module_that_the_kernel_does_not_have(host: FakeHost) -> None:
    said = refused(host, want("igb_uio"))
    assert "has no module igb_uio." in said
    assert "install the package that holds igb_uio.ko" in said


@pytest.mark.parametrize("loaded", [True, False])
def test_a_parameter_that_the_module_does_not_have(host: FakeHost, loaded: bool) -> None:
    if loaded:
        host.modules.load("vfio_pci")
    said = refused(host, want(enable_srvio=True))
    assert "vfio_pci of this kernel has no parameter enable_srvio; it has disable_denylist, " in said
    assert "Correct the name, or use a kernel that was built with the feature." in said


def test_a_module_without_any_parameter(host: FakeHost) -> None:
    assert "it has none." in refused(host, want("igbvf", x=1))


@pytest.mark.parametrize("key", ["disable_idle_d3"])
def test_a_parameter_that_counts_only_at_loading(host: FakeHost, key: str) -> None:
    host.modules.load("vfio_pci")
    said = refused(host, want_one(key, True))
    assert f"vfio_pci.{key} is N; the kernel reads it only while the module is loaded." in said
    assert "Give back all devices of the driver, unload vfio_pci, and run this again." in said


# failing


def test_a_module_that_the_kernel_rejects(host: FakeHost) -> None:
    host.modules.known["vfio_pci"].rejected = "Key was rejected by service"
    error = failing(host, plan(host, want(enable_sriov=True)))
    assert "'modprobe vfio_pci enable_sriov=Y' did not load the module" in error.message
    assert "Key was rejected by service" in error.message
    assert "Bringing back" not in error.message
    assert "under Secure Boot the module has to be signed" in error.remedy[0]
    assert host.read(MODPROBE) is None
    assert host.read(LOAD) is None


def test_modprobe_that_lies(host: FakeHost) -> None:
    host.answers["modprobe"] = (0, "", "")
    error = failing(host, plan(host, want()))
    assert "did not load the module" in error.message
    assert "return code 0" in error.message
    with pytest.raises(HostError) as caught:
        module.load(host, "vfio-pci")
    assert "'modprobe vfio-pci' did not load the module: return code 0." in told(caught.value)
    assert "Look into the kernel log" in told(caught.value)


def test_a_value_that_the_kernel_does_not_take_at_loading(host: FakeHost) -> None:
    error = failing(host, plan(host, want(enable_sriov="perhaps")))
    assert "enable_sriov not as wanted" in error.message
    assert "Invalid argument" in error.message
    assert not host.exists("/sys/module/vfio_pci")


def test_a_module_that_was_loaded_with_the_wrong_value_is_unloaded(host: FakeHost) -> None:
    todo = plan(host, want(enable_sriov=True))
    host.modules.load("vfio_pci")  # by somebody else, in between
    error = failing(host, todo)
    assert "with enable_sriov not as wanted" in error.message
    assert not host.exists("/sys/module/vfio_pci")


def test_a_module_that_cannot_be_unloaded_is_told(host: FakeHost) -> None:
    todo = plan(host, want(enable_sriov=True))
    host.modules.load("vfio_pci")
    host.modules.known["vfio_pci"].in_use = True
    error = failing(host, todo)
    assert "Bringing back the state before failed too" in error.message
    assert "Module vfio_pci is in use." in error.message


@pytest.mark.parametrize(
    ("key", "cause"),
    [("disable_denylist", "Permission denied. The kernel takes disable_denylist only while vfio_pci is loaded.")],
)
def test_a_parameter_that_is_not_writable(host: FakeHost, key: str, cause: str) -> None:
    host.modules.load("vfio_pci")
    error = failing(host, plan(host, want_one(key, True)))
    assert cause in error.message
    assert "unload vfio_pci, and run this again" in error.remedy[0]
    assert host.read(MODPROBE) is None


def test_a_parameter_that_does_not_stay(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    todo = plan(host, want(enable_sriov=True))
    host.lie("enable_sriov", "Y")
    error = failing(host, todo)
    assert f"Wrote Y to {PARAMETERS}/enable_sriov, but it reads N." in error.message
    assert "Look into the kernel log." in error.remedy
    assert host.read(MODPROBE) is None


def test_a_live_value_comes_back_when_a_later_step_fails(host: FakeHost) -> None:
    host.modules.load("vfio_iommu_type1")
    host.modules.known["vfio_iommu_type1"].parameters["other"] = Parameter("N")
    host.tree.write("/sys/module/vfio_iommu_type1/parameters/other", "N\n")
    todo = plan(host, want("vfio_iommu_type1", dma_entry_limit=9, other=True))
    host.refuse("parameters/other", errno.EINVAL, value="Y")
    failing(host, todo)
    assert host.attr("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit") == "65535"


def test_a_full_file_system(host: FakeHost) -> None:
    host.full.append("/etc")
    error = failing(host, plan(host, want(enable_sriov=True)))
    assert "No space left on device." in error.message
    assert "with space left on it" in error.remedy[0]
    assert not host.exists("/sys/module/vfio_pci")


# comparing


@pytest.mark.parametrize(
    ("live", "wanted", "expected"),
    [
        ("Y", "1", True),
        ("Y", "on", True),
        ("N", "0", True),
        ("N", "off", True),
        ("Y", "N", False),
        ("64", "64", True),
        ("64", "65", False),
        ("", "x", False),
        (None, "N", False),
    ],
)
def test_same(live: str | None, wanted: str, expected: bool) -> None:
    assert module.same(live, wanted) is expected


@given(
    name=st.one_of(st.text(), st.sampled_from(["vfio-pci", "vfio", "igbvf"])),
    key=st.one_of(st.text(), st.sampled_from(["enable_sriov", "disable-idle-d3"])),
    value=st.one_of(st.text(), st.booleans(), st.integers(), st.none()),
    text=st.text(),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_request_ends_in_a_plan_or_an_error(host: FakeHost, name: str, key: str, value: Any, text: str) -> None:
    host.tree.write(MODPROBE, text)
    planned = attempt(lambda: plan(host, want_one(key, value, name)))
    assert planned.remedy if isinstance(planned, HostError) else planned.after["loaded"]
