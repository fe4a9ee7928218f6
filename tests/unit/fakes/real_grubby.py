# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real grubby on the fake machine: the script of a package of Red Hat, led to the fake machine's files.

The script names its files by absolute paths, so a copy of it is run that names those below the fake root. It needs bash,
sed, grep and getopt; grub2-editenv is the fake one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import GRUBENV, Answer, Grubby
from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

# The path of a real script, which tests/tools/grubby names.
REAL = os.environ.get("DPDK_GRUBBY", "")
_PATHS = re.compile(r"(?<![\w}.])/(?:etc|boot|sys)/")
_SORT = re.compile(r"/usr/libexec/grubby/rpm-sort -c rpmnvrcmp")
_EDITENV = """#!/bin/sh
case "$2" in
    list) grep -v '^#' "$1" ;;
    set) exec {python} {this} "$1" "$3" ;;
    *) exit 1 ;;
esac
"""


class RealGrubby(Grubby):
    """Answers for the fake one; ``script`` is the path of the program."""

    def __init__(self, tree: Tree, script: Path, scratch: Path) -> None:
        super().__init__(tree)
        self.programs = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        text = _SORT.sub("sort -V", script.read_text("utf-8"))
        self._program("grubby", _PATHS.sub(lambda match: f"{tree.root}{match.group()}", text))
        self._program("grub2-editenv", _EDITENV.format(python=sys.executable, this=__file__))
        self._program("mountpoint", "#!/bin/sh\nexit 1\n")
        if not tree.exists("/etc/machine-id"):
            tree.write("/etc/machine-id", "3a0ee9c1d52f4f0b8d1e8f3f7a2b4c5d\n")

    def __call__(self, words: list[str]) -> Answer:
        self.calls.append(words)
        environment = {
            **os.environ,
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),  # for grub2-editenv, below
            "LC_ALL": "C",
        }
        done = subprocess.run(
            [str(self.programs / "grubby"), *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            cwd=self.programs,
        )
        return done.returncode, done.stdout, done.stderr

    def _program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text, "utf-8")
        path.chmod(0o755)


def _set(path: str, assignment: str) -> int:
    """What grub2-editenv does for the script: the fake machine's root is what lies before the file's own path."""
    tree = Tree(Path(path[: -len(GRUBENV)]))
    rc, _out, err = Grubby(tree).editenv([path, "set", assignment])
    sys.stderr.write(err)
    return rc


if __name__ == "__main__":
    sys.exit(_set(*sys.argv[1:]))
