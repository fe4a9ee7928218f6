# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import connection, usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.connection import Connection
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import CONNECTION
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

REPORTED = Connection("10.0.2.15", "10.0.2.2")
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def words(data: bytes) -> str:
    return "".join(f"{int.from_bytes(data[place : place + 4], sys.byteorder):08X}" for place in range(0, len(data), 4))


def line(local: bytes, remote: bytes, inode: int, state: str = "01") -> str:
    return (
        f"   0: {words(local)}:0016 {words(remote)}:C386 {state} 00000000:00000000 02:000A 00000000 0 0 {inode} 4 0\n"
    )


@pytest.fixture(autouse=True)
def processes(host: FakeHost) -> None:
    """This process, a shell, an sshd that holds the socket 555, and the first process."""
    host.variables.clear()
    for pid, parent, name in (("self", 30, "python3 (a)"), ("30", 20, "sh"), ("20", 1, "sshd-session"), ("1", 0, "x")):
        host.tree.write(f"/proc/{pid}/stat", f"99 ({name}) S {parent} 1 1\n")
        host.tree.mkdir(f"/proc/{pid}/fd")
    for pid, inode in (("20", 555), ("1", 777)):
        host.tree.path(f"/proc/{pid}/fd/4").symlink_to(f"socket:[{inode}]")
    host.tree.path("/proc/20/fd/0").symlink_to("/dev/null")


IPV4 = line(bytes([10, 0, 2, 15]), bytes([10, 0, 2, 2]), 555)
V6_LOCAL, V6_REMOTE = bytes.fromhex("20010db8" + "0" * 23 + "1"), bytes.fromhex("20010db8" + "0" * 23 + "9")
MAPPED = bytes(10) + b"\xff\xff"


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        ("tcp", IPV4, REPORTED),
        ("tcp6", line(MAPPED + bytes([10, 0, 2, 15]), MAPPED + bytes([10, 0, 2, 2]), 555), REPORTED),
        ("tcp6", line(V6_LOCAL, V6_REMOTE, 555), Connection("2001:db8::1", "2001:db8::9")),
    ],
)
def test_the_socket_of_an_ancestor_counts(host: FakeHost, table: str, text: str, expected: Connection) -> None:
    host.tree.write(f"/proc/20/net/{table}", HEAD + text)
    assert connection.scan(host) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        line(bytes([10, 0, 2, 15]), bytes([10, 0, 2, 2]), 556),
        line(bytes([10, 0, 2, 15]), bytes(4), 555, "0A"),
        "",
        "   0: broken\n",
    ],
)
def test_other_sockets_do_not_count(host: FakeHost, text: str) -> None:
    host.tree.write("/proc/20/net/tcp", HEAD + text)
    host.tree.write("/proc/1/net/tcp", HEAD + line(bytes([10, 0, 2, 99]), bytes([10, 0, 2, 2]), 777))
    assert connection.scan(host) == ()


def test_the_environment_and_the_socket_are_both_heard(host: FakeHost) -> None:
    host.variables["SSH_CONNECTION"] = "192.0.2.9 50022 192.0.2.1 22"
    host.tree.write("/proc/20/net/tcp", HEAD + IPV4)
    assert connection.scan(host) == (Connection("192.0.2.1", "192.0.2.9"), REPORTED)
    host.variables["SSH_CONNECTION"] = CONNECTION
    assert connection.scan(host) == (REPORTED,)


def test_a_mapped_address_in_the_environment_is_an_ipv4_address(host: FakeHost) -> None:
    host.variables["SSH_CONNECTION"] = "::ffff:10.0.2.2 50022 ::ffff:10.0.2.15 22"
    assert connection.scan(host) == (REPORTED,)


def test_of_a_link_local_address_the_environment_knows_the_interface(host: FakeHost) -> None:
    host.variables["SSH_CONNECTION"] = "fe80::9%enp1s0 50022 fe80::1%enp1s0 22"
    local, remote = (bytes.fromhex("fe80" + "0" * 27 + end) for end in "19")
    host.tree.write("/proc/20/net/tcp6", HEAD + line(local, remote, 555))
    assert connection.scan(host) == (Connection("fe80::1%enp1s0", "fe80::9%enp1s0"),)
    assert (
        usage.usage(usage.read(host), "enp1s0").management
        == "enp1s0 leads to fe80::9, where this connection comes from"
    )
    host.network.address("enp2s0", "fe80::1/64", "link")
    assert usage.usage(usage.read(host), "enp2s0").management is None


def test_the_port_of_the_socket_is_management(host: FakeHost) -> None:
    host.network.routes.clear()
    host.tree.write("/proc/20/net/tcp", HEAD + IPV4)
    expected = "enp0s2 holds 10.0.2.15/24, the address of this connection"
    assert usage.usage(usage.read(host), "enp0s2").management == expected
