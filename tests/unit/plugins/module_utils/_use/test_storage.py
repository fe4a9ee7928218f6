# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Usage
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

PORT = "enp1s0"
SERVER = "198.51.100.7"
BLOCK = "/sys/class/block"


@pytest.fixture(autouse=True)
def routed(host: FakeHost) -> None:
    """The server is reached through the port, and nothing else uses it; the connection is elsewhere."""
    host.network.addresses.pop(PORT)
    host.network.route("198.51.100.0/24", PORT, protocol="kernel")


def judge(host: FakeHost, interface: str = PORT) -> Usage:
    return usage.usage(usage.read(host), interface)


def mount(host: FakeHost, point: str, kind: str = "nfs4", options: str = f"rw,vers=4.2,addr={SERVER}") -> None:
    before = host.tree.read("/proc/self/mountinfo") or ""
    host.tree.write("/proc/self/mountinfo", f"{before}\n36 35 0:50 / {point} rw shared:1 - {kind} srv:/x {options}\n")


def test_nothing_from_the_network(host: FakeHost) -> None:
    mount(host, "/mnt", "tmpfs", "rw")
    host.tree.write("/proc/cmdline", "root=UUID=1 ro ip=dhcp\n")
    assert judge(host) == Usage(None, None)


def test_a_mount_is_a_use_and_the_root_file_system_is_management(host: FakeHost) -> None:
    mount(host, "/srv/my\\040data")
    assert judge(host) == Usage(None, f"{PORT} leads to {SERVER}, from where /srv/my data is mounted (nfs4)")
    mount(host, "/")
    assert judge(host).management == f"{PORT} leads to {SERVER}, from where / is mounted (nfs4)"
    assert judge(host, "enp2s0") == Usage(None, None)


def test_a_mount_is_followed_down_to_the_port(host: FakeHost) -> None:
    host.network.routes.clear()
    host.network.stack("bond0", PORT, kind="bond")
    host.network.route("198.51.100.0/24", "bond0", protocol="kernel")
    mount(host, "/usr")
    expected = f"{PORT} is a slave of bond0, which leads to {SERVER}, from where /usr is mounted (nfs4)"
    assert judge(host).management == expected


@pytest.mark.parametrize(
    "token",
    [
        f"nfsroot={SERVER}:/srv/root,vers=4",
        f"root=nfs:{SERVER}:/srv/root",
        f"netroot=iscsi:@{SERVER}::3260::iqn.2026-01.com.example:root",
        f"ISCSI_TARGET_IP={SERVER}",
    ],
)
def test_the_server_of_the_root_file_system_by_the_boot_parameters(host: FakeHost, token: str) -> None:
    host.tree.write("/proc/cmdline", f"ro {token}\n")
    expected = f"{PORT} leads to {SERVER}, from where this host has its root file system ({token})"
    assert judge(host).management == expected
    assert judge(host, "enp2s0") == Usage(None, None)


def test_a_root_file_system_from_nobody_knows_where_keeps_every_port_with_an_address(host: FakeHost) -> None:
    host.tree.write("/proc/cmdline", "ro root=/dev/nfs ip=dhcp\n")
    host.network.address(PORT, "203.0.113.1/24")
    host.network.address("enp2s0", "fe80::2/64", "link")
    assert "root file system from the network (root=/dev/nfs)" in (judge(host).management or "")
    assert judge(host, "enp2s0") == Usage(None, None)


def test_the_port_of_an_iscsi_boot(host: FakeHost) -> None:
    host.tree.write("/sys/firmware/ibft/ethernet0/mac", "52:54:00:00:01:00\n")
    expected = f"{PORT} is the port from which the firmware booted this host by iSCSI (/sys/firmware/ibft)"
    assert judge(host).management == expected
    assert judge(host, "enp2s0") == Usage(None, None)


def disk(host: FakeHost, name: str, place: str, number: str) -> None:
    path = f"/sys/devices/{place}/block/{name}"
    host.tree.write(f"{path}/dev", f"{number}\n")
    host.tree.link(f"{BLOCK}/{name}", path)


def iscsi(host: FakeHost) -> None:
    host.tree.write("/sys/class/iscsi_connection/connection3:0/address", f"{SERVER}\n")
    disk(host, "sdb", "platform/host4/session3/target4:0:0/4:0:0:0", "8:16")


def test_an_iscsi_session_is_a_use(host: FakeHost) -> None:
    iscsi(host)
    assert judge(host) == Usage(None, f"{PORT} leads to {SERVER}, the other end of the iSCSI session3")


@pytest.mark.parametrize(("point", "management"), [("/", True), ("/srv", False)])
def test_what_an_iscsi_disk_is_for_decides(host: FakeHost, point: str, management: bool) -> None:
    iscsi(host)
    host.tree.write("/proc/self/mountinfo", f"25 1 8:16 / {point} rw shared:1 - ext4 /dev/sdb rw\n")
    expected = f"{PORT} leads to {SERVER}, the other end of the iSCSI session3 (sdb is mounted at {point})"
    assert judge(host) == (Usage(expected, None) if management else Usage(None, expected))


def test_a_session_of_a_host_that_booted_by_iscsi_is_management(host: FakeHost) -> None:
    iscsi(host)
    host.tree.write("/proc/cmdline", "rd.iscsi.firmware=1\n")
    assert judge(host).management is not None


@pytest.mark.parametrize(("transport", "used"), [("tcp", True), ("rdma", True), ("pcie", False), ("fc", False)])
def test_nvme_over_the_network(host: FakeHost, transport: str, used: bool) -> None:
    host.tree.write("/sys/class/nvme/nvme1/transport", f"{transport}\n")
    host.tree.write("/sys/class/nvme/nvme1/address", f"traddr={SERVER},trsvcid=4420,src_addr=198.51.100.1\n")
    disk(host, "nvme1c1n1", "virtual/nvme-fabrics/ctl/nvme1", "259:9")
    disk(host, "nvme1n1", "virtual/nvme-subsystem/nvme-subsys1", "259:8")
    host.tree.write("/proc/self/mountinfo", "25 1 259:8 / / rw - ext4 /dev/nvme1n1 rw\n")
    expected = f"{PORT} leads to {SERVER}, the other end of the NVMe controller nvme1 (nvme1n1 is mounted at /)"
    assert judge(host) == (Usage(expected, None) if used else Usage(None, None))
