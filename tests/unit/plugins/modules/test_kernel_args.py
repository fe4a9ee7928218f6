# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
import yaml
from ansible_collections.dataplane.dpdk.plugins.filter import plain
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import debian_grub, drop_in, stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.debian_grub import GRUB_CFG
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import BootStack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.modules import kernel_args
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls

TASKS = Path(__file__).resolve().parents[4] / "roles/dpdk_host/tasks"
GRUB = (
    "Look which entry the boot loader starts: another default entry, a one-shot choice, or a grub.cfg that is not the one it "
    "reads."
)
HINTS = {
    "debian_grub": GRUB,
    "grub2": GRUB,
    "grubby": (
        "Look which entry the boot loader starts, with 'grubby --default-kernel' and 'grub2-editenv list': a one-shot choice, "
        "an entry that grubby does not show, or a grub.cfg without blscfg."
    ),
    "systemd_boot": (
        "Look which entry the boot loader starts, with 'bootctl status' and 'bootctl list': another default, a one-shot "
        "choice, or an entry whose boots were counted down."
    ),
    "rpm_ostree": (
        "Look which deployment was booted, with 'rpm-ostree status': the boot loader or greenboot may have fallen back to the "
        "one before."
    ),
}


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
    assert done["diff"][0]["after"] == done["after"]  # before 20 lines of shell
    assert done["diff"][1]["before_header"] == "/etc/default/grub.d/zz-dataplane-dpdk.cfg (missing)"
    assert done["diff"][1]["after"].endswith("dpdk_remove quiet\ndpdk_add iommu=pt\n")
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
    host.full.append("/boot")
    failed = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert "No space left on device." in failed["msg"]
    assert "was left as it was" in failed["msg"]
    assert [each["remedy"] for each in failed["problems"]] == [failed["remedy"]]
    assert failed["problems"][0]["problem"] in failed["msg"]
    assert "Undone: Wrote /etc/default/grub.d/zz-dataplane-dpdk.cfg" in failed["undone"]
    assert failed["before"]["configured"] == "quiet"


def test_check_mode_and_the_real_run_refuse_alike(host: FakeHost) -> None:
    host.answers["grub-mkconfig"] = (1, "", "grub-probe: error: cannot find a device for /")
    predicted = call(kernel_args.main, host, {"present": ["iommu=pt"]}, check=True)
    failed = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert "cannot find a device for /" in failed["msg"]
    assert predicted["msg"] == failed["msg"]
    assert (failed["actions"], failed["before"]["configured"]) == ([], "quiet")


def said_after_a_reboot_in_vain(result: dict[str, Any]) -> list[str]:
    """What the role says of a host that came back without its parameters, in this run and in the next."""
    tasks = [
        task for name in ("reboot", "rebooted") for task in yaml.safe_load((TASKS / f"{name}.yml").read_text("utf-8"))
    ]
    texts: list[str] = [
        task["ansible.builtin.assert"]["fail_msg"] for task in tasks if "ansible.builtin.assert" in task
    ]
    texts += [task["ansible.builtin.fail"]["msg"] for task in tasks if "ansible.builtin.fail" in task]
    results = {"__dpdk_host_plan": result}
    environment = jinja2.Environment()
    environment.filters["dataplane.dpdk.plain"] = plain.plain
    return [" ".join(environment.from_string(text).render(results).split()) for text in texts]


def booting_by(monkeypatch: pytest.MonkeyPatch, name: str, hint: str) -> None:
    """Have the host boot by a stack with this name, and in all else as Debian's GRUB does."""
    same = {each: getattr(debian_grub, each) for each in ("TRIAL", "detect", "original", "preview", "read", "write")}
    monkeypatch.setattr(stack, "STACKS", (SimpleNamespace(NAME=name, HINT=hint, **same),))


@pytest.mark.parametrize(
    "each", [each for each in stack.STACKS if not isinstance(each, Refusal)], ids=lambda each: each.NAME
)
def test_each_boot_stack_says_what_to_look_at_after_a_reboot_in_vain(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch, each: BootStack[Any]
) -> None:
    booting_by(monkeypatch, each.NAME, each.HINT)
    done = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert (done["stack"], done["reboot_hint"]) == (each.NAME, HINTS[each.NAME])
    in_this_run, in_the_next = said_after_a_reboot_in_vain(done)
    assert in_this_run.endswith(f"It will not be rebooted again for them. {HINTS[each.NAME]}")
    assert f"It is not rebooted again. {HINTS[each.NAME]} Once the host was booted by hand" in in_the_next


def test_a_boot_stack_without_a_hint_is_given_none_of_another(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    booting_by(monkeypatch, "other", "")
    done = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert (done["stack"], done["reboot_hint"]) == ("other", "")
    for text in said_after_a_reboot_in_vain(done):
        assert "(missing: iommu=pt, conflicting: none)" in text
        assert "Look" not in text
        assert "grub" not in text


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


def test_a_menu_behind_a_link_is_refused_before_anything_is_touched(host: FakeHost) -> None:
    host.tree.write("/boot/real.cfg", host.read(GRUB_CFG) or "")
    host.tree.remove(GRUB_CFG)
    host.tree.link(GRUB_CFG, "/boot/real.cfg")
    before = host.read("/boot/real.cfg")
    failed = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert f"{GRUB_CFG} is a symbolic link to" in failed["msg"]
    assert (host.read("/boot/real.cfg"), host.read(drop_in.PATH)) == (before, None)
