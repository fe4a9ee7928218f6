# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The PF, its VFs and the token, also after a reboot."""

from __future__ import annotations

import re

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://sriov-trixie"]

TOKEN = "/etc/dataplane-dpdk/vf_token"


def test_token(host: Host) -> None:
    file = host.file(TOKEN)
    assert (file.user, file.group, file.mode) == ("root", "dpdk", 0o640)
    assert re.fullmatch(r"[0-9a-f-]{36}\n", file.content_string)


@pytest.mark.parametrize("address", ["0000:01:00.0", "0000:01:10.0", "0000:01:10.2"])
def test_driver(host: Host, address: str) -> None:
    assert host.check_output(f"basename $(readlink /sys/bus/pci/devices/{address}/driver)") == "vfio-pci"


def test_sriov_is_enabled(host: Host) -> None:
    assert host.file("/sys/module/vfio_pci/parameters/enable_sriov").content_string.strip() == "Y"
