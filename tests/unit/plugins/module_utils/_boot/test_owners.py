# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, owners, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

# As TuneD writes it for the profile cpu-partitioning.
TUNED = """\
# This file specifies additional parameters to kernel boot command line and initrd overlay images used in kernel
# command line. Its content is set by the Tuned bootloader plugin and sourced by the grub2-mkconfig (/etc/grub.d/00_tuned script).
TUNED_BOOT_CMDLINE="skew_tick=1 tsc=reliable rcupdate.rcu_normal_after_boot=1 isolcpus=managed_irq,domain,2-3"
TUNED_BOOT_INITRD_ADD=""
"""


def planned(host: FakeHost, want: Want) -> Plan:
    return plan.plan(have.read(host, want), want)


def test_tuned_is_named_with_its_profile(host: FakeHost) -> None:
    host.tree.write("/etc/tuned/bootcmdline", TUNED)
    host.tree.write("/etc/tuned/active_profile", "cpu-partitioning\n")
    todo = planned(host, Want(("isolcpus=1-3", "iommu=pt"), ("skew_tick",)))
    assert todo.facts["owners"] == [
        {"parameter": token, "owner": "TuneD (active profile: cpu-partitioning)", "path": "/etc/tuned/bootcmdline"}
        for token in ("skew_tick=1", "isolcpus=managed_irq,domain,2-3")
    ]
    assert todo.warnings[0] == (
        "skew_tick=1 is also set by TuneD (active profile: cpu-partitioning) in /etc/tuned/bootcmdline, which may set it again."
    )


def test_the_drop_in_of_a_cloud_image_is_named(host: FakeHost) -> None:
    cloud = 'GRUB_CMDLINE_LINUX_DEFAULT="console=tty1 console=ttyS0 intel_iommu=off"\n#GRUB_CMDLINE_LINUX="iommu=off"\n'
    host.grub.install('"quiet"', **{"50_cloudimg_settings": cloud})
    found = owners.concerned(owners.read(host), Want(("intel_iommu=on",), ("intel_iommu=off", "iommu")))
    assert found == [
        {"parameter": "intel_iommu=off", "owner": "a drop-in", "path": "/etc/default/grub.d/50-cloudimg-settings.cfg"}
    ]


def test_nobody_is_named_for_what_they_agree_on_or_nobody_asked_for(host: FakeHost) -> None:
    host.tree.write("/etc/tuned/bootcmdline", TUNED)
    assert owners.concerned(owners.read(host), Want(("skew_tick=1", "iommu=pt"))) == []
    host.tree.write("/etc/tuned/bootcmdline", 'TUNED_BOOT_CMDLINE=""\n')
    assert owners.read(host) == ()


def test_our_own_drop_in_is_nobody_else(host: FakeHost) -> None:
    host.tree.write("/etc/default/grub.d/zz-dataplane-dpdk.cfg", 'GRUB_CMDLINE_LINUX_DEFAULT="a=1"\n')
    assert owners.read(host) == ()
