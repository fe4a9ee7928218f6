# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import RpmOstree
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, four_steps

# As Fedora CoreOS answers.
KARGS = (
    "rw $ignition_firstboot mitigations=auto,nosmt console=tty0 console=ttyS0,115200n8 ignition.platform.id=qemu "
    "ostree=/ostree/boot.1/fedora-coreos/bf3b/0 root=UUID=910678ff rootflags=prjquota boot=UUID=96d15588"
)
PAGES = ("hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512")


@pytest.fixture(autouse=True, params=[False, True])
def ostree(host: FakeHost, request: pytest.FixtureRequest) -> RpmOstree:
    host.tree.write("/run/ostree-booted", "")
    host.tree.write("/usr/bin/rpm-ostree", "")
    program = RpmOstree(KARGS, header=request.param)
    host.programs["rpm-ostree"] = program
    return program


def steps(host: FakeHost, want: Want) -> Plan:
    return four_steps(
        host,
        lambda: have.read(host, Want()),
        lambda found: plan.plan(found, want),
        lambda found: plan.describe(found, want),
    )


def test_one_change_makes_one_deployment(host: FakeHost, ostree: RpmOstree) -> None:
    steps(host, Want(("intel_iommu=on", *PAGES), ("mitigations",)))
    assert ostree.kargs == KARGS.replace("mitigations=auto,nosmt ", "") + " intel_iommu=on " + " ".join(PAGES)
    assert ostree.deployments == 2


def test_the_pending_deployment_is_what_counts(host: FakeHost, ostree: RpmOstree) -> None:
    want = Want(("iommu=pt",))
    steps(host, want)
    for _dummy in range(3):
        todo = plan.plan(have.read(host, Want()), want)
        assert (todo.steps, todo.facts["reboot_required"]) == ((), True)
        apply(host, todo)
    assert ostree.deployments == 2, "no run before the reboot makes another one"


def test_what_was_added_can_be_taken_away_again(host: FakeHost, ostree: RpmOstree) -> None:
    steps(host, Want(PAGES))
    other = Want(PAGES[2:])
    steps(host, other)
    assert other.holds(cmdline.parse(ostree.kargs))
    steps(host, Want((), cmdline.HUGEPAGES))
    assert ostree.kargs == KARGS


def test_a_busy_daemon_is_reported(host: FakeHost, ostree: RpmOstree) -> None:
    todo = plan.plan(have.read(host, Want()), Want(("iommu=pt",)))

    def busy(words: list[str]) -> tuple[int, str, str]:
        return ostree(words) if words == ["kargs"] else (1, "", "error: Transaction in progress: upgrade")

    host.programs["rpm-ostree"] = busy
    assert "Transaction in progress: upgrade" in failing(host, todo).message
    assert ostree.kargs == KARGS


def test_a_deployment_with_something_else_is_undone(host: FakeHost, ostree: RpmOstree) -> None:
    todo = plan.plan(have.read(host, Want()), Want(("iommu=pt",), ("rw",)))

    def forgetful(words: list[str]) -> tuple[int, str, str]:
        return ostree([word for word in words if word != "--delete=rw"])

    host.programs["rpm-ostree"] = forgetful
    error = failing(host, todo)
    assert "rpm-ostree made a deployment with" in error.message
    assert "rpm-ostree kargs --editor" in error.remedy[0]
