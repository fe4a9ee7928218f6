# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import vmbus
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Interface
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.vmbus import DEVICES, Channel
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

PORT = "f8b3781a-1e82-4818-a1c3-63d806ec15bb"
DISK = "f8b3781b-1e82-4818-a1c3-63d806ec15bb"


def guest(host: FakeHost, driver: str = "hv_netvsc") -> None:
    """Make the host a guest of Hyper-V, with one port and one disk."""
    host.tree.write(f"{DEVICES}/{PORT}/class_id", "{f8615163-df3e-46c5-913f-f2d2f965ed0e}\n")
    host.tree.write(f"{DEVICES}/{PORT}/driver_override", "(null)\n")
    host.tree.write(f"{DEVICES}/{PORT}/numa_node", "0\n")
    host.tree.mkdir(f"/sys/bus/vmbus/drivers/{driver}")
    host.tree.link(f"{DEVICES}/{PORT}/driver", f"/sys/bus/vmbus/drivers/{driver}")
    host.tree.write(f"{DEVICES}/{DISK}/class_id", "{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}\n")
    if driver == "hv_netvsc":
        host.tree.write(f"{DEVICES}/{PORT}/net/eth1/address", "00:15:5D:00:00:01\n")


def test_ports_only(host: FakeHost) -> None:
    guest(host)
    assert vmbus.scan(host) == [Channel(PORT, "hv_netvsc", None, 0, (Interface("eth1", "00:15:5d:00:00:01"),))]


def test_a_port_given_to_userspace(host: FakeHost) -> None:
    guest(host, vmbus.DPDK_DRIVER)
    host.tree.write(f"{DEVICES}/{PORT}/driver_override", "uio_hv_generic\n")
    host.tree.write(f"{DEVICES}/{PORT}/numa_node", "-1\n")
    assert vmbus.scan(host) == [Channel(PORT, "uio_hv_generic", "uio_hv_generic", None, ())]


def test_no_guest_of_hyper_v(host: FakeHost) -> None:
    assert vmbus.scan(host) == []
