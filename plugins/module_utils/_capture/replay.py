# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that answers from a capture: what plans are made from where the host itself is not at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._capture.form import Capture
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed, Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, Question


@dataclass(frozen=True)
class Captured(Host):
    """The rest of a host: what a capture says without having been asked, and an error for all else.

    A directory that was listed says what is not in it. Nothing more is concluded.
    """

    name: str = ""
    answers: Mapping[Question, Any] = field(default_factory=dict)

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
        raise self._lacks(f"what '{' '.join(argv)}' prints")

    def environment(self, name: str) -> str | None:
        """Refuse: what is not in the capture is not known."""
        raise self._lacks(f"the variable {name}")

    def _must_be_absent(self, path: str) -> None:
        if not self._absent(path):
            raise self._lacks(path)

    def _absent(self, path: str) -> bool:
        """Say whether the capture shows that there is no such path: one of the directories above it was listed without it."""
        if self.answers.get(("exists", path)) is False:
            return True
        parent, _slash, name = path.rpartition("/")
        if not name:
            return False
        listed = self.answers.get(("names", parent or "/"))
        return name not in listed if isinstance(listed, list) else self._absent(parent)

    def _lacks(self, what: str) -> HostError:
        return HostError(
            f"The capture of {self.name} lacks {what}.",
            "Take the capture again, with the description that is to be rehearsed.",
        )


def host(capture: Capture, root: str = "/") -> Memory:
    """Return a host that answers from a capture; it is only looked at."""
    return Memory(root, asked=Captured(root, name=capture.host, answers=capture.answers), answers=dict(capture.answers))
