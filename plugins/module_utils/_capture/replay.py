# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that answers from a capture: what plans are made from where the host itself is not at hand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import allowed
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture.form import Capture
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import UnknownError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed, Host, Status
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, Question


@dataclass(frozen=True)
class Captured(Host):
    """The rest of a host: what a capture says without having been asked, and an error for all else.

    A directory that was listed says what is not in it. Nothing more is concluded. ``lacks`` is what was asked for in vain,
    also where a reader did without it.
    """

    name: str = ""
    answers: Mapping[Question, Any] = field(default_factory=dict)
    lacks: dict[str, UnknownError] = field(default_factory=dict)

    def read_bytes(self, path: str, limit: int = -1) -> bytes | None:
        """See Host."""
        whole = self.answers.get(("read", path, "-1"))
        if isinstance(whole, bytes):
            return whole[:limit] if limit >= 0 else whole
        self._must_be_absent(path)
        return None

    def attr(self, path: str) -> str | None:
        """See Host."""
        whole = self.answers.get(("read", path, "-1"))
        if isinstance(whole, bytes):
            return whole.decode("utf-8", "replace").strip()
        self._must_be_absent(path)
        return None

    def exists(self, path: str) -> bool:
        """See Host."""
        seen = [self.answers.get(question) for question in (("read", path, "-1"), ("attr", path), ("names", path))]
        if any(isinstance(each, bytes) or each for each in seen):
            return True
        self._must_be_absent(path)
        return False

    def mode(self, path: str) -> int | None:
        """See Host."""
        self._must_be_absent(path)
        return None

    def status(self, path: str) -> Status | None:
        """See Host."""
        self._must_be_absent(path)
        return None

    def target(self, path: str) -> str | None:
        """See Host."""
        self._must_be_absent(path)
        return None

    def names(self, path: str) -> list[str]:
        """See Host."""
        self._must_be_absent(path)
        return []

    def run(self, *argv: str) -> Completed:
        """Refuse: what a command would have printed is not known."""
        raise self._lacking(f"what '{_short(argv)}' prints")

    def environment(self, name: str) -> str | None:
        """Refuse: what is not in the capture is not known."""
        raise self._lacking(f"the variable {name}")

    def _must_be_absent(self, path: str) -> None:
        if not self._absent(path):
            raise self._lacking(path)

    def _absent(self, path: str) -> bool:
        """Say whether the capture shows that there is no such path: one of the directories above it was listed without it."""
        if self.answers.get(("exists", path)) is False:
            return True
        parent, _slash, name = path.rpartition("/")
        if not name:
            return False
        listed = self.answers.get(("names", parent or "/"))
        return name not in listed if isinstance(listed, list) else self._absent(parent)

    def _lacking(self, what: str) -> UnknownError:
        return self.lacks.setdefault(
            what,
            UnknownError(
                f"The capture of {self.name} lacks {what}.",
                "Take the capture again, with the description that is to be rehearsed.",
            ),
        )


def _short(argv: Sequence[str]) -> str:
    """Return a command for people: a script that it is given is three points, and so is what comes late."""
    words = ["..." if "\n" in word else word for word in argv]
    return textwrap.shorten(" ".join(words), 70, placeholder=" ...")


class _Replayed(Memory):
    """A host whose commands are asked for as they were kept: a capture holds no password that one was given."""

    def run(self, *argv: str) -> Completed:
        """See Host."""
        return super().run(*allowed.masked_question(("run", *argv))[1:])


def host(capture: Capture, root: str = "/") -> Memory:
    """Return a host that answers from a capture; it is only looked at."""
    return _Replayed(
        root, asked=Captured(root, name=capture.host, answers=capture.answers), answers=dict(capture.answers)
    )


def unsaid(memory: Memory, said: Iterable[str]) -> list[UnknownError]:
    """Return what was asked for in vain and is in none of these texts, because a reader did without it."""
    text = "\n".join(said)
    lacks = memory.asked.lacks if isinstance(memory.asked, Captured) else {}
    return [each for each in lacks.values() if each.message not in text]
