# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.modules import kernel_args
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls


@pytest.mark.parametrize(
    "args",
    [
        {"present": ["intel_iommu=on", "iommu=pt"]},
        {"absent": ["quiet"]},
        {"present": ["default_hugepagesz=1G", "hugepagesz=1G", "hugepages=4"], "absent": ["iommu"]},
        {"present": ["iommu=pt"], "rebooting": True},
        {"present": ['dyndbg="file a.c +p"']},
        {"present": ["console=tty0", "console=ttyS0"], "replace": ["console"]},
    ],
)
def test_four_steps(host: FakeHost, args: dict[str, Any]) -> None:
    four_calls(kernel_args.main, host, args)


def test_the_contract_of_a_success(host: FakeHost) -> None:
    done = call(kernel_args.main, host, {"present": ["iommu=pt"], "absent": ["quiet"]}, diff=True)
    assert done["before"]["configured"] == "quiet"
    assert done["after"]["configured"] == "iommu=pt"
    assert done["before"]["booted"] == done["after"]["booted"]
    assert (done["stack"], done["reboot_required"], done["reboot_tried"]) == ("debian_grub", True, False)
    assert (done["missing"], done["conflicting"]) == (["iommu=pt"], ["quiet"])
    assert done["diff"][0]["before_header"] == "/etc/default/grub.d/zz-dataplane-dpdk.cfg (missing)"
    assert done["diff"][0]["after"].endswith("dpdk_remove quiet\ndpdk_add iommu=pt\n")
    host.grub.boot()
    booted = call(kernel_args.main, host, {"present": ["iommu=pt"], "absent": ["quiet"]})
    assert (booted["changed"], booted["reboot_required"]) == (False, False)
    assert booted["boot_id"] != done["boot_id"]


@pytest.mark.parametrize("args", [{"present": ["two words"]}, {"absent": ["--"]}, {"present": ["a"], "absent": ["a"]}])
def test_nonsense_is_refused_before_the_host_is_looked_at(host: FakeHost, args: dict[str, Any]) -> None:
    refused = call(kernel_args.main, host, args)
    assert refused["failed"]
    assert refused["remedy"][0] in refused["msg"]
    assert refused["actions"] == []
    assert host.commands == []


def test_another_boot_stack_is_refused(host: FakeHost) -> None:
    host.tree.remove("/boot/grub/grub.cfg")
    refused = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert "no boot stack that is known here" in refused["msg"]
    assert "Set the boot parameters with the host's own tool" in refused["remedy"][0]


def test_the_contract_of_a_failure(host: FakeHost) -> None:
    host.answers["grub-mkconfig"] = (1, "", "grub-probe: error: cannot find a device for /")
    failed = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert "cannot find a device for /" in failed["msg"]
    assert "was left as it was" in failed["msg"]
    assert "Undone: Wrote /etc/default/grub.d/zz-dataplane-dpdk.cfg" in failed["undone"]
    assert failed["before"]["configured"] == "quiet"


def test_everything_is_taken_back(host: FakeHost) -> None:
    before = host.tree.read(grub_cfg := "/boot/grub/grub.cfg")
    call(kernel_args.main, host, {"present": ["intel_iommu=on", "hugepagesz=1G", "hugepages=4"], "absent": ["quiet"]})
    call(kernel_args.main, host, {"present": ["isolcpus=2-3"]})
    done = four_calls(kernel_args.main, host, {"state": "restored"})
    assert done["after"]["configured"] == "quiet"
    assert host.tree.read(grub_cfg) == before
    assert not host.tree.exists("/etc/default/grub.d/zz-dataplane-dpdk.cfg")


def test_nothing_to_take_back(host: FakeHost) -> None:
    assert not call(kernel_args.main, host, {"state": "restored"})["changed"]


def test_taking_back_and_naming_parameters_is_a_contradiction(host: FakeHost) -> None:
    failed = call(kernel_args.main, host, {"state": "restored", "present": ["iommu=pt"]})
    assert "brought back as a whole" in failed["msg"]
    assert "Leave out" in failed["remedy"][0]
