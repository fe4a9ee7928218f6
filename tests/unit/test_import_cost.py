# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a look at a ready host takes: Ansible sends all code as text, and the host compiles what it imports, each time."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import ansible_collections
import pytest
from ansible_collections.dataplane.dpdk.tests.unit.fakes import ready

TREE = Path(ansible_collections.__file__).parents[1]
# With every stage described; a tenth more than it was when this was written.
MOST_LINES = 9700
# What changes hosts, and what only matters where something changes or is refused.
NEEDLESS = (
    "_use/usage.py",
    "_use/holders.py",
    "_vfs/steps.py",
    "_bind/native.py",
    "_iommu/refusal.py",
    "_iommu/isolation.py",
    "_info/have.py",
    "_boot/grubby.py",
    "_boot/systemd_boot.py",
    "_boot/preview.py",
    "_boot/trial.py",
    "_description/later.py",
    "_kernel/initramfs.py",
)
# No process but these is started: each costs as much as some hundred lines. A shell reads GRUB's files, with ours and without.
COMMANDS = ["getent", "grep", "ip", "sh", "sh", "stat"]


def code_lines(path: str) -> int:
    """The lines of a file with code: comments and docstrings cost next to nothing."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    texts = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return len({node.lineno for node in ast.walk(tree) if isinstance(node, (ast.expr, ast.stmt)) and node not in texts})


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a look at a host that is ready took, in a process of its own."""
    argv = [sys.executable, "-m", ready.__name__, str(tmp_path_factory.mktemp("ready"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TREE), *filter(None, sys.path)])}
    done = subprocess.run(argv, capture_output=True, env=environment, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert seen["ready"]
    return seen


def test_a_ready_host_compiles_little(look: dict[str, Any]) -> None:
    lines = {path: code_lines(path) for path in look["files"]}
    assert len(lines) > 50, "there is hardly anything to count"
    assert sum(lines.values()) <= MOST_LINES, lines


@pytest.mark.parametrize("name", NEEDLESS)
def test_what_a_ready_host_does_not_need_is_not_imported(look: dict[str, Any], name: str) -> None:
    assert (Path(__file__).parents[2] / "plugins" / "module_utils" / name).exists()
    assert not [path for path in look["files"] if path.endswith(name)]


def test_a_ready_host_starts_few_processes(look: dict[str, Any]) -> None:
    assert sorted(words[0] for words in look["commands"]) == COMMANDS
