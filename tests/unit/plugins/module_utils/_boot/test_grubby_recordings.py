# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the scripts of three packages did to a host's files, and that the fake one does the same.

``tests/tools/grubby PATH`` asks a real one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.tests.unit.fakes import boot
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import GRUBENV, Grubby
from ansible_collections.dataplane.dpdk.tests.unit.fakes.real_grubby import REAL, RealGrubby
from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

RECORDINGS: dict[str, Any] = json.loads((Path(boot.__file__).parent / "recordings" / "grubby.json").read_text("utf-8"))
CASES = RECORDINGS["cases"]
NAMES = [case["name"] for case in CASES]


def padded(path: str, text: str) -> str:
    """GRUB's environment block is filled up; the recordings leave that out."""
    return text.ljust(1024, "#") if path == GRUBENV else text


def run(tree: Tree, program: Grubby | RealGrubby, case: dict[str, Any]) -> dict[str, Any]:
    """Return what a program makes of a case, as it is recorded."""
    for path, text in case["before"].items():
        tree.write(path, padded(path, text))
    tree.mkdir("/etc/kernel")
    rc, out, _err = program(list(case["words"]))
    after = {}
    for path in (*case["before"], boot.CMDLINE):
        target = tree.path(path)
        text = target.read_text("utf-8") if target.is_file() else None
        if text != padded(path, case["before"].get(path, "")) and text is not None:
            after[path] = text.rstrip("#") if path == GRUBENV else text
    shown = {"out": out} if case["words"][0] in ("--info=ALL", "--default-index") else {}
    return {"rc": rc, "after": after, **shown}


def recorded(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: value for name, value in each.items() if name != "releases"} for each in case["outcomes"]]


@pytest.mark.parametrize("release", RECORDINGS["packages"])
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_fake_does_what_the_real_one_did(tmp_path: Path, case: dict[str, Any], release: str) -> None:
    tree = Tree(tmp_path)
    (place,) = [number for number, each in enumerate(case["outcomes"]) if release in each["releases"]]
    assert run(tree, Grubby(tree, names_kernelopts=release == "el8"), case) == recorded(case)[place]


if REAL:

    @pytest.mark.parametrize("case", CASES, ids=NAMES)
    def test_a_real_one_does_what_was_recorded(tmp_path: Path, case: dict[str, Any]) -> None:
        tree = Tree(tmp_path / "root")
        tree.mkdir("/")
        assert run(tree, RealGrubby(tree, Path(REAL), tmp_path / "programs"), case) in recorded(case)


def test_the_recordings_cover_the_three_releases() -> None:
    for case in CASES:
        assert sorted(name for each in case["outcomes"] for name in each["releases"]) == ["el8", "el9", "fc38"]
