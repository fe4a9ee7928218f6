# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.attempt import ATTEMPT
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, four_steps


def planned(host: FakeHost, wanted: Want) -> Plan:
    return plan.plan(have.read(host, wanted), wanted)


def facts(host: FakeHost, wanted: Want) -> dict[str, Any]:
    return planned(host, wanted).facts


def test_one_reboot_is_noted_and_the_note_goes_when_it_worked(host: FakeHost) -> None:
    wanted = Want(("iommu=pt",), rebooting=True)
    done = four_steps(
        host,
        lambda: have.read(host, wanted),
        lambda found: plan.plan(found, wanted),
        lambda found: plan.describe(found, wanted),
    )
    assert done.steps[-1].action == f"Wrote {ATTEMPT}"
    assert facts(host, wanted)["reboot_tried"] is False
    host.grub.boot()
    again = four_steps(
        host,
        lambda: have.read(host, wanted),
        lambda found: plan.plan(found, wanted),
        lambda found: plan.describe(found, wanted),
    )
    assert [step.action for step in again.steps] == [f"Removed {ATTEMPT}"]
    assert again.facts["reboot_required"] is False


def boot_without(host: FakeHost, parameter: str) -> None:
    """Boot as a host does that takes its parameters from elsewhere."""
    host.grub.boot()
    line = host.read("/proc/cmdline") or ""
    host.tree.write("/proc/cmdline", line.replace(f" {parameter}", ""))


def test_a_reboot_that_changed_nothing_is_reported(host: FakeHost) -> None:
    wanted = Want(("iommu=pt",), rebooting=True)
    apply(host, planned(host, wanted))
    boot_without(host, "iommu=pt")
    tried = facts(host, Want(("iommu=pt",)))
    assert (tried["reboot_required"], tried["reboot_tried"], tried["missing"]) == (True, True, ["iommu=pt"])
    other = facts(host, Want(("iommu=pt", "a=1")))
    assert other["reboot_tried"] is False, "another configuration gets its own try"


def test_a_reboot_that_changed_nothing_is_never_tried_again(host: FakeHost) -> None:
    wanted = Want(("iommu=pt",), rebooting=True)
    for number in range(3):
        todo = planned(host, wanted)
        assert todo.facts["reboot_tried"] is (number > 0)
        apply(host, todo)
        if not todo.facts["reboot_tried"]:
            boot_without(host, "iommu=pt")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"fingerprint": 5, "boot_id": "x"}',
        '{"boot_id": "x"}',
        "[" * 100000,
        '{"fingerprint": "x"}',
    ],
)
def test_a_damaged_note_is_refused_and_not_taken_for_none(host: FakeHost, text: str) -> None:
    host.tree.write(ATTEMPT, text)
    for wanted in (Want(("iommu=pt",)), Want(("iommu=pt",), rebooting=True)):
        with pytest.raises(HostError, match="does not hold what this collection writes there"):
            planned(host, wanted)
    assert host.tree.read(ATTEMPT) == text


OVERLAY = "rw,lowerdir=/ro,upperdir=/run/over/up,workdir=/run/over/work"


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        (["1 0 8:1 / / rw - ext4 /dev/sda1 rw"], False),
        (["1 0 8:1 / / rw - ext4 /dev/sda1 rw", "2 1 0:9 / /var rw - tmpfs tmpfs rw"], True),
        (["1 0 0:8 / / rw - tmpfs tmpfs rw", "2 1 8:1 / /var/lib rw - ext4 /dev/sda1 rw"], False),
        ([f"1 0 0:8 / / rw - overlay overlay {OVERLAY}", "2 1 0:9 / /run rw - tmpfs tmpfs rw"], True),
        ([f"1 0 0:8 / / rw - overlay overlay {OVERLAY}", "2 1 8:1 / /run/over rw - ext4 /dev/sda1 rw"], False),
    ],
)
def test_a_host_that_forgets_its_note_is_not_rebooted(host: FakeHost, lines: list[str], refused: bool) -> None:
    host.tree.write("/proc/self/mountinfo", "\n".join(lines) + "\n")
    found = attempt(lambda: planned(host, Want(("iommu=pt",), rebooting=True)))
    assert isinstance(found, HostError) == refused
    assert planned(host, Want(("iommu=pt",))).facts["reboot_required"]
