# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is mounted, in the mount namespace of this process."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

# Without these the host does not go on: its programs, their settings and their state.
_SYSTEM = ("/", "/usr", "/etc", "/var")
_IN_MEMORY = ("tmpfs", "ramfs")
_ESCAPE = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Mount:
    """One line of mountinfo; ``number`` is the device's ``major:minor``, anonymous for btrfs and network file systems."""

    number: str
    root: str
    point: str
    kind: str
    source: str
    options: tuple[str, ...]

    @property
    def vital(self) -> bool:
        """Whether the host lives on it."""
        return self.point in _SYSTEM


def scan(host: Host) -> list[Mount]:
    """Return all mounts (Documentation/filesystems/proc.rst, 3.5)."""
    lines = (line.split(" ") for line in (host.attr("/proc/self/mountinfo") or "").splitlines())
    return [_mount(words, words.index("-")) for words in lines if "-" in words[6:-3]]


def in_memory(host: Host, path: str) -> bool:
    """Whether what is written at a path is gone with the next boot: on a tmpfs, or on an overlay whose upper layer is one."""
    found = scan(host)
    holding = [each for each in found if path == each.point or path.startswith(f"{each.point.rstrip('/')}/")]
    deepest = max(holding, key=lambda each: len(each.point), default=None)
    if deepest is None or deepest.kind != "overlay":
        return deepest is not None and deepest.kind in _IN_MEMORY
    upper = next((each[len("upperdir=") :] for each in deepest.options if each.startswith("upperdir=")), "")
    below = [each for each in found if each.kind != "overlay" and upper.startswith(f"{each.point.rstrip('/')}/")]
    return bool(below) and max(below, key=lambda each: len(each.point)).kind in _IN_MEMORY


def _mount(words: list[str], dash: int) -> Mount:
    root, point, source = (_plain(words[place]) for place in (3, 4, dash + 2))
    return Mount(words[2], root, point, words[dash + 1], source, tuple(words[dash + 3].split(",")))


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 8)), text)
