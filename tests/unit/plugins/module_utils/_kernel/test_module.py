# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def test_a_module_that_is_not_there_yet(host: FakeHost) -> None:
    seen = module.read(host, "vfio-pci")
    assert (seen.name, seen.release) == ("vfio_pci", RELEASE)
    assert (seen.loaded, seen.builtin, seen.present, seen.available) == (False, False, False, True)
    assert seen.kinds["ids"] == "charp"
    assert seen.parameters == {}
    assert seen.knows("ids")
    assert not seen.knows("nonsense")


def test_a_module_that_is_loaded(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    seen = module.read(host, "vfio_pci")
    assert (seen.loaded, seen.builtin, seen.present) == (True, False, True)
    assert seen.parameters == {"enable_sriov": "N", "disable_idle_d3": "N", "disable_denylist": "N"}
    assert seen.writable == {"enable_sriov", "disable_idle_d3"}
    assert seen.knows("ids")


def test_a_module_that_is_built_in(host: FakeHost) -> None:
    host.modules.add(Module("vfio", builtin=True))
    seen = module.read(host, "vfio")
    assert (seen.loaded, seen.builtin, seen.present, seen.available) == (False, True, True, True)


def test_a_module_that_the_kernel_does_not_have(host: FakeHost) -> None:
    problem = module.missing(module.read(host, "igb_uio"))
    assert problem
    assert "has no module igb_uio." in told(problem)
    assert "install the package that holds igb_uio.ko" in told(problem)
    assert module.missing(module.read(host, "vfio")) is None


def test_loading(host: FakeHost) -> None:
    module.load(host, "vfio-pci")
    assert module.read(host, "vfio-pci").loaded


def test_modprobe_that_lies(host: FakeHost) -> None:
    host.answers["modprobe"] = (0, "", "")
    with pytest.raises(HostError) as caught:
        module.load(host, "vfio-pci")
    assert "'modprobe vfio-pci' did not load the module: return code 0." in told(caught.value)
    assert "Look into the kernel log" in told(caught.value)


def test_the_file_is_asked_only_of_parameters_that_sysfs_does_not_show(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    host.commands.clear()
    seen = module.read(host, "vfio_pci", keys=("enable_sriov",))
    assert (host.commands, seen.kinds) == ([], {})
    assert seen.knows("enable_sriov")
    assert module.read(host, "vfio_pci", keys=("enable_sriov", "ids")).knows("ids")
