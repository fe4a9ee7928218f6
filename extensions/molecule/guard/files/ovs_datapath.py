# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the kernel's side of Open vSwitch without its daemons: `ovs_datapath.py PORT INTERNAL`, or `delete`.

The numbers are those of include/uapi/linux/openvswitch.h and genetlink.h.
"""

from __future__ import annotations

import socket
import struct
import sys

REQUEST_WITH_ANSWER = 0x5
ERROR = 2
NETDEV, INTERNAL = 1, 2
NEW, DELETE = 1, 2


def attribute(number: int, value: bytes) -> bytes:
    return struct.pack("=HH", len(value) + 4, number) + value + bytes(-len(value) % 4)


def text(number: int, value: str) -> bytes:
    return attribute(number, value.encode() + b"\0")


def number(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("=I", value))


def talk(family: int, command: int, version: int, payload: bytes) -> bytes:
    """Send one request; return the first answer, or fail with the kernel's errno."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as netlink:
        body = struct.pack("=BBH", command, version, 0) + payload
        netlink.send(struct.pack("=IHHII", len(body) + 16, family, REQUEST_WITH_ANSWER, 1, 0) + body)
        answer = netlink.recv(65536)
    if struct.unpack_from("=H", answer, 4)[0] == ERROR and struct.unpack_from("=i", answer, 16)[0]:
        raise OSError(-struct.unpack_from("=i", answer, 16)[0], f"family {family}, command {command}")
    return answer


def family_of(name: str) -> int:
    answer = talk(16, 3, 1, text(2, name))[20:]
    while answer:
        length, kind = struct.unpack_from("=HH", answer)
        if kind == 1:
            return int(struct.unpack_from("=H", answer, 4)[0])
        answer = answer[(length + 3) & ~3 :]
    raise LookupError(name)


def datapath(command: int) -> None:
    talk(family_of("ovs_datapath"), command, 2, struct.pack("=i", 0) + text(1, "ovs-system") + number(2, 0))


def port(name: str, kind: int) -> None:
    header = struct.pack("=i", socket.if_nametoindex("ovs-system"))
    talk(family_of("ovs_vport"), NEW, 1, header + number(2, kind) + text(3, name) + number(5, 0))


if sys.argv[1:] == ["delete"]:
    datapath(DELETE)
else:
    datapath(NEW)
    port(sys.argv[1], NETDEV)
    port(sys.argv[2], INTERNAL)
