# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What netplan's files say, read without a parser of YAML, which hosts need not have: nested mappings in both styles."""

from __future__ import annotations

import re
from typing import Any

_KEY = re.compile(r"""^(\s*)("[^"]*"|'[^']*'|[^\s#"':{\[-][^"':{\[#]*?)\s*:(?:\s+(.*?))?\s*$""")
_COMMENT = re.compile(r"""^((?:[^#"']|"[^"]*"|'[^']*'|(?<=\S)#)*?)(?:\s+#.*|^#.*)?$""")
_TOKEN = re.compile(
    r"""\s*("[^"]*"|'[^']*'|[{}\[\],]|:(?=[\s{\[])|(?<=["']):|[^\s{}\[\],:]+(?:[^{}\[\],:]|:(?=[^\s{\[]))*)"""
)


def parse(text: str) -> dict[str, Any]:
    """Return the mappings of a file; lists in block style are passed over, and so is what is no YAML of this kind."""
    lines = _logical_lines(text)
    whole = _flow(" ".join(lines)) if next(filter(str.strip, lines), "").lstrip().startswith("{") else None
    root: dict[str, Any] = whole if isinstance(whole, dict) else {}
    stack: list[tuple[int, dict[str, Any]]] = [(-1, root)]
    for line in lines:
        match = _KEY.match(line)
        if match is None or whole is not None:
            continue
        indent, key, value = len(match[1]), match[2].strip().strip("\"'"), match[3] or ""
        while len(stack) > 1 and stack[-1][0] >= indent:
            stack.pop()
        if not value or value.startswith(("{", "[")):
            child = _flow(value) if value else {}
            stack[-1][1][key] = child
            stack.append((indent, child if isinstance(child, dict) else {}))
        else:
            stack[-1][1][key] = value.strip().strip("\"'")
    return root


def _logical_lines(text: str) -> list[str]:
    """Return the lines without comments; one in flow style ends with its last bracket."""
    found: list[str] = []
    opened = 0
    for line in text.splitlines():
        match = _COMMENT.match(line)
        plain = match[1] if match else line
        if opened > 0 and found:
            found[-1] += f" {plain.strip()}"
        else:
            found.append(plain)
            opened = 0
        opened += sum(plain.count(each) for each in "{[") - sum(plain.count(each) for each in "}]")
    return found


def _flow(text: str) -> Any:
    """Return a value in flow style: a mapping, a list, or a text."""
    return _value(_TOKEN.findall(text))


def _value(tokens: list[str]) -> Any:
    token = tokens.pop(0) if tokens else ""
    if token == "{":
        return _mapping(tokens)
    if token == "[":
        return _list(tokens)
    return token.strip().strip("\"'")


def _mapping(tokens: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while tokens and tokens[0] != "}":
        key = tokens.pop(0)
        if key == ",":
            continue
        found[key.strip().strip("\"'")] = None
        if tokens and tokens[0] == ":":
            tokens.pop(0)
            found[key.strip().strip("\"'")] = _value(tokens)
    del tokens[:1]
    return found


def _list(tokens: list[str]) -> list[Any]:
    found = []
    while tokens and tokens[0] != "]":
        if tokens[0] == ",":
            tokens.pop(0)
        else:
            found.append(_value(tokens))
    del tokens[:1]
    return found
