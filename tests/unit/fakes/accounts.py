# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and groups of the fake machine: `getent`, `groupadd`, `groupdel` and `gpasswd` on its /etc/passwd and /etc/group."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

Answer = tuple[int, str, str]
PASSWD = "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/home/app:/bin/sh\n"
GROUP = "root:x:0:\ndpdk:x:990:\n"


def getent(tree: Tree, words: list[str]) -> Answer:
    database, name = words
    found = [line for line in _lines(tree, database) if line.split(":")[0] == name]
    return (0, found[0] + "\n", "") if found else (2, "", "")


def groupadd(tree: Tree, words: list[str]) -> Answer:
    if words[:1] != ["--system"]:
        raise NotImplementedError(f"groupadd {' '.join(words)}")
    if not getent(tree, ["group", words[1]])[0]:
        return 9, "", f"groupadd: group '{words[1]}' already exists\n"
    lines = _lines(tree, "group")
    tree.write("/etc/group", "\n".join([*lines, f"{words[1]}:x:{900 + len(lines)}:"]) + "\n")
    return 0, "", ""


def groupdel(tree: Tree, words: list[str]) -> Answer:
    if getent(tree, ["group", words[0]])[0]:
        return 6, "", f"groupdel: group '{words[0]}' does not exist\n"
    lines = [line for line in _lines(tree, "group") if not line.startswith(f"{words[0]}:")]
    tree.write("/etc/group", "\n".join(lines) + "\n")
    return 0, "", ""


def gpasswd(tree: Tree, words: list[str]) -> Answer:
    """Answer `gpasswd --add USER GROUP` and `gpasswd --delete USER GROUP`."""
    verb, user, group = words
    entry = getent(tree, ["group", group])[1].strip()
    if verb == "--delete" and user not in entry.rpartition(":")[2].split(","):
        return 3, "", f"gpasswd: user '{user}' is not a member of '{group}'\n"
    lines = []
    for line in _lines(tree, "group"):
        name, password, number, members = line.split(":")
        if name == group:
            others = [each for each in members.split(",") if each not in ("", user)]
            members = ",".join([*others, user] if verb == "--add" else others)
        lines.append(":".join([name, password, number, members]))
    tree.write("/etc/group", "\n".join(lines) + "\n")
    return 0, "", ""


def _lines(tree: Tree, database: str) -> list[str]:
    text = tree.read(f"/etc/{database}")
    return (({"passwd": PASSWD, "group": GROUP}[database]) if text is None else text).splitlines()
