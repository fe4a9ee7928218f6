# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who owns the files of the fake machine: `stat`, `chgrp` and `chmod`. The real owner is whoever runs the test."""

from __future__ import annotations

import stat as _stat

from ansible_collections.dataplane.dpdk.tests.unit.fakes import accounts
from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

Answer = tuple[int, str, str]
USERS = ("root", "app")
_NOTES = "/.owners"  # a file is named after the inode that it tells of: one that is replaced belongs to root again


def stat(tree: Tree, words: list[str]) -> Answer:
    """Answer `stat -c FORMAT PATH`, where the format asks for the mode, the user and the group."""
    dash, form, path = words
    if dash != "-c" or not set(form.split()) <= {"%a", "%U", "%G"}:
        raise NotImplementedError(f"stat {' '.join(words)}")
    place = tree.path(path)
    if not place.exists():
        return 1, "", f"stat: cannot statx '{path}': No such file or directory\n"
    user, group = owners(tree, path)
    mode = f"{_stat.S_IMODE(place.stat().st_mode):o}"
    return 0, form.replace("%a", mode).replace("%U", user).replace("%G", group) + "\n", ""


def owners(tree: Tree, path: str) -> tuple[str, str]:
    """Return the user and the group of a file."""
    user, _colon, group = (tree.read(f"{_NOTES}/{tree.path(path).stat().st_ino}") or "root:root").partition(":")
    return user, group


def _lines(tree: Tree, database: str) -> dict[str, int]:
    """Return the numbers of users or groups by their names."""
    names = ("root", *USERS) if database == "passwd" else ("root", "dpdk")
    found = (accounts.getent(tree, [database, name])[1] for name in names)
    return {line.split(":")[0]: int(line.split(":")[2]) for line in found if line}


def numbers(tree: Tree, path: str) -> tuple[int, int]:
    """Return the numbers of the owners of what is at a path."""
    note = tree.read(f"{_NOTES}/{tree.path(path).lstat().st_ino}") or "root:root"
    user, _colon, group = note.partition(":")
    return _lines(tree, "passwd").get(user, 4711), _lines(tree, "group").get(group, 4711)


def note(tree: Tree, inode: int, uid: int, gid: int) -> None:
    """Note the owners of a file by their numbers."""
    users = {number: name for name, number in _lines(tree, "passwd").items()}
    groups = {number: name for name, number in _lines(tree, "group").items()}
    tree.write(f"{_NOTES}/{inode}", f"{users.get(uid, uid)}:{groups.get(gid, gid)}")


def chown(tree: Tree, words: list[str]) -> Answer:
    owner, path = words
    user, _colon, group = owner.partition(":")
    if user not in USERS:
        return 1, "", f"chown: invalid user: '{owner}'\n"
    if accounts.getent(tree, ["group", group])[0]:
        return 1, "", f"chown: invalid group: '{owner}'\n"
    tree.write(f"{_NOTES}/{tree.path(path).stat().st_ino}", owner)
    return 0, "", ""


def chgrp(tree: Tree, words: list[str]) -> Answer:
    group, path = words
    if accounts.getent(tree, ["group", group])[0]:
        return 1, "", f"chgrp: invalid group: '{group}'\n"
    return chown(tree, [f"{owners(tree, path)[0]}:{group}", path])


def chmod(tree: Tree, words: list[str]) -> Answer:
    tree.path(words[1]).chmod(int(words[0], 8))
    return 0, "", ""
