# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection over which this process is controlled."""

from __future__ import annotations

import ipaddress
import sys

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_ESTABLISHED = "01"  # include/net/tcp_states.h


@dataclass(frozen=True)
class Connection:
    """Both ends of a connection; ``local`` may name an interface behind a ``%``."""

    local: str
    remote: str


def scan(host: Host) -> tuple[Connection, ...]:
    """Return the connections of this process: what sshd wrote into the environment, and the sockets of its ancestors.

    The environment may be gone (sudo) or old (tmux, screen); the sockets are those of now.
    """
    named = _environment(host)
    found = dict.fromkeys([*([named] if named else []), *_sockets(host)])
    known = {each.local.partition("%")[0] for each in found if "%" in each.local}
    # Of a link-local address the environment names the interface, the socket does not.
    return tuple(each for each in found if each.local not in known)


def _environment(host: Host) -> Connection | None:
    words = (host.environment("SSH_CONNECTION") or "").split()
    return Connection(_plain(words[2]), _plain(words[0])) if len(words) == 4 else None


def _plain(address: str) -> str:
    return address[len("::ffff:") :] if address.startswith("::ffff:") and "." in address else address


def _sockets(host: Host) -> list[Connection]:
    found = []
    for pid in _ancestors(host):
        inodes = _socket_inodes(host, pid)
        for table in ("tcp", "tcp6") if inodes else ():
            for line in (host.attr(f"/proc/{pid}/net/{table}") or "").splitlines()[1:]:
                fields = line.split()
                if len(fields) > 9 and fields[3] == _ESTABLISHED and fields[9] in inodes:
                    found.append(Connection(_address(fields[1]), _address(fields[2])))
    return found


def _ancestors(host: Host) -> list[int]:
    """Return the processes above this one, without the first: that one holds sockets for others."""
    found: list[int] = []
    pid = _parent(host, "self")
    while pid > 1 and pid not in found:
        found.append(pid)
        pid = _parent(host, str(pid))
    return found


def _parent(host: Host, pid: str) -> int:
    # The command's name, in brackets, may hold anything; the parent is the second field behind it.
    fields = (host.attr(f"/proc/{pid}/stat") or "").rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _socket_inodes(host: Host, pid: int) -> set[str]:
    targets = (host.target(f"/proc/{pid}/fd/{handle}") or "" for handle in host.names(f"/proc/{pid}/fd"))
    return {each[len("socket:[") : -1] for each in targets if each.startswith("socket:[")}


def _address(text: str) -> str:
    """Read an address of /proc/net/tcp: words of four bytes, each in the byte order of the machine."""
    digits = text.partition(":")[0]
    words = (digits[place : place + 8] for place in range(0, len(digits), 8))
    return _plain(_canonical(b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)))


def _canonical(data: bytes) -> str:
    address = ipaddress.ip_address(data)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
