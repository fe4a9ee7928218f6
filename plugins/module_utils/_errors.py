# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception of the collection."""

from __future__ import annotations

from collections.abc import Iterable


class HostError(Exception):
    """Something the host refused, or that must not be tried on it.

    ``message`` says what was tried, on what, and what the machine answered.
    ``remedy`` holds imperative sentences, the most likely one first.
    """

    def __init__(self, message: str, *remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class WriteError(HostError):
    """The kernel refused one value; ``errno`` is its answer, or None where it gave none in time."""

    def __init__(self, message: str, errno: int | None, *remedy: str) -> None:
        super().__init__(message, *remedy)
        self.errno = errno


def raise_all(problems: Iterable[HostError | None]) -> None:
    """Raise one HostError that tells every problem and every remedy, if there is any."""
    found = [each for each in problems if each is not None]
    if found:
        remedies = dict.fromkeys(remedy for each in found for remedy in each.remedy)
        raise HostError(" ".join(each.message for each in found) + " Nothing was changed.", *remedies)
