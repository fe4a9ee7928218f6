# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The name `_` is for translations in Ansible, and its sanity tests refuse it as a variable; here it is seen sooner."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
SOURCES = sorted(str(path.relative_to(PLUGINS)) for path in PLUGINS.rglob("*.py"))


def underscores(source: str) -> list[int]:
    """The lines that give something the name `_`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and node.id == "_")
        or (isinstance(node, ast.arg) and node.arg == "_")
        or (isinstance(node, ast.ExceptHandler) and node.name == "_")
    ]


@pytest.mark.parametrize("path", SOURCES)
def test_nothing_is_named_underscore(path: str) -> None:
    assert underscores((PLUGINS / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["a, _ = b", "for _ in b: pass", "[1 for _ in b]", "lambda _: 1", "def f(_): pass"])
def test_an_underscore_is_found(source: str) -> None:
    assert underscores(source) == [1]
