# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this collection keeps in files, checked when it is read again: one schema a file, and what is damaged is refused.

A file that is half written, or that somebody edited, must neither be taken for none, since what was there first would be
forgotten, nor believed, since what it says is written to the kernel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

# Raises ValueError, which names the place, for a value that is not as it should be.
Check = Callable[[Any, str], None]


def load(path: str, text: str, check: Check, lost: str) -> Any:
    """Return what a file holds; raise HostError unless it is JSON that passes. ``lost`` says what goes with the file."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        check(value, "it")
    except (ValueError, RecursionError) as error:
        raise HostError(
            f"{path} does not hold what this collection writes there: {error}.",
            f"Bring {path} back from a backup, or remove it; {lost}.",
        ) from error
    return value


def words(pattern: str) -> Check:
    """Return the check for a text that a pattern matches as a whole."""
    wanted = re.compile(pattern)

    def check(value: Any, place: str) -> None:
        if not isinstance(value, str) or not wanted.fullmatch(value):
            raise ValueError(f"{place} is {_shown(value)}")

    return check


# As the kernel names drivers, modules and interfaces: one component of a path, and nothing that a terminal would obey.
NAME = words(r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]{1,255}")


def number(most: int) -> Check:
    """Return the check for a whole number from 0 on."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise ValueError(f"{place} is {_shown(value)}")

    return check


def flag(value: Any, place: str) -> None:
    """Check a truth value."""
    if not isinstance(value, bool):
        raise ValueError(f"{place} is {_shown(value)}")


def maybe(check: Check) -> Check:
    """Return the check for a value that may be null."""

    def check_or_none(value: Any, place: str) -> None:
        if value is not None:
            check(value, place)

    return check_or_none


def fields(needed: Mapping[str, Check], known: Mapping[str, Check] | None = None) -> Check:
    """Return the check for a dictionary with what it needs and may have; others know more keys in later versions."""
    checks = {**needed, **(known or {})}

    def check(value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{place} is {_shown(value)}")
        lacking = [key for key in needed if key not in value]
        if lacking:
            raise ValueError(f"{place} lacks {', '.join(lacking)}")
        for key, each in checks.items():
            if key in value:
                each(value[key], key)

    return check


def table(key: Check, entry: Check) -> Check:
    """Return the check for a dictionary with keys of one kind and entries of one kind."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{place} is {_shown(value)}")
        for name, each in value.items():
            key(name, "a key")
            entry(each, name)

    return check


def items(entry: Check) -> Check:
    """Return the check for a list with entries of one kind."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, list):
            raise ValueError(f"{place} is {_shown(value)}")
        for index, each in enumerate(value):
            entry(each, f"entry {index}")

    return check


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, (str, float, bool, type(None))) else type(value).__name__
    return text if len(text) < 60 else f"{text[:60]}..."


def _refuse(constant: str) -> None:
    raise ValueError(f"it holds {constant}")
