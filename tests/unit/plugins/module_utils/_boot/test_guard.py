# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan, rpm_ostree, stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def planned(host: FakeHost, wanted: Want) -> None:
    plan.plan(have.read(host, wanted), wanted)


def test_a_line_that_goes_on_for_init_is_refused(host: FakeHost) -> None:
    host.grub.install('"quiet -- single"')
    with pytest.raises(HostError) as caught:
        planned(host, Want(("iommu=pt",)))
    assert "The configured command line holds --; parameters added behind it would go to init." in told(caught.value)
    assert "Take -- and what follows it out of /etc/default/grub." in told(caught.value)


def test_only_debians_grub_tries_parameters_first(host: FakeHost) -> None:
    host.tree.remove("/etc/debian_version")
    with pytest.raises(HostError) as caught:
        planned(host, Want(("iommu=pt",), trial=True))
    assert "A trial boot is offered for Debian's GRUB alone, and this host boots by grub2." in caught.value.message


def test_the_error_names_every_stack_that_tries(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    offering = [each for each in stack.STACKS if not isinstance(each, Refusal) and each.TRIAL]
    assert [each.NAME for each in offering] == ["debian_grub"], "the error says so"
    host.tree.remove("/etc/debian_version")
    monkeypatch.setattr(rpm_ostree, "TRIAL", True)
    with pytest.raises(HostError, match="offered for rpm_ostree and Debian's GRUB alone, and this host boots by grub2"):
        planned(host, Want(("iommu=pt",), trial=True))


def test_a_trial_with_nothing_to_try_is_refused_nowhere(host: FakeHost) -> None:
    host.tree.remove("/etc/debian_version")
    host.tree.write("/proc/cmdline", "ro iommu=pt\n")
    assert plan.plan(have.read(host, Want()), Want(("iommu=pt",), trial=True)).steps == ()
