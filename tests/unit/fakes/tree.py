# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fake machine's files: a real directory tree, written as sysfs, procfs and /etc look."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


class BlockedError(Exception):
    """The kernel would not come back from this write before the deadline."""


class Tree:
    """Files below one root, named by their absolute paths on the fake machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        self.write_bytes(path, text.encode("utf-8", "surrogateescape"))
        if mode != 0o644:
            self.path(path).chmod(mode)

    def write_bytes(self, path: str, data: bytes) -> None:
        """Write a file, whatever its mode says: the kernel does not ask."""
        target = self.path(path)
        try:
            target.write_bytes(data)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except PermissionError:
            target.unlink()
            target.write_bytes(data)

    def mkdir(self, path: str) -> None:
        self.path(path).mkdir(parents=True, exist_ok=True)

    def link(self, path: str, target: str) -> None:
        """Make a relative link, as sysfs does; both ends are named without links on the way."""
        place = self.path(path)
        relative = os.path.relpath(self.path(target), place.parent)
        try:
            place.symlink_to(relative)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(relative)

    def remove(self, path: str) -> None:
        """Remove a file, a link or a whole directory; that there is none is fine."""
        target = self.path(path)
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)

    def read(self, path: str) -> str | None:
        target = self.path(path)
        return target.read_text(encoding="utf-8", errors="surrogateescape").strip() if target.is_file() else None

    def exists(self, path: str) -> bool:
        return self.path(path).exists()

    def names(self, path: str) -> list[str]:
        target = self.path(path)
        return sorted(os.listdir(target)) if target.is_dir() else []

    def real(self, path: str) -> str:
        """Return a path with every link on the way followed, as the machine names it."""
        return "/" + os.path.relpath(os.path.realpath(self.path(path)), os.path.realpath(self.root))


def grep(tree: Tree, words: list[str]) -> tuple[int, str, str]:
    """Answer `grep -rslE WORD PATH...`: the files that hold a word, links in folders left out."""
    if words[:1] != ["-rslE"]:
        raise NotImplementedError(f"grep {' '.join(words)}")
    found = []
    for start in map(tree.path, words[2:]):
        files = (
            [start]
            if start.is_file()
            else [Path(place) / name for place, _folders, names in os.walk(start) for name in names]
        )
        found += [each for each in sorted(files) if not each.is_symlink() and words[1].encode() in each.read_bytes()]
    paths = [f"/{each.relative_to(tree.root)}" for each in found]
    return (0 if paths else 1), "".join(f"{each}\n" for each in paths), ""
