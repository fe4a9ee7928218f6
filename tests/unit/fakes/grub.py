# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Debian's GRUB on the fake machine. The real sh reads the configuration files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

MAIN = "/etc/default/grub"
DIRECTORY = "/etc/default/grub.d"
GRUB_CFG = "/boot/grub/grub.cfg"
CMDLINE = "/proc/cmdline"
BOOT_ID = "/proc/sys/kernel/random/boot_id"
_ROOT = "root=UUID=0000-0001 ro"
_ENTRIES = """\
### written by grub-mkconfig ###
{custom}### BEGIN /etc/grub.d/10_linux ###
menuentry 'Debian' {{
\tlinux\t/boot/vmlinuz {root} {normal}
\tinitrd\t/boot/initrd.img
}}
menuentry 'Debian (recovery mode)' {{
\tlinux\t/boot/vmlinuz {root} single {recovery}
\tinitrd\t/boot/initrd.img
}}
### END /etc/grub.d/10_linux ###
"""
_SOURCE = """
set -e
exec 3>&1 >/dev/null
. "$1/grub"
for x in "$1"/grub.d/*.cfg; do if [ -e "$x" ] && ! [ -d "$x" ]; then . "$x"; fi; done
exec >&3
printf '%s\\0%s' "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"
"""


class Grub:
    """The boot loader; ``override`` is what grub-mkconfig writes instead of what it should.

    ``custom`` are entries of the administrator, which come before those of the distribution.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.override: str | None = None
        self.custom = ""
        self.boots = 0

    def install(self, default: str = '"quiet"', linux: str = '""', **drop_ins: str) -> None:
        """Set Debian with GRUB up; the values are shell words, ``drop_ins`` are files of grub.d by their stem."""
        self.tree.write("/etc/debian_version", "12.0\n")
        self.tree.write(MAIN, f"GRUB_CMDLINE_LINUX_DEFAULT={default}\nGRUB_CMDLINE_LINUX={linux}\n")
        for name, text in drop_ins.items():
            self.tree.write(f"{DIRECTORY}/{name.replace('_', '-')}.cfg", text)
        self.tree.write(GRUB_CFG, self.generate(), 0o444)
        self.boot()

    def evaluate(self) -> tuple[str, str]:
        """Return GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT, as grub-mkconfig sees them."""
        done = subprocess.run(
            ["sh", "-c", _SOURCE, "sh", str(self.tree.path("/etc/default"))],
            check=True,
            capture_output=True,
            timeout=30,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )
        linux, default = done.stdout.decode("utf-8", "surrogateescape").split("\0")
        return linux, default

    def generate(self) -> str:
        linux, default = self.evaluate()
        return _ENTRIES.format(root=_ROOT, custom=self.custom, normal=f"{linux} {default}".strip(), recovery=linux)

    def mkconfig(self, words: list[str]) -> tuple[int, str, str]:
        output = words[words.index("-o") + 1]
        try:
            text = self.generate() if self.override is None else self.override
        except subprocess.CalledProcessError as error:
            return 1, "", error.stderr.decode()
        self.tree.write(output, text, 0o600)
        return 0, "", "Generating grub configuration file ...\ndone\n"

    def script_check(self, words: list[str]) -> tuple[int, str, str]:
        text = Path(words[0]).read_text(encoding="utf-8", errors="surrogateescape")
        if text.count("{") != text.count("}"):
            return 1, "", f"Syntax error at line {text.count(chr(10))}\n"
        return 0, "", ""

    def boot(self) -> None:
        """Start the kernel with the first entry, as GRUB hands it over."""
        line = next(line for line in (self.tree.read(GRUB_CFG) or "").splitlines() if line.startswith("\tlinux\t"))
        self.boots += 1
        self.tree.write(CMDLINE, f"BOOT_IMAGE=/boot/vmlinuz {line.split(maxsplit=2)[2]}\n")
        self.tree.write(BOOT_ID, f"00000000-0000-4000-8000-{self.boots:012d}\n")


def preview(tree: Tree, run: Callable[[list[str]], tuple[int, str, str]], words: list[str]) -> tuple[int, str, str]:
    """unshare --mount sh -c SCRIPT: the generator with a copy of /etc/default, of which nothing stays."""
    mkconfig, check, _defaults, name, text, _grubenv, source, *files = words[words.index("sh", 1) + 4 :]
    target = tree.path(f"/etc/default/{name}")
    old = target.read_bytes() if target.is_file() else None
    made = not target.parent.exists()
    menu = "/tmp/preview/grub.cfg"
    try:
        target.unlink(missing_ok=True)
        if text:
            tree.write(f"/etc/default/{name}", text)
        said = run(["sh", "-c", source, "sh", *files])
        for each in ([mkconfig, "-o", menu], [check, str(tree.path(menu))]):
            if said[0] == 0:
                rc, _out, err = run(each)
                said = (rc, said[1], said[2] + err)
        return (
            said[0],
            said[1] + (tree.path(menu).read_text("utf-8", "surrogateescape") if said[0] == 0 else ""),
            said[2],
        )
    finally:
        tree.remove("/tmp/preview")
        target.unlink(missing_ok=True)
        if old is not None:
            target.write_bytes(old)
        if made and target.parent.exists():
            target.parent.rmdir()
