# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot stacks besides Debian's GRUB on the fake machine: grubby with BLS entries, GRUB 2 of SUSE and Arch, rpm-ostree.

grubby's habits are those of the script in Red Hat's package: values are split at spaces; a key that is added takes
all its other values away; entries that name kernelopts leave the change to grubenv.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import Any

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

Answer = tuple[int, str, str]
DEFAULT = "/etc/default/grub"
ENTRIES = "/boot/loader/entries"
GRUBENV = "/boot/grub2/grubenv"
CMDLINE = "/etc/kernel/cmdline"
_SOURCE = '. "$1"; printf "%s\\0%s" "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"'


def _variables(tree: Tree) -> list[str]:
    command = ["sh", "-c", _SOURCE, "sh", str(tree.path(DEFAULT))]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout.split("\0")


def _option(words: list[str], name: str) -> str:
    return next((word.partition("=")[2] for word in words if word.startswith(f"--{name}=")), "")


def _updated(line: str, remove: str, add: str) -> str:
    tokens = line.split()
    for each in remove.split():
        if "=" in each:
            if each in tokens:
                tokens.remove(each)
        else:
            tokens = [token for token in tokens if token.partition("=")[0] != each]
    for each in add.split():
        tokens = [token for token in tokens if token.partition("=")[0] != each.partition("=")[0]]
    return " ".join([*tokens, *add.split()])


class Grubby:
    """``knows_cmdline`` since the package 8.40-64; ``misses`` are files that this release leaves alone."""

    def __init__(self, tree: Tree, knows_cmdline: bool = True, misses: tuple[str, ...] = ()) -> None:
        self.tree = tree
        self.knows_cmdline = knows_cmdline
        self.misses = misses
        self.calls: list[list[str]] = []

    def __call__(self, words: list[str]) -> Answer:
        self.calls.append(words)
        if words == ["--default-index"]:
            return 0, "0\n", ""
        if words == ["--info=ALL"]:
            return 0, "".join(self._info(index, path) for index, path in enumerate(self._paths())), ""
        if words[0] == "--update-kernel=ALL":
            self._update(_option(words, "remove-args"), _option(words, "args"))
            return 0, "", ""
        return 1, "", "grubby: invalid option\n"

    def editenv(self, words: list[str]) -> Answer:
        """grub2-editenv FILE set NAME=VALUE."""
        text = self.tree.read(GRUBENV) or ""
        name = words[2].partition("=")[0]
        self.tree.write(GRUBENV, re.sub(rf"^{name}=.*$", lambda match: words[2], text, flags=re.MULTILINE))
        return 0, "", ""

    def _paths(self) -> list[str]:
        names = sorted((each.name for each in self.tree.path(ENTRIES).iterdir()), reverse=True)
        return [f"{ENTRIES}/{name}" for name in names if name.endswith(".conf")]

    def _line(self, path: str) -> str:
        found = re.search(r"^options\s+(.*)$", self.tree.read(path) or "", re.MULTILINE)
        return found.group(1) if found else ""

    def _kernelopts(self) -> str | None:
        found = re.search(r"^kernelopts=(.*)$", self.tree.read(GRUBENV) or "", re.MULTILINE)
        return found.group(1).strip() if found else None

    def _expanded(self, path: str) -> str:
        return self._line(path).replace("$kernelopts", self._kernelopts() or "$kernelopts")

    def _info(self, index: int, path: str) -> str:
        line = self._expanded(path)
        args = re.sub(r"(^|\s)root=\S+\s*", r"\1", line)
        root = re.search(r"(?:^|\s)root=(\S+)", line)
        text = f'index={index}\nkernel="/boot/vmlinuz-{index}"\nargs="{args.strip()}"\n'
        return text + (f'root="{root.group(1)}"\n' if root else "") + f'title="Linux {index}"\nid="{index}"\n'

    def _update(self, remove: str, add: str) -> None:
        if DEFAULT not in self.misses and self.tree.exists(DEFAULT) and _variables(self.tree)[0]:
            new = _updated(_variables(self.tree)[0], remove, add)
            text = self.tree.read(DEFAULT) or ""
            line = f'GRUB_CMDLINE_LINUX="{new}"'
            self.tree.write(DEFAULT, re.sub(r"^GRUB_CMDLINE_LINUX=.*$", lambda match: line, text, flags=re.MULTILINE))
        options = self._kernelopts()
        last = self._expanded(self._paths()[-1])
        if options is not None:
            text = self.tree.read(GRUBENV) or ""
            self.tree.write(GRUBENV, text.replace(options, _updated(options, remove, add)))
        for path in self._paths():
            old = self._line(path)
            if "$kernelopts" not in old and path not in self.misses:
                text = self.tree.read(path) or ""
                self.tree.write(path, text.replace(f"options {old}", f"options {_updated(old, remove, add)}"))
        if self.knows_cmdline and CMDLINE not in self.misses:
            line = (self.tree.read(CMDLINE) if self.tree.exists(CMDLINE) else last) or ""
            self.tree.write(CMDLINE, _updated(line, remove, add) + "\n")


class RpmOstree:
    """``kargs`` are those of the pending deployment; every change makes another one."""

    def __init__(self, kargs: str, header: bool = False) -> None:
        self.kargs = kargs
        self.header = header
        self.deployments = 1

    def __call__(self, words: list[str]) -> Answer:
        if words == ["kargs"]:
            return 0, ("The kernel arguments are:\n" if self.header else "") + self.kargs + "\n", ""
        tokens = self.kargs.split(" ")
        for word in words[1:]:
            name, _equals, value = word.partition("=")
            if name == "--delete":
                if value not in tokens:
                    return 1, "", f"error: No key '{value}' found\n"
                tokens.remove(value)
        tokens += [word.partition("=")[2] for word in words[1:] if word.startswith("--append=")]
        self.kargs = " ".join(tokens)
        self.deployments += 1
        return 0, "Staging deployment...done\n", ""


def mkconfig(tree: Tree) -> Callable[[list[str]], Answer]:
    """grub-mkconfig of a distribution without drop-ins."""

    def generate(words: list[str]) -> Answer:
        linux, default = _variables(tree)
        entry = "menuentry 'Linux' {\n\tlinux\t/boot/vmlinuz root=UUID=0000-0001 "
        text = (
            f"{entry}{linux} {default}\n}}\nmenuentry 'Linux (recovery mode)' {{\n\tlinux\t/boot/vmlinuz {linux}\n}}\n"
        )
        tree.write(words[words.index("-o") + 1], text, 0o600)
        return 0, "", "done\n"

    return generate


def options(**named: Any) -> dict[str, Any]:
    """Return the parameters of kernel_args as the module has them: what is named, and the defaults."""
    defaults = {"present": [], "absent": [], "replace": [], "rebooting": False, "trial": False, "state": "present"}
    return {**defaults, **named}
