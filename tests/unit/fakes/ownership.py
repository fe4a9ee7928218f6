# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who owns the files of the fake machine: `stat`, `chgrp` and `chmod`. The real owner is whoever runs the test."""

from __future__ import annotations

import stat as _stat

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

Answer = tuple[int, str, str]
GROUPS = ("root", "dpdk")
_NOTES = "/.owners"  # a file is named after the inode that it tells of: one that is replaced belongs to root again


def stat(tree: Tree, words: list[str]) -> Answer:
    """Answer `stat -c '%a %G' PATH`."""
    if words[:2] != ["-c", "%a %G"]:
        raise NotImplementedError(f"stat {' '.join(words)}")
    place = tree.path(words[2])
    if not place.exists():
        return 1, "", f"stat: cannot statx '{words[2]}': No such file or directory\n"
    group = tree.read(f"{_NOTES}/{place.stat().st_ino}") or "root"
    return 0, f"{_stat.S_IMODE(place.stat().st_mode):o} {group}\n", ""


def chgrp(tree: Tree, words: list[str]) -> Answer:
    group, path = words
    if group not in GROUPS:
        return 1, "", f"chgrp: invalid group: '{group}'\n"
    tree.write(f"{_NOTES}/{tree.path(path).stat().st_ino}", group)
    return 0, "", ""


def chmod(tree: Tree, words: list[str]) -> Answer:
    tree.path(words[1]).chmod(int(words[0], 8))
    return 0, "", ""
