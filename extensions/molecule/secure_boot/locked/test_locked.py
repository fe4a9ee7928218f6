# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine is locked down, and nothing was tried that the kernel would have refused."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://secure-trixie"]


def test_secure_boot_is_on(host: Host) -> None:
    name = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    assert host.check_output(f"od --address-radix=n --format=u1 --skip-bytes=4 {name}").split() == ["1"]
    assert "[integrity]" in host.file("/sys/kernel/security/lockdown").content_string


@pytest.mark.parametrize("name", ["igb_uio", "uio_pci_generic"])
def test_nothing_useless_was_loaded(host: Host, name: str) -> None:
    assert not host.file(f"/sys/module/{name}").exists


def test_nothing_was_tried(host: Host) -> None:
    log = host.check_output("dmesg")
    assert "unsigned module" not in log
    assert "direct PCI access is restricted" not in log


def test_vfio_works(host: Host) -> None:
    assert host.check_output("basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver)") == "vfio-pci"
