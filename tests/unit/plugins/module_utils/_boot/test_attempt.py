# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.attempt import ATTEMPT
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import four_steps
from hypothesis import given, settings
from hypothesis import strategies as st


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


@given(st.one_of(st.text(), st.recursive(st.none(), st.lists).map(json.dumps)))
@settings(max_examples=25)
def test_a_broken_note_is_no_note(host: FakeHost, text: str) -> None:
    host.tree.write(ATTEMPT, text)
    assert facts(host, Want(("iommu=pt",)))["reboot_tried"] is False
