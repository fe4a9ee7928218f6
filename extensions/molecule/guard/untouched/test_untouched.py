# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine after every refusal."""

from __future__ import annotations

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://vfio-trixie"]


@pytest.mark.parametrize("name", ["enp0s4", "enp1s0", "enp2s0", "ens1", "ens2"])
def test_every_interface_is_there(host: Host, name: str) -> None:
    assert host.interface(name).exists


def test_nothing_was_written(host: Host) -> None:
    assert not host.file("/var/lib/dataplane-dpdk").exists
    assert not host.file("/etc/udev/rules.d/65-dataplane-dpdk-bind.rules").exists


def test_the_module_of_the_driver_was_not_loaded(host: Host) -> None:
    assert not host.file("/sys/module/uio_pci_generic").exists
