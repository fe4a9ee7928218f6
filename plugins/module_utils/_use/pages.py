# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses hugepages: processes that have some mapped, and files in hugetlbfs, which keep theirs when a process has ended."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

# hugetlb_report_usage in the kernel's mm/hugetlb.c, a line of /proc/PID/status since 4.4
_MAPPED = re.compile(r"^HugetlbPages:\s+([1-9]\d*) kB$", re.MULTILINE)
_LISTED = 5


@dataclass(frozen=True)
class Process:
    """A process with hugepages: how many KiB, and which files it has them from."""

    pid: int
    command: str
    kb: int
    files: frozenset[str]

    def __str__(self) -> str:
        return f"{self.command} (pid {self.pid}, {self.kb // 1024} MiB)"


@dataclass(frozen=True)
class Users:
    """The processes, and the files by the mount they are in."""

    processes: tuple[Process, ...] = ()
    files: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def of(self, mount: str) -> list[Process]:
        """Return the processes that have hugepages from a mount."""
        return [each for each in self.processes if any(path.startswith(f"{mount}/") for path in each.files)]

    def __str__(self) -> str:
        """Name them, for a message."""
        paths = [f"{mount}/{name}" for mount, names in self.files for name in names]
        more = f" and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
        found = [f"by {', '.join(map(str, self.processes))}"] if self.processes else []
        found += [f"by the files {', '.join(paths[:_LISTED])}{more}"] if paths else []
        return " and ".join(found) or "by processes that are not seen from here"


NOBODY = Users()


def read(host: Host, mounts: Iterable[str]) -> Users:
    """Find them: /proc/PID/status and /proc/PID/maps, and what lies in the mounts."""
    found = []
    for pid in filter(str.isdigit, host.names("/proc")):
        mapped = _MAPPED.search(host.attr(f"/proc/{pid}/status") or "")
        if mapped:
            command = host.attr(f"/proc/{pid}/comm") or "a process"
            found.append(Process(int(pid), command, int(mapped[1]), _files(host, pid)))
    files = ((mount, tuple(host.names(mount))) for mount in sorted(mounts))
    return Users(tuple(found), tuple(each for each in files if each[1]))


def _files(host: Host, pid: str) -> frozenset[str]:
    lines = (host.attr(f"/proc/{pid}/maps") or "").splitlines()
    return frozenset(words[5] for words in (line.split(None, 5) for line in lines) if len(words) == 6)
