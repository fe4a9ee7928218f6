# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a hugetlbfs may be mounted: it hides what is below it, at every boot and before anybody looks."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts, ownership
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import hugepage_units as _units

# Directories of the system (hier(7)) with all that is below them, and those that are nobody's place for themselves alone.
_WHOLE = ("bin", "boot", "etc", "lib", "lib32", "lib64", "libx32", "proc", "root", "sbin", "sys", "usr")
_ALONE = {
    *("/", "/dev", "/dev/mqueue", "/dev/pts", "/dev/shm", "/home", "/media", "/opt", "/run", "/run/lock", "/run/user"),
    *("/srv", "/tmp", "/var", "/var/cache", "/var/lib", "/var/lock", "/var/log", "/var/run", "/var/spool", "/var/tmp"),
}


@dataclass(frozen=True)
class Place:
    """What is where a hugetlbfs should be mounted, and is not yet.

    ``kind`` is the file system that is mounted there, ``entries`` what the directory holds, ``exposed`` a directory on the way
    that others than root may write. ``is_directory`` is None where there is nothing; ``foreign`` is a unit of somebody else.
    """

    path: str
    kind: str | None = None
    is_directory: bool | None = None
    entries: int = 0
    exposed: str | None = None
    foreign: str | None = None


def normal(path: str) -> str:
    """Return an absolute path without doubled slashes, dots and steps up."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def of_the_system(path: str) -> bool:
    """Whether a normal path is one that the system lives in."""
    return path in _ALONE or path.split("/")[1] in _WHOLE


def read(host: Host, paths: Iterable[str]) -> tuple[Place, ...]:
    """Read what is at the paths where no hugetlbfs is mounted."""
    kinds: dict[str, list[str]] = {}
    for each in mounts.scan(host):
        kinds.setdefault(each.point, []).append(each.kind)
    return tuple(_place(host, path, kinds.get(path, [])) for path in paths if "hugetlbfs" not in kinds.get(path, []))


def _place(host: Host, path: str, kinds: list[str]) -> Place:
    found = host.status(path)
    unit = f"{_units.UNITS}/{_units.mount_unit(path)}"
    text = host.read(unit) if host.status(unit) else None
    return Place(
        path,
        kind=kinds[-1] if kinds else None,
        is_directory=found and found.kind == "directory",
        entries=len(host.names(path)),
        exposed=ownership.exposed(host, path.rpartition("/")[0] or "/"),
        foreign=unit if text is not None and not text.startswith(_units.HEAD) else None,
    )


def refusals(places: Iterable[Place]) -> list[HostError | None]:
    """Return why nothing may be mounted there."""
    return [error for each in places for error in _refusals(each)]


def _refusals(place: Place) -> list[HostError | None]:
    found = []
    if place.kind:
        found.append(
            HostError(f"{place.path} is a mount point of {place.kind}, which would be hidden.", "Choose another path.")
        )
    elif place.is_directory is False:
        found.append(HostError(f"{place.path} is no directory.", "Choose another path, or remove what is there."))
    elif place.entries:
        count = "1 entry" if place.entries == 1 else f"{place.entries} entries"
        found.append(
            HostError(
                f"{place.path} holds {count}, which would be hidden.", "Choose a path that is empty or not there yet."
            )
        )
    if place.exposed:
        found.append(
            HostError(
                f"Others than root may write {place.exposed}, so they could put something else in the place of {place.path}.",
                "Choose a path below directories that root alone may write, such as /dev/hugepages1G.",
            )
        )
    if place.foreign:
        found.append(
            HostError(f"{place.foreign} was written by somebody else.", "Remove that unit, or choose another path.")
        )
    return [*found]
