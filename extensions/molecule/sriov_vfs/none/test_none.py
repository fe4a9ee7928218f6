# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The PF as it was found."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://sriov-trixie"]

PF = "/sys/bus/pci/devices/0000:01:00.0"


def test_no_vfs(host: Host) -> None:
    assert host.file(f"{PF}/sriov_numvfs").content_string.strip() == "0"
    assert not host.file(f"{PF}/virtfn0").exists


def test_autoprobe_is_as_it_was(host: Host) -> None:
    assert host.file(f"{PF}/sriov_drivers_autoprobe").content_string.strip() == "1"


def test_nothing_of_ours_is_left(host: Host) -> None:
    assert not host.file("/etc/udev/rules.d/65-dataplane-dpdk-sriov.rules").exists
    assert not host.file("/var/lib/dataplane-dpdk/devices.json").exists
