# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host answered, or a file holds, checked against the shape that it should have. Pure, on the controller.

A host answers what it likes. Whoever shows many hosts checks each alone, so that one bad host is one bad row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What comes of reading an answer of another shape than was expected.
NONSENSE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
SENSELESS = "Answer makes no sense"
SENSELESS_REMEDY = (
    "Run the task on this host alone with -vvv and look at what it returned. Where that is no fault of the collection, "
    "somebody else may speak for the host."
)
_DEEPEST = 20
# Up to here a number is the same for Python, JSON and the page that shows it.
_LARGEST = 2**53
_LONGEST = 200

Shape = Any  # a type, a list that holds the shape of its elements, or Fields


@dataclass(frozen=True)
class Fields:
    """A dictionary: what it needs, what it may have or lack, and beside that anything that JSON holds."""

    needed: Mapping[str, Shape]
    known: Mapping[str, Shape] = field(default_factory=dict)


def fault(shape: Shape, value: Any, place: str, depth: int = 0) -> str | None:
    """Return what is wrong with a value, or None; ``place`` names it, as in devices[0].address."""
    if depth > _DEEPEST:
        return f"{place} is nested too deeply"
    if isinstance(shape, list):
        return _list_fault(shape[0], value, place, depth)
    if isinstance(shape, Fields):
        return _fields_fault(shape, value, place, depth)
    if shape is Any:
        return _any_fault(value, place, depth)
    if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        return f"{place or 'it'} is no {_NAMES[shape]}"
    return f"{place} is too large" if shape is int and abs(value) > _LARGEST else None


_NAMES = {str: "text", int: "number", bool: "truth value"}


def _list_fault(shape: Shape, value: Any, place: str, depth: int) -> str | None:
    if not isinstance(value, (list, tuple)):
        return f"{place} is no list"
    return _first(fault(shape, each, f"{place}[{number}]", depth + 1) for number, each in enumerate(value))


def _fields_fault(shape: Fields, value: Any, place: str, depth: int) -> str | None:
    if not isinstance(value, Mapping):
        return f"{place or 'it'} is no dictionary"
    start = f"{place}." if place else ""
    lacking = next((name for name in shape.needed if value.get(name) is None), None)
    if lacking:
        return f"{start}{lacking} is missing"
    shapes = {**shape.known, **shape.needed}
    return _first(
        fault(shapes.get(name, Any), each, f"{start}{name}", depth + 1)
        for name, each in value.items()
        if each is not None
    )


def _any_fault(value: Any, place: str, depth: int) -> str | None:
    """Return why a value of no known shape is nothing that JSON holds."""
    if isinstance(value, Mapping):
        return _fields_fault(Fields({}), value, place, depth)
    if isinstance(value, (list, tuple)):
        return _list_fault(Any, value, place, depth)
    if isinstance(value, int) and not isinstance(value, bool):
        return fault(int, value, place, depth)
    return None


def _first(faults: Iterable[str | None]) -> str | None:
    return next((each for each in faults if each), None)


def says(wrong: str) -> str:
    """Return the sentence about a host whose answer has something wrong with it."""
    return f"The host returned what no module of this collection returns: {wrong}."


def in_short(error: object) -> str:
    """Return an error in a few words; its text may be what the host answered."""
    text = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else str(error)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
