# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot stacks besides Debian's GRUB on the fake machine: grubby with BLS entries, GRUB 2 of SUSE and Arch, rpm-ostree.

grubby's habits are those that the scripts of Red Hat's packages were seen to have (``recordings/grubby.json``): values are
split at spaces; what is removed is a regular expression; a key that is added takes all its other values away; entries that
name kernelopts leave the change to grubenv; an entry's options are seen behind a space alone; of /etc/kernel/cmdline the
first line is kept; each line of /etc/default/grub that begins with GRUB_CMDLINE_LINUX becomes the same one, with its quotes
bare; where something could not be written it ends well all the same.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
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


def _without(line: str, pattern: str, every: bool) -> str:
    """sed -E, which gives nothing where it cannot read the expression."""
    try:
        return " ".join(re.sub(pattern, " ", line, count=0 if every else 1).split())
    except re.error:
        return ""


def _updated(line: str, remove: str, add: str) -> str:
    line = " ".join(line.split())
    whole = r"(^|\s){}((\s|$)|(=[^ ]*([$]*)))"
    for each in remove.split():
        if "=" in each:
            line = _without(line, rf"(^|\s){each}(\s|$)", every=False)
        else:
            line = _without(line, whole.format(each), every=True)
    for each in add.split():
        line = _without(line, whole.format(each.partition("=")[0]), every=True)
    return " ".join([*line.split(), *add.split()])


def _replacement(value: str, matched: str) -> str:
    """What sed puts in for a value: & is what was matched."""
    return value.replace("&", matched)


def _lines(text: str, begin: str, line: str) -> str:
    """A text with every line that begins so replaced."""
    return re.sub(rf"^{begin}.*$", lambda match: _replacement(line, match.group()), text, flags=re.MULTILINE)


class Grubby:
    """``knows_cmdline`` since the package 8.40-64; ``misses`` are files that this release leaves alone.

    ``names_kernelopts`` has that of RHEL 8, which names the variable where an entry came to hold the same.
    """

    def __init__(
        self, tree: Tree, knows_cmdline: bool = True, misses: tuple[str, ...] = (), names_kernelopts: bool = False
    ) -> None:
        self.tree = tree
        self.names_kernelopts = names_kernelopts
        self.knows_cmdline = knows_cmdline
        self.misses = misses
        self.calls: list[list[str]] = []

    def __call__(self, words: list[str]) -> Answer:
        self.calls.append(words)
        if words == ["--default-index"]:
            return 0, f"{self._default()}\n", ""
        if words == ["--info=ALL"]:
            return 0, "".join(self._info(index, path) for index, path in enumerate(self._paths())), ""
        if not words or words[0] != "--update-kernel=ALL":
            return 1, "", "grubby: invalid option\n"
        given = dict(word.partition("=")[::2] for word in words)
        if "--no-etc-grub-update" in given and words[-1] != "--no-etc-grub-update":
            # It takes the next option for its value, and then stumbles over that option's own value.
            swallowed = words[words.index("--no-etc-grub-update") + 1]
            return (
                1,
                "\n\n",
                f"grubby: invalid option \"{swallowed.partition('=')[2]}\"\nTry 'grubby --help' for more information\n",
            )
        self._update(given.get("--remove-args", ""), given.get("--args", ""), "--no-etc-grub-update" not in given)
        return 0, "", ""

    def editenv(self, words: list[str]) -> Answer:
        """grub2-editenv FILE set NAME=VALUE, whose block has 1,024 bytes."""
        text = self._text(GRUBENV)
        name = words[2].partition("=")[0]
        body = re.sub(rf"^{name}=.*$", lambda match: words[2], text.rstrip("#"), flags=re.MULTILINE)
        room = max(1024, len(text.encode()))
        if len(body.encode()) > room:
            return 1, "", "grub2-editenv: error: environment block too small.\n"
        self._put(GRUBENV, body + "#" * (room - len(body.encode())))
        return 0, "", ""

    def _text(self, path: str) -> str:
        """A file's text with its last line end, or nothing."""
        target = self.tree.path(path)
        return target.read_text("utf-8", "surrogateescape") if target.is_file() else ""

    def _put(self, path: str, text: str) -> None:
        """Write into a file, also one that a symbolic link leads to."""
        target = self.tree.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", "surrogateescape")

    def _paths(self) -> list[str]:
        names = sorted((each.stem for each in self.tree.path(ENTRIES).glob("*.conf")), reverse=True)
        return [f"{ENTRIES}/{name}.conf" for name in names]

    def _default(self) -> str:
        found = re.search(r"^saved_entry=(.*)$", self._text(GRUBENV), re.MULTILINE)
        saved = found.group(1) if found else "0"
        names = [Path(path).stem for path in self._paths()]
        return saved if saved.isdigit() else str(names.index(saved)) if saved in names else ""

    def _line(self, path: str) -> str:
        return " ".join(" ".join(re.findall(r"^options (.*)$", self._text(path), re.MULTILINE)).split())

    def _kernelopts(self) -> str | None:
        found = re.search(r"^kernelopts=(.*)$", self._text(GRUBENV), re.MULTILINE)
        return found.group(1).strip() if found else None

    def _expanded(self, path: str) -> str:
        options = self._kernelopts()
        value = _replacement(options, "$kernelopts") if options else "kernelopts"
        return " ".join(value if token == "$kernelopts" else token for token in self._line(path).split())

    def _info(self, index: int, path: str) -> str:
        line = self._expanded(path)
        root = re.search(r"(?:^|\s)root=(\S+)", line)
        args = line.replace(f"root={root.group(1)}", "", 1) if root else line
        text = f'index={index}\nkernel="{self._field(path, "linux")}"\nargs="{" ".join(args.split())}"\n'
        text += f'root="{root.group(1)}"\n' if root else ""
        return f'{text}initrd="{self._field(path, "initrd")}"\ntitle="{self._field(path, "title")}"\nid="{Path(path).stem}"\n'

    def _field(self, path: str, name: str) -> str:
        found = re.search(rf"^{name} +(.*)$", self._text(path), re.MULTILINE)
        return found.group(1) if found else ""

    def _update(self, remove: str, add: str, defaults: bool) -> None:
        new = None
        if defaults and DEFAULT not in self.misses and self.tree.exists(DEFAULT) and _variables(self.tree)[0]:
            new = _updated(_variables(self.tree)[0], remove, add)
            self._put(DEFAULT, _lines(self._text(DEFAULT), "GRUB_CMDLINE_LINUX", f'GRUB_CMDLINE_LINUX="{new}"'))
        options = self._kernelopts()
        if options is not None:
            new = _updated(options, remove, add)
            self.editenv([GRUBENV, "set", f"kernelopts={new}"])
        for path in self._paths():
            if "$kernelopts" not in self._line(path) and path not in self.misses:
                line = _updated(self._line(path), remove, add)
                line = "$kernelopts" if self.names_kernelopts and line == new else line
                self._put(path, _lines(self._text(path), "options", f"options {line}"))
        if self.knows_cmdline and CMDLINE not in self.misses and self.tree.path(CMDLINE).parent.is_dir():
            if not self.tree.path(CMDLINE).is_file():
                self._put(CMDLINE, self._expanded(self._paths()[-1]) + "\n")
            first = self._text(CMDLINE).partition("\n")[0]
            self._put(CMDLINE, _updated(first, remove, add) + "\n")


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
