# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""64 VFs, counted by the kernel's own links."""

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://nvme-trixie"]

PF = "/sys/bus/pci/devices/0000:01:00.0"


def test_number(host: Host) -> None:
    assert host.file(f"{PF}/sriov_numvfs").content_string.strip() == "64"
    assert host.check_output(f"ls {PF} | grep -c virtfn") == "64"


def test_no_driver_took_one(host: Host) -> None:
    assert host.check_output(f"ls -d {PF}/virtfn*/driver 2>/dev/null | wc -l") == "0"
