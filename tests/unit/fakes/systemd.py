# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`systemctl` of the fake machine: it enables units, starts and stops mounts, and knows the files that it has read."""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.tests.unit.fakes import ownership
from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

Answer = tuple[int, str, str]
UNITS = "/etc/systemd/system"
MOUNTS = "/proc/self/mountinfo"
_READ = "/.systemd"


def mount(tree: Tree, path: str, options: str = "rw,pagesize=2M") -> None:
    """Mount hugetlbfs."""
    tree.mkdir(path)
    line = f"99 1 0:{len(path)} / {path} rw,relatime shared:9 - hugetlbfs hugetlbfs {options}"
    tree.write(MOUNTS, "\n".join(filter(None, [tree.read(MOUNTS), line])) + "\n")


def systemctl(tree: Tree, words: list[str]) -> Answer:
    if words == ["daemon-reload"]:
        tree.remove(_READ)
        for unit, now in _files(tree).items():
            tree.write(f"{_READ}/{unit}", now)
        return 0, "", ""
    if words[0] == "show":
        return 0, "\n".join(_shown(tree, name) for name in words[2:]), ""
    verb, name, *more = words
    if more:  # transient ones, of which there is nothing to see
        return 0, "", ""
    text = tree.read(f"{UNITS}/{name}")
    if verb == "stop" and text is None:
        return 5, "", f"Failed to stop {name}: Unit {name} not loaded.\n"
    if text is None:
        return 1, "", f"Failed to {verb} unit: Unit file {name} does not exist.\n"
    wanted = re.findall(r"^WantedBy=(.*)$", text, re.MULTILINE)
    link = f"{UNITS}/{wanted[0]}.wants/{name}"
    if verb == "enable":
        tree.write(link, "")
    elif verb == "disable":
        tree.remove(link)
    elif verb == "start":
        return _start(tree, text, name)
    elif verb == "stop":
        where = re.findall(r"^Where=(.*)$", text, re.MULTILINE)[0]
        lines = [line for line in (tree.read(MOUNTS) or "").splitlines() if f" {where} " not in line]
        tree.write(MOUNTS, "\n".join(lines) + "\n")
    else:
        raise NotImplementedError(f"systemctl {verb}")
    return 0, "", ""


def _files(tree: Tree) -> dict[str, str]:
    """Return the text of each unit with its drop-ins."""
    found = {name: tree.read(f"{UNITS}/{name}") or "" for name in tree.names(UNITS)}
    for name in tree.names(UNITS):
        if name.endswith(".d"):
            texts = [tree.read(f"{UNITS}/{name}/{each}") or "" for each in tree.names(f"{UNITS}/{name}")]
            found[name[: -len(".d")]] = "".join([found.get(name[: -len(".d")], ""), *texts])
    return {name: text for name, text in found.items() if text}


def _shown(tree: Tree, name: str) -> str:
    read, now = tree.read(f"{_READ}/{name}"), _files(tree).get(name)
    state = "not-found" if read is None else "loaded"
    return f"Id={name}\nLoadState={state}\nNeedDaemonReload={'no' if read == now else 'yes'}\n"


def _start(tree: Tree, text: str, name: str) -> Answer:
    where = re.findall(r"^Where=(.*)$", text, re.MULTILINE)[0]
    options = dict(each.partition("=")[::2] for each in re.findall(r"^Options=(.*)$", text, re.MULTILINE)[0].split(","))
    if ownership.chown(tree, [f"{options['uid']}:{options['gid']}", "/"])[0]:
        return 1, "", f"Job for {name} failed.\n"
    mount(tree, where, f"rw,pagesize={options['pagesize']}")
    ownership.chown(tree, [f"{options['uid']}:{options['gid']}", where])
    ownership.chmod(tree, [options["mode"], where])
    return 0, "", ""
