# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.tests.unit.fakes import ownership
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, told
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    FILE,
    INSTALLED,
    LOAD,
    MODPROBE,
    PARAMETERS,
    absent,
    asked,
    bring,
    initramfs_tools,
    late,
    on_vfio,
    plan,
    steps,
    want,
)

# files


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
    done = steps(host, asked(name="igb_uio", params={"intr_mode": "msi"}, persistent=False, path=FILE))
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


# loading again, and unloading


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


def test_a_module_that_cannot_be_unloaded_is_reported(host: FakeHost) -> None:
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


def test_an_install_line_is_reported_where_loading_fails(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/local.conf", "install vfio-pci /usr/local/sbin/vfio-overrides\n")
    todo = plan(host, want())
    host.answers["modprobe"] = (0, "", "")
    assert "local.conf: install vfio-pci /usr/local/sbin/vfio-overrides" in told(failing(host, todo))


def test_a_file_that_others_may_write_is_refused(host: FakeHost) -> None:
    todo_for = bring(host)
    host.tree.path(FILE).chmod(0o666)
    with pytest.raises(HostError, match=f"Others than root may write {FILE}"):
        plan(host, todo_for)


@pytest.mark.parametrize("persistent", [True, False])
def test_a_file_in_a_directory_of_somebody_else_is_refused(host: FakeHost, persistent: bool) -> None:
    todo_for = replace(bring(host), persistent=persistent)
    directory = FILE.rpartition("/")[0]
    ownership.chown(host.tree, ["app:root", directory])
    with pytest.raises(HostError, match=f"Others than root may write {directory}"):
        plan(host, todo_for)


def test_a_file_that_is_replaced_meanwhile_is_not_loaded(host: FakeHost) -> None:
    todo = plan(host, bring(host))
    host.modules.files[FILE].release = "5.0"
    assert "was replaced while it was read" in failing(host, todo).message
    assert not host.modules.is_loaded("igb_uio")
    assert not host.exists(INSTALLED)
