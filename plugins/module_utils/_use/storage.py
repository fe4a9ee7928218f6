# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File systems and disks that this host has over the network, and the interfaces that lead to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.mounts import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links as _links
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.links import Link
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import disks as _disks
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.disks import Disk
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.reason import Reason, merge

_IBFT = "/sys/firmware/ibft"
_ISCSI = "/sys/class/iscsi_connection"
_NVME = "/sys/class/nvme"
# How the initramfs of dracut, of Debian and the kernel itself learn of a root file system on the network.
_ROOT_KEYS = (
    "nfsroot",
    "netroot",
    "iscsi_target_ip",
    "rd.iscsi.firmware",
    "iscsi_firmware",
    "iscsi_auto",
    "rd.nvmf.discover",
)
_ROOT_VALUES = ("/dev/nfs", "nfs:", "nfs4:", "dhcp", "iscsi:", "nbd:")
_SERVER = re.compile(r"(\d+\.\d+\.\d+\.\d+)|\[([0-9A-Fa-f:]+)\]")


@dataclass(frozen=True)
class _Server:
    address: str
    reason: Reason


def scan(
    host: Host, links: Iterable[Link], mounts: Iterable[Mount], disks: Iterable[Disk]
) -> dict[str, tuple[Reason, ...]]:
    """Return what each interface is needed for, by its name."""
    links, disks = tuple(links), tuple(disks)
    booted = _firmware_ports(host, links)
    tokens = [token for token in cmdline.parse(host.attr("/proc/cmdline") or "") if _is_network_root(token)]
    servers = [*_mounted(mounts), *_iscsi(host, disks, bool(tokens or booted)), *_nvme(host, disks)]
    servers += [_boot_server(token, server) for token in tokens for server in _addresses(token)]
    ways = [(_links.way_to(host, each.address), each.reason) for each in servers]
    found = merge(booted, *({way: (reason,)} for way, reason in ways if way))
    if tokens and not any(reason.vital for reasons in found.values() for reason in reasons):
        found = merge(found, _any_port(links, tokens))
    return found


def _mounted(mounts: Iterable[Mount]) -> Iterator[_Server]:
    for mount in mounts:
        for option in mount.options:
            if option.startswith("addr="):
                server = option[len("addr=") :]
                text = f"leads to {server}, from where {mount.point} is mounted ({mount.kind})"
                yield _Server(server, Reason(text, mount.vital))


def _iscsi(host: Host, disks: tuple[Disk, ...], booted: bool) -> Iterator[_Server]:
    for name in host.names(_ISCSI):
        server = host.attr(f"{_ISCSI}/{name}/address") or host.attr(f"{_ISCSI}/{name}/persistent_address")
        session = name.replace("connection", "session").partition(":")[0]
        if server:
            yield _remote_disk(server, f"iSCSI {session}", _disks.below(disks, session), booted)


def _nvme(host: Host, disks: tuple[Disk, ...]) -> Iterator[_Server]:
    for name in host.names(_NVME):
        fields = dict(each.partition("=")[::2] for each in (host.attr(f"{_NVME}/{name}/address") or "").split(","))
        if host.attr(f"{_NVME}/{name}/transport") in ("tcp", "rdma") and fields.get("traddr"):
            yield _remote_disk(fields["traddr"], f"NVMe controller {name}", _disks.below(disks, name), False)


def _remote_disk(server: str, what: str, uses: tuple[Reason, ...], booted: bool) -> _Server:
    use = next((each for each in uses if each.vital), uses[0] if uses else None)
    text = f"leads to {server}, the other end of the {what}{f' ({use.text})' if use else ''}"
    return _Server(server, Reason(text, booted or bool(use and use.vital)))


def _firmware_ports(host: Host, links: Iterable[Link]) -> dict[str, tuple[Reason, ...]]:
    """Return the ports from which the firmware booted by iSCSI (drivers/firmware/iscsi_ibft.c)."""
    entries = [name for name in host.names(_IBFT) if name.startswith("ethernet")]
    macs = {(host.attr(f"{_IBFT}/{name}/mac") or "").lower() for name in entries}
    reason = Reason(f"is the port from which the firmware booted this host by iSCSI ({_IBFT})", True)
    return {link.name: (reason,) for link in links if macs.intersection(link.macs) and not link.kind}


def _is_network_root(token: str) -> bool:
    key, _dummy, value = cmdline.plain(token).partition("=")
    return key.lower() in _ROOT_KEYS or (key == "root" and value.startswith(_ROOT_VALUES))


def _addresses(token: str) -> list[str]:
    return [first or second for first, second in _SERVER.findall(token)]


def _boot_server(token: str, server: str) -> _Server:
    return _Server(server, Reason(f"leads to {server}, from where this host has its root file system ({token})", True))


def _any_port(links: Iterable[Link], tokens: list[str]) -> dict[str, tuple[Reason, ...]]:
    """Where the boot parameters name no server that can be followed, no port in use may be lost."""
    text = f"holds an address, and this host has its root file system from the network ({' '.join(tokens)})"
    return {
        link.name: (Reason(text, True),)
        for link in links
        if not link.loopback and any(not address.startswith("fe80") for address in link.addresses)
    }
