# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import have as loading
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import noiommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import plan as module_plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.have import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module, Parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing, four_steps, told
from hypothesis import given, settings
from hypothesis import strategies as st

PARAMETERS = "/sys/module/vfio_pci/parameters"
MODPROBE = files.modprobe_path("vfio_pci")
LOAD = files.load_path("vfio_pci")


def want(name: str = "vfio-pci", persistent: bool = True, **params: Any) -> Want:
    return loading.wanted(name, params, persistent)


def want_one(key: str, value: Any, name: str = "vfio-pci") -> Want:
    return loading.wanted(name, {key: value}, True)


def plan(host: FakeHost, wanted: Want) -> Plan:
    return module_plan.plan(loading.read(host, wanted), wanted)


def steps(host: FakeHost, wanted: Want) -> Plan:
    return four_steps(
        host,
        lambda: loading.read(host, wanted),
        lambda have: module_plan.plan(have, wanted),
        lambda have: loading.describe(have, wanted),
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
    assert loading.wanted("vfio-pci", given, True) == Want("vfio_pci", expected, True)


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


# what counts only at loading


IDS = "8086:10c9"


def late(host: FakeHost, persistent: bool = True, reload: str = "never", **params: Any) -> Want:
    host.modules.load("vfio_pci")
    return loading.wanted("vfio-pci", params, persistent, reload=reload)


def on_vfio(host: FakeHost, address: str = PF) -> None:
    host.modules.load("vfio_pci")
    driver.move(host, address, "vfio-pci")


@pytest.mark.parametrize(("key", "value"), [("disable_idle_d3", True), ("disable_denylist", True), ("ids", IDS)])
def test_it_is_written_for_later_and_said_to_wait(host: FakeHost, key: str, value: Any) -> None:
    wanted = late(host, **{key: value})
    done = steps(host, wanted)
    assert done.after["params"] == {key: None if key == "ids" else "N"}
    assert done.after["persistent_params"] == {key: IDS if key == "ids" else "Y"}
    if key != "ids":  # what cannot be read back is believed once it is written
        assert done.facts["reload_required"]
        assert f"vfio_pci.{key} will count once the module is loaded anew" in done.warnings[0]
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
def test_an_idle_module_is_loaded_anew(host: FakeHost, key: str, persistent: bool) -> None:
    host.modules.load("vfio_pci", enable_sriov="Y")
    done = steps(host, late(host, persistent, "if_idle", **{key: True}))
    assert done.steps[-1].action == f"Loaded vfio_pci anew with {key}=Y"
    assert host.attr(f"{PARAMETERS}/{key}") == "Y"
    assert host.attr(f"{PARAMETERS}/enable_sriov") == "Y", "what nobody asked about stays"
    assert not done.facts["reload_required"]
    assert ("rmmod", "vfio_pci") in host.commands


def test_loading_it_anew_brings_what_waited(host: FakeHost) -> None:
    apply(host, plan(host, late(host, disable_idle_d3=True)))
    assert host.attr(f"{PARAMETERS}/disable_idle_d3") == "N"
    apply(host, plan(host, late(host, reload="if_idle", disable_denylist=True)))
    assert host.attr(f"{PARAMETERS}/disable_idle_d3") == "Y"


def test_ids_are_given_to_an_idle_module(host: FakeHost) -> None:
    done = steps(host, late(host, reload="if_idle", ids=IDS))
    assert done.steps[-1].action == f"Loaded vfio_pci anew with ids={IDS}"
    assert host.modules.known["vfio_pci"].parameters["ids"].value == IDS


@pytest.mark.parametrize("held", [True, False])
def test_a_module_with_devices_is_never_unloaded(host: FakeHost, held: bool) -> None:
    on_vfio(host)
    if held:
        host.hold(host.pci.functions[PF])
    said = refused(host, late(host, reload="if_idle", disable_idle_d3=True))
    assert "vfio_pci.disable_idle_d3 is N; the kernel reads it only while the module is loaded." in said
    assert f"It is in use and was not unloaded: devices {PF}" in said
    assert ("dpdk-testpmd (pid 4711" in said) is held
    assert "give the devices back" in said
    assert not any(command[0] == "rmmod" or "--remove" in command for command in host.commands)


def test_a_device_that_is_bound_meanwhile_is_not_lost(host: FakeHost) -> None:
    todo = plan(host, late(host, reload="if_idle", disable_idle_d3=True))
    on_vfio(host)
    error = failing(host, todo)
    assert f"vfio_pci came into use meanwhile and was not unloaded: devices {PF}." in error.message
    assert host.modules.is_loaded("vfio_pci")
    assert host.read(MODPROBE) is None


def test_a_module_that_does_not_come_back_comes_back_as_it_was(host: FakeHost) -> None:
    todo = plan(host, late(host, reload="if_idle", disable_idle_d3=True, enable_sriov="perhaps"))
    error = failing(host, todo)
    assert "Invalid argument" in error.message
    assert host.modules.is_loaded("vfio_pci")
    assert host.attr(f"{PARAMETERS}/disable_idle_d3") == "N"


@pytest.mark.parametrize("reload", ["never", "if_idle"])
def test_what_can_neither_wait_nor_be_done_is_refused(host: FakeHost, reload: str) -> None:
    on_vfio(host)
    said = refused(host, late(host, persistent=False, reload=reload, disable_idle_d3=True))
    assert "the kernel reads it only while the module is loaded." in said
    assert "from the next boot on" in said


def test_the_value_of_a_parameter_that_cannot_be_read_is_kept_by_its_file_alone(host: FakeHost) -> None:
    said = refused(host, late(host, persistent=False, ids=IDS))
    assert "vfio_pci.ids is not readable" in said


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
    todo = plan(host, want_one(key, value))
    assert todo.steps == ()
    assert todo.facts["reboot_required"]
    assert not todo.facts["reload_required"]
    assert todo.facts["kernel_args"]["present"] == [f"vfio_pci.{key}={value}"]
    host.tree.write("/proc/cmdline", f"vfio_pci.{key}={value}\n")
    host.tree.write(f"{PARAMETERS}/disable_idle_d3", "Y\n")
    assert not plan(host, want_one(key, value)).facts["reboot_required"]
    host.tree.write("/proc/cmdline", "\n")
    host.tree.write(f"{PARAMETERS}/disable_idle_d3", "N\n")
    said = refused(host, loading.wanted("vfio_pci", {key: value}, False))
    assert "vfio_pci is built in" in said


# taking away


def absent(name: str = "vfio-pci") -> Want:
    return loading.wanted(name, state="absent")


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


def test_an_unload_that_is_undone_keeps_the_values(host: FakeHost) -> None:
    host.modules.load("vfio_pci", disable_idle_d3="Y")
    todo = plan(host, absent())
    host.answers["modprobe"] = host.answers["rmmod"] = (1, "", "no")
    assert "'rmmod vfio_pci' ended with 1 and said: no" in failing(host, todo).message
    host.answers.clear()
    todo.steps[0].do(host)
    undo = todo.steps[0].undo
    assert undo
    undo(host)
    assert host.attr(f"{PARAMETERS}/disable_idle_d3") == "Y"


# no-IOMMU mode


def noiommu_choice(choice: str, persistent: bool = True) -> Want:
    return loading.wanted(None, persistent=persistent, choice=choice)


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("choice", ["enabled", "where_needed"])
def test_no_iommu_mode_is_turned_on(bare_host: FakeHost, choice: str, loaded: bool) -> None:
    if loaded:
        bare_host.modules.load("vfio_pci")
    done = steps(bare_host, noiommu_choice(choice))
    assert bare_host.attr(f"/sys/module/vfio/parameters/{noiommu.PARAMETER}") == "Y"
    assert done.warnings == (noiommu.TAINT,)
    assert done.after["persistent_params"] == {noiommu.PARAMETER: "Y"}


@pytest.mark.parametrize("params", [None, {noiommu.PARAMETER: True}])
def test_it_is_refused_where_an_iommu_is_effective(host: FakeHost, params: dict[str, Any] | None) -> None:
    wanted = loading.wanted("vfio", params, choice=None if params else "enabled")
    said = refused(host, wanted)
    assert "The IOMMU of this host is effective (4 IOMMU groups)" in said
    assert "physical addresses" in said


@pytest.mark.parametrize("configured", [True, False])
def test_it_is_refused_where_the_kernel_has_no_such_mode(bare_host: FakeHost, configured: bool) -> None:
    del bare_host.modules.known["vfio"].parameters[noiommu.PARAMETER]
    if configured:
        bare_host.tree.write(f"/boot/config-{RELEASE}", "# CONFIG_VFIO_NOIOMMU is not set\n")
    said = refused(bare_host, noiommu_choice("enabled"))
    where = f"CONFIG_VFIO_NOIOMMU is not set in /boot/config-{RELEASE}." if configured else "has no parameter enable_"
    assert where in said
    assert "iommu_check" in said


@pytest.mark.parametrize("choice", ["disabled", "where_needed"])
def test_it_is_turned_off_where_an_iommu_appeared(host: FakeHost, choice: str) -> None:
    host.modules.load("vfio", enable_unsafe_noiommu_mode="Y")
    host.tree.write("/sys/kernel/iommu_groups/9/name", "vfio-noiommu\n")
    host.tree.mkdir(f"/sys/kernel/iommu_groups/9/devices/{OTHER}")
    done = steps(host, noiommu_choice(choice))
    assert host.attr(f"/sys/module/vfio/parameters/{noiommu.PARAMETER}") == "N"
    assert f"Bound in no-IOMMU mode and still so: {OTHER}." in done.warnings[0]


@pytest.mark.parametrize("ours", [True, False])
def test_it_does_not_outlast_our_file_in_a_module_that_stays(bare_host: FakeHost, ours: bool) -> None:
    bare_host.modules.load("vfio_pci")
    apply(bare_host, plan(bare_host, noiommu_choice("enabled", persistent=ours)))
    todo = plan(bare_host, absent("vfio"))
    assert todo.warnings == ("vfio stays loaded, because it is in use: modules vfio_pci.",)
    apply(bare_host, todo)
    assert bare_host.attr(f"/sys/module/vfio/parameters/{noiommu.PARAMETER}") == ("N" if ours else "Y")
    assert plan(bare_host, absent("vfio")).steps == ()


def test_a_kernel_without_the_mode_has_it_off(host: FakeHost) -> None:
    del host.modules.known["vfio"].parameters[noiommu.PARAMETER]
    for choice in ("disabled", "where_needed"):
        assert loading.params(loading.read(host, noiommu_choice(choice)), noiommu_choice(choice)) == {}


# DMA limits


def test_the_limit_is_computed_from_the_hugepages(host: FakeHost) -> None:
    for size, count in (("2048kB", 100), ("1048576kB", 3)):
        host.tree.write(f"/sys/devices/system/node/node0/hugepages/hugepages-{size}/nr_hugepages", f"{count}\n")
    done = steps(host, want("vfio_iommu_type1", dma_entry_limit="auto"))
    assert host.attr("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit") == "65638"
    assert done.after["persistent_params"] == {"dma_entry_limit": "65638"}


def test_who_has_to_be_started_anew_is_said(host: FakeHost) -> None:
    host.modules.load("vfio_iommu_type1")
    (step,) = plan(host, want("vfio_iommu_type1", persistent=False, dma_entry_limit=7)).steps
    assert step.action.endswith("(was 65535); it counts for applications that are started from now on")


# what others say


@pytest.mark.parametrize(
    ("path", "text", "told_as"),
    [
        ("/etc/modprobe.d/local.conf", "options vfio-pci enable_sriov=0", "local.conf: options enable_sriov=0"),
        ("/usr/lib/modprobe.d/x.conf", "options vfio_pci enable-sriov=n x=1", "x.conf: options enable_sriov=n"),
        ("/etc/modprobe.d/deny.conf", "blacklist vfio_pci", "deny.conf: blacklist vfio_pci"),
        ("/proc/cmdline", "quiet vfio-pci.enable_sriov=0", "the kernel command line: option enable_sriov=0"),
        ("/proc/cmdline", "modprobe.blacklist=nouveau,vfio-pci", "the kernel command line: blacklist modprobe.black"),
    ],
)
def test_who_says_otherwise_is_named(host: FakeHost, path: str, text: str, told_as: str) -> None:
    host.tree.write(path, f"{text}\n")
    said = refused(host, want(enable_sriov=True))
    assert told_as in said
    assert "set persistent to false" in said
    assert plan(host, want(enable_sriov=True, persistent=False)).steps
    assert host.read(MODPROBE) is None
    assert host.read(LOAD) is None


@pytest.mark.parametrize("text", ["options vfio-pci enable_sriov=1", "install vfio-pci /bin/true", "options x y=1"])
def test_who_says_the_same_or_nothing_is_left_alone(host: FakeHost, text: str) -> None:
    host.tree.write("/etc/modprobe.d/local.conf", f"{text}\n")
    done = steps(host, want(enable_sriov=True))
    assert bool(done.facts["foreign"]) is ("vfio" in text)
    assert host.read("/etc/modprobe.d/local.conf") == f"{text}\n"


def test_an_install_line_is_told_where_loading_fails(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/local.conf", "install vfio-pci /bin/true\n")
    todo = plan(host, want())
    host.answers["modprobe"] = (0, "", "")
    assert "local.conf: install vfio-pci /bin/true" in told(failing(host, todo))


# the initramfs


def initramfs_tools(host: FakeHost) -> None:
    host.tree.write(f"/boot/initrd.img-{RELEASE}", "")
    host.tree.write("/usr/bin/lsinitramfs", "")


@pytest.mark.parametrize("inside", [True, False])
def test_an_initramfs_that_holds_the_module_is_rebuilt_where_its_options_change(host: FakeHost, inside: bool) -> None:
    initramfs_tools(host)
    host.modules.initramfs = {"vfio_pci"} if inside else {"igb"}
    done = steps(host, want(enable_sriov=True))
    assert ("Rebuilt the initramfs, which holds vfio_pci" in [step.action for step in done.steps]) is inside
    assert host.modules.initramfs_builds == int(inside)
    steps(host, absent())
    assert host.modules.initramfs_builds == 2 * int(inside)


@pytest.mark.parametrize("image", ["initramfs-{}.img", "initrd-{}", "initrd.img-{}"])
def test_dracut_rebuilds_the_image_by_its_name(host: FakeHost, image: str) -> None:
    path = f"/boot/{image.format(RELEASE)}"
    host.tree.write(path, "")
    host.modules.initramfs = {"vfio_pci"}
    steps(host, want(enable_sriov=True))
    assert ("dracut", "--force", path, RELEASE) in host.commands
    assert not [command for command in host.commands if "initramfs" in command[0]]


def test_an_initramfs_that_cannot_be_looked_into(host: FakeHost) -> None:
    initramfs_tools(host)
    host.answers["lsinitramfs"] = (1, "", "broken")
    said = refused(host, want(enable_sriov=True))
    assert f"'lsinitramfs /boot/initrd.img-{RELEASE}' ended with 1: broken" in said


# a file of the user's


FILE = "/root/igb_uio.ko.xz"
INSTALLED = f"/lib/modules/{RELEASE}/updates/dataplane-dpdk/igb_uio.ko.xz"


def bring(host: FakeHost, **more: Any) -> Want:
    parameters = {"intr_mode": Parameter("msix", "charp"), "wc_activate": Parameter("0", "int", mode=0)}
    host.modules.add_file(FILE, Module("igb_uio", parameters, depends=("uio",), **more))
    host.modules.add(Module("uio"))
    return loading.wanted("igb_uio", {"wc_activate": 1}, more == {}, path=FILE)


def test_a_module_is_loaded_from_a_file_and_kept(host: FakeHost) -> None:
    wanted = bring(host)
    done = steps(host, wanted)
    assert done.steps[0].action == f"Installed {FILE} as {INSTALLED}"
    assert host.modules.is_loaded("igb_uio")
    assert done.after["params"] == {"wc_activate": None}
    gone = steps(host, absent("igb_uio"))
    assert [step.action for step in gone.steps[:2]] == ["Unloaded igb_uio", f"Removed {INSTALLED}"]
    assert not host.exists(INSTALLED)
    assert not host.modules.is_loaded("igb_uio")


def test_a_module_is_loaded_from_a_file_for_now(host: FakeHost) -> None:
    bring(host)
    done = steps(host, loading.wanted("igb_uio", {"intr_mode": "msi"}, False, path=FILE))
    assert host.modules.is_loaded("uio")
    assert host.attr("/sys/module/igb_uio/parameters/intr_mode") == "msi"
    assert done.after["persistent"] is False
    assert not host.exists(INSTALLED)
    steps(host, absent("igb_uio"))
    assert not host.modules.is_loaded("igb_uio")


def test_a_file_that_could_not_be_loaded_is_taken_back(host: FakeHost) -> None:
    todo_for = bring(host)
    host.modules.files[FILE].rejected = "Unknown symbol in module"
    error = failing(host, plan(host, todo_for))
    assert "Unknown symbol in module" in error.message
    assert not host.exists(INSTALLED)


@pytest.mark.parametrize(
    ("name", "path", "cause"),
    [
        ("igb_uio", "/root/none.ko", "There is no file /root/none.ko on the host."),
        ("vfio", FILE, f"{FILE} holds the module igb_uio, not vfio."),
        ("igb_uio", "/root/text.ko", "/root/text.ko is no kernel module"),
    ],
)
def test_a_file_that_is_not_the_module(host: FakeHost, name: str, path: str, cause: str) -> None:
    bring(host)
    host.tree.write("/root/text.ko", "text\n")
    assert cause in refused(host, loading.wanted(name, path=path))


def test_a_file_for_another_kernel(host: FakeHost) -> None:
    bring(host, release="5.10.0-1-amd64")
    said = refused(host, loading.wanted("igb_uio", path=FILE))
    assert f"{FILE} was built for the kernel 5.10.0-1-amd64; {RELEASE} runs." in said
    assert "DKMS" in said


# Secure Boot


KEYS = "3d4d I------ 1 perm 1f030000 0 0 asymmetri Build time autogenerated kernel key: 092f: X509.ecdsa []\n"


def lock(host: FakeHost) -> None:
    host.tree.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    host.tree.write("/proc/keys", KEYS)


def test_under_lockdown_a_signed_vfio_pci_is_loaded(host: FakeHost) -> None:
    lock(host)
    steps(host, want())


@pytest.mark.parametrize("name", ["uio_pci_generic", "igb_uio"])
def test_under_lockdown_uio_is_refused_before_trying(host: FakeHost, name: str) -> None:
    lock(host)
    host.modules.add(Module("igb_uio", signer=""))
    said = refused(host, want(name))
    assert f"{name} gives devices to userspace directly, and kernel lockdown is in mode integrity" in said
    assert "Use vfio-pci, which works under lockdown." in said
    assert not any(command[0] == "modprobe" for command in host.commands)


@pytest.mark.parametrize(
    ("signer", "cause"), [("", "is not signed"), ("DKMS module signing key", "no key that this kernel trusts")]
)
@pytest.mark.parametrize("enforced", [True, False])
def test_a_module_without_a_trusted_signature_is_refused(
    host: FakeHost, signer: str, cause: str, enforced: bool
) -> None:
    lock(host)
    if enforced:
        host.tree.write("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
        host.tree.write("/sys/module/module/parameters/sig_enforce", "Y\n")
    host.modules.known["igbvf"].signer = signer
    host.modules.unload("igbvf")
    said = refused(host, want("igbvf"))
    assert cause in said
    assert ("module.sig_enforce is set" if enforced else "lockdown is in mode integrity") in said
    assert "mokutil --import" in said


def test_a_module_that_is_loaded_already_needs_no_signature(host: FakeHost) -> None:
    lock(host)
    host.modules.known["igbvf"].signer = ""
    assert plan(host, want("igbvf")).steps


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


def test_a_value_that_the_kernel_does_not_take_at_loading(host: FakeHost) -> None:
    error = failing(host, plan(host, want(enable_sriov="perhaps")))
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


def test_a_value_that_the_kernel_does_not_take(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    error = failing(host, plan(host, want(enable_sriov="perhaps")))
    assert "Invalid argument. The kernel does not take this value for vfio_pci.enable_sriov now." in error.message
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
    planned = attempt(lambda: plan(host, want_one(key, value, name)))
    assert planned.remedy if isinstance(planned, HostError) else planned.after["loaded"]
