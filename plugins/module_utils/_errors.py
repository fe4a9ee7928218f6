# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception of the collection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class HostError(Exception):
    """Something the host refused, or that must not be tried on it.

    ``message`` says what was tried, on what, and what the machine answered.
    ``remedy`` holds imperative sentences, the most likely one first.
    ``parts`` are the errors that it was put together from; itself where it is one alone.
    """

    def __init__(self, message: str, *remedy: str, parts: Iterable[HostError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.parts: tuple[HostError, ...] = tuple(parts) or (self,)


class WriteError(HostError):
    """The kernel refused one value; ``errno`` is its answer, or None where it gave none in time."""

    def __init__(self, message: str, errno: int | None, *remedy: str) -> None:
        super().__init__(message, *remedy)
        self.errno = errno


class UnknownError(HostError):
    """Something that cannot be looked at here: a host that answers from a capture was not asked for it then."""


def combined(errors: Iterable[HostError], note: str = "") -> HostError:
    """Return one HostError for several: all messages, a ``note`` behind them, and each remedy once."""
    parts = [part for each in errors for part in each.parts]
    remedies = dict.fromkeys(remedy for each in parts for remedy in each.remedy)
    message = " ".join([*(each.message for each in parts), *([note] if note else [])])
    return HostError(message, *remedies, parts=parts)


def fault(error: Exception) -> HostError:
    """Return what is no refusal of a host but a mistake of this collection, as an error that says what to send."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename.rpartition('/plugins/')[2]}:{place.tb_lineno}" if place else "unknown"
    return HostError(
        f"This is a fault of the collection dataplane.dpdk, and not of the host: {type(error).__name__}: {error} ({where}).",
        "Report it with this message, the task, and what dataplane.dpdk.dpdk_info returns of the host: "
        "https://github.com/dataplane/dpdk-collection/issues.",
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a mistaken one comes nearest to, or None where none is near."""
    # Only where something is wrong: a ready host does without it.
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), 1)), None)


def failure(error: HostError) -> dict[str, Any]:
    """Return an error as the keys of a result: a sentence for people, and each problem apart from its remedies."""
    return {
        "msg": " ".join([error.message, *error.remedy]),
        "remedy": list(error.remedy),
        "problems": [{"problem": each.message, "remedy": list(each.remedy)} for each in error.parts],
    }


def raise_all(problems: Iterable[HostError | None]) -> None:
    """Raise one HostError that holds every problem and every remedy, if there is any."""
    found = [each for each in problems if each is not None]
    if found:
        raise combined(found, "Nothing was changed.")
