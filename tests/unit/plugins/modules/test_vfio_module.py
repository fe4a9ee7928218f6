# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.dataplane.dpdk.plugins.modules import vfio_module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize(
    "args",
    [
        {"params": {"enable_sriov": True}},
        {"name": "vfio_pci", "params": {"enable-sriov": "1"}, "persistent": False},
        {"name": "vfio-iommu-type1", "params": {"dma_entry_limit": 100000}},
        {"params": {"disable_idle_d3": True}, "reload": "if_idle"},
        {"name": "vfio-iommu-type1", "params": {"dma_entry_limit": "auto"}},
    ],
)
def test_four_steps(host: FakeHost, args: dict[str, Any], loaded: bool) -> None:
    if loaded:
        host.modules.load("vfio_pci")
    four_calls(vfio_module.main, host, args)


@pytest.mark.parametrize("args", [{}, {"name": "uio_pci_generic"}, {"persistent": False}])
def test_four_steps_without_parameters(host: FakeHost, args: dict[str, Any]) -> None:
    four_calls(vfio_module.main, host, args)


@pytest.mark.parametrize("args", [{"noiommu": "enabled"}, {"noiommu": "where_needed", "persistent": False}])
def test_four_steps_of_no_iommu_mode(bare_host: FakeHost, args: dict[str, Any]) -> None:
    done = four_calls(vfio_module.main, bare_host, args)
    assert "tainted" in done["warnings"][0]


@pytest.mark.parametrize("state", ["absent", "restored"])
def test_four_steps_back(host: FakeHost, state: str) -> None:
    call(vfio_module.main, host, {"params": {"enable_sriov": True}})
    done = four_calls(vfio_module.main, host, {"state": state})
    assert done["after"] == {"loaded": False, "params": {}, "persistent": False, "persistent_params": {}}


def test_the_contract_of_a_success(host: FakeHost) -> None:
    done = call(vfio_module.main, host, {"params": {"enable_sriov": True}}, diff=True)
    assert done["before"] == {
        "loaded": False,
        "params": {"enable_sriov": None},
        "persistent": False,
        "persistent_params": {},
    }
    assert done["after"] == {
        "loaded": True,
        "params": {"enable_sriov": "Y"},
        "persistent": True,
        "persistent_params": {"enable_sriov": "Y"},
    }
    assert done["actions"][-1] == "Loaded vfio_pci with enable_sriov=Y"
    assert done["kernel_args"] == {"present": [], "absent": []}
    assert (done["reload_required"], done["reboot_required"], done["foreign"]) == (False, False, [])
    assert [each["after_header"] for each in done["diff"]] == [
        "state",
        "/etc/modprobe.d/dataplane-dpdk-vfio_pci.conf",
        "/etc/modules-load.d/dataplane-dpdk-vfio_pci.conf",
    ]


@pytest.mark.parametrize(
    ("args", "cause"),
    [
        ({"name": "../x"}, "'../x' is no module name."),
        ({"params": {"ids": "a b"}}, "ids='a b' is no module parameter."),
        ({"name": "igb_uio"}, "has no module igb_uio"),
        ({"params": {"nonsense": 1}}, "has no parameter nonsense"),
        (
            {"name": "vfio-pci", "noiommu": "enabled"},
            "No-IOMMU mode is a parameter of the module vfio, not of vfio_pci.",
        ),
        ({"noiommu": "enabled", "params": {"enable_unsafe_noiommu_mode": 1}}, "say the same"),
        ({"state": "restored", "path": "/root/x.ko"}, "vfio_pci should be absent, but parameters or a file are given."),
        ({"state": "absent", "params": {"ids": 1}}, "vfio_pci should be absent, but parameters or a file are given."),
        ({"path": "/root/x.tar"}, "/root/x.tar is no module file."),
    ],
)
def test_what_is_refused(host: FakeHost, args: dict[str, Any], cause: str) -> None:
    refused = call(vfio_module.main, host, args)
    assert refused["failed"]
    assert cause in refused["msg"]
    assert refused["remedy"][0] in refused["msg"]


def test_the_contract_of_a_failure(host: FakeHost) -> None:
    host.modules.known["vfio_pci"].rejected = "Key was rejected by service"
    failed = call(vfio_module.main, host, {})
    assert "Key was rejected by service" in failed["msg"]
    assert "Secure Boot" in failed["remedy"][0]
    assert "Undone: Wrote /etc/modules-load.d/dataplane-dpdk-vfio_pci.conf" in failed["undone"]
    assert failed["problems"] == [
        {"problem": failed["msg"].partition(" Look into")[0], "remedy": failed["remedy"]},
    ]


def test_each_problem_comes_with_its_own_remedy(host: FakeHost) -> None:
    failed = call(vfio_module.main, host, {"params": {"nonsense": 1, "more": 2}})
    assert [each["problem"].partition("no parameter ")[2].partition(";")[0] for each in failed["problems"]] == [
        "more",
        "nonsense",
    ]
    assert all(each["remedy"] for each in failed["problems"])
    documented = yaml.safe_load(vfio_module.RETURN)["problems"]
    assert all(set(each) == set(documented["contains"]) for each in failed["problems"])
