# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine after everything was taken away."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://module-trixie"]


@pytest.mark.parametrize("name", ["igb_uio", "vfio_pci", "vfio_iommu_type1"])
def test_module(host: Host, name: str) -> None:
    assert not host.file(f"/sys/module/{name}").exists


def test_no_file_is_left(host: Host) -> None:
    places = "/etc/modprobe.d /etc/modules-load.d /lib/modules"
    assert not host.check_output(f"find {places} -name 'dataplane-dpdk*.conf' -o -name igb_uio.ko.xz")


def test_the_port_is_where_it_was(host: Host) -> None:
    assert host.check_output("basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver)") == "igb"
