# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Block devices below PCI functions, and what they are in use for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.mounts import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.reason import Reason

BLOCK = "/sys/class/block"
_BTRFS = "/sys/fs/btrfs"
_ZFS = "/proc/spl/kstat/zfs"
_STACK_DEPTH = 16
# A namespace of NVMe that has several paths sits below a subsystem; only its paths, which are
# hidden, sit below a PCI function or a connection (drivers/nvme/host/multipath.c).
_NVME_PATH = re.compile(r"(nvme\d+)c\d+(n\d+)")


@dataclass(frozen=True)
class Disk:
    """A disk or partition: its place in sysfs, and its uses, each a sentence."""

    name: str
    path: str
    uses: tuple[Reason, ...]


def scan(host: Host, mounts: Iterable[Mount]) -> list[Disk]:
    """Return every block device of the host."""
    uses = _own_uses(host, tuple(mounts))
    disks = [Disk(name, host.target(f"{BLOCK}/{name}") or "", _uses(host, name, uses)) for name in host.names(BLOCK)]
    return disks + [path for disk in disks for path in _along_paths(disk, disks)]


def below(disks: Iterable[Disk], component: str) -> tuple[Reason, ...]:
    """Return the uses of all disks whose place in sysfs lies below a directory of that name."""
    return tuple(use for disk in disks if component in disk.path.split("/") for use in disk.uses)


def by_function(disks: Iterable[Disk]) -> dict[str, tuple[Reason, ...]]:
    """Return the uses of disks by the PCI address of every function that they lie below."""
    found: dict[str, tuple[Reason, ...]] = {}
    for disk in disks:
        for component in disk.path.split("/"):
            if disk.uses and _address.parse(component) == component:
                found[component] = (*found.get(component, ()), *disk.uses)
    return found


def _along_paths(disk: Disk, disks: list[Disk]) -> list[Disk]:
    match = _NVME_PATH.fullmatch(disk.name)
    head = "".join(match.groups()) if match else ""
    return [Disk(each.name, disk.path, each.uses) for each in disks if head and head in each.path.split("/")]


def _uses(host: Host, name: str, own: dict[str, list[Reason]]) -> tuple[Reason, ...]:
    return tuple(Reason(f"{name} {each.text}", each.vital) for each in _predicates(host, name, own))


def _predicates(host: Host, name: str, own: dict[str, list[Reason]], depth: int = 0) -> list[Reason]:
    """Return what a block device is for, looking up through LVM, RAID, encryption and multipath."""
    found = list(own.get(name, ()))
    for holder in host.names(f"{BLOCK}/{name}/holders") if depth < _STACK_DEPTH else ():
        above = _predicates(host, holder, own, depth + 1)
        found += [Reason(f"is part of {holder}, which {each.text}", each.vital) for each in above]
        if not above:
            found.append(Reason(f"is part of {holder}"))
    return found


def _own_uses(host: Host, mounts: tuple[Mount, ...]) -> dict[str, list[Reason]]:
    found: dict[str, list[Reason]] = {}
    numbers = {host.attr(f"{BLOCK}/{name}/dev"): name for name in host.names(BLOCK)}
    nodes = {f"/dev/{name}": name for name in host.names(BLOCK)}
    nodes.update({f"/dev/mapper/{host.attr(f'{BLOCK}/{name}/dm/name')}": name for name in host.names(BLOCK)})
    for mount in mounts:
        first = numbers.get(mount.number) or nodes.get(mount.source)
        for name in _btrfs_members(host, first) or ([first] if first else []):
            found.setdefault(name, []).append(Reason(f"is mounted at {mount.point}", mount.vital))
    for line in (host.attr("/proc/swaps") or "").splitlines()[1:]:
        swap = nodes.get(line.split()[0])
        if swap:
            found.setdefault(swap, []).append(Reason("is swap space"))
    pools = _zfs_pools(host, mounts)
    for name in _unexplained(host, found) if pools else ():
        found[name] = [
            Reason(f"may belong to the ZFS pool {pools[0].text}, which does not show its disks", pools[0].vital)
        ]
    return found


def _btrfs_members(host: Host, name: str | None) -> list[str]:
    """Return all devices of the mounted btrfs that a device belongs to; mountinfo names one of them."""
    members = (host.names(f"{_BTRFS}/{identity}/devices") for identity in host.names(_BTRFS))
    return next((each for each in members if name in each), [])


def _unexplained(host: Host, found: dict[str, list[Reason]]) -> list[str]:
    """Return the disks and partitions that nothing is known of, and that are below real hardware."""
    return [
        name
        for name in host.names(BLOCK)
        if name not in found
        and "/virtual/" not in (host.target(f"{BLOCK}/{name}") or "")
        and not host.names(f"{BLOCK}/{name}/holders")
    ]


def _zfs_pools(host: Host, mounts: tuple[Mount, ...]) -> list[Reason]:
    """Return the imported pools; nothing in sysfs leads from a disk to its pool."""
    pools = [name for name in host.names(_ZFS) if host.exists(f"{_ZFS}/{name}/state")]
    vital = {mount.source.split("/")[0] for mount in mounts if mount.kind == "zfs" and mount.vital}
    return sorted((Reason(name, name in vital) for name in pools), key=lambda each: not each.vital)
