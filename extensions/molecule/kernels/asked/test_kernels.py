# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Four kernels that differ, and ports that are as they were before the kernels were asked."""

from __future__ import annotations

import pytest
from testinfra.host import Host

# From this release on, before that one.
KERNELS = {
    "kernels-bookworm": ((6, 1), (6, 2)),
    "kernels-trixie": ((6, 12), (6, 13)),
    "kernels-backports": ((6, 16), (99, 0)),
    "kernels-forky": ((7, 0), (99, 0)),
}
testinfra_hosts = [f"ssh://{name}" for name in KERNELS]


def test_release(host: Host) -> None:
    first, end = KERNELS[host.backend.get_hostname()]
    major, minor = host.check_output("uname -r").split(".")[:2]
    assert first <= (int(major), int(minor)) < end


@pytest.mark.parametrize("address", ["0000:01:00.0", "0000:02:00.0"])
def test_port_is_as_it_was(host: Host, address: str) -> None:
    place = f"/sys/bus/pci/devices/{address}"
    assert host.check_output(f"basename $(readlink {place}/driver)") == "igb"
    assert host.check_output(f"cat {place}/driver_override {place}/sriov_numvfs").split() == ["(null)", "0"]
