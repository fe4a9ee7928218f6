# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine whose SMMU is in a device tree, by other means than the modules'."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://arm64-tree"]


def test_there_is_no_acpi(host: Host) -> None:
    assert not host.file("/sys/firmware/acpi").exists
    assert "arm,smmu-v3" in host.check_output("cat /sys/firmware/devicetree/base/smmuv3@9050000/compatible")


def test_pf_and_vf_share_a_group(host: Host) -> None:
    members = host.check_output("ls /sys/bus/pci/devices/0000:01:10.0/iommu_group/devices").split()
    assert members == ["0000:00:10.0", "0000:01:00.0", "0000:01:10.0"]


def test_no_rule_keeps_the_vf_that_was_refused(host: Host) -> None:
    assert not host.file("/etc/udev/rules.d/65-dataplane-dpdk-bind.rules").exists
