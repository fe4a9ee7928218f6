# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that is asked each question once: what plans are made from. Nothing is changed through it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed, Host, Status

Question = tuple[str, ...]


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError(f"a host in memory is only looked at: {args}")


@dataclass(frozen=True)
class Memory(Host):
    """A host as it was seen: ``answers`` holds what was read, listed and run, by question.

    Applying a plan never reads through it, since what it holds is the host before.
    """

    run_command: Callable[..., tuple[int, str, str]] = _refuse
    asked: Host = field(default_factory=Host)
    answers: dict[Question, Any] = field(default_factory=dict)

    def _once(self, answer: Callable[[], Any], *question: str) -> Any:
        """Return the answer to a question, from the host itself the first time; a refusal is an answer too."""
        if question not in self.answers:
            try:
                self.answers[question] = answer()
            except HostError as error:
                self.answers[question] = error
        found = self.answers[question]
        if isinstance(found, HostError):
            raise found
        return found

    def read_bytes(self, path: str, limit: int = -1) -> bytes | None:
        """See Host; the whole of a file and its first bytes are two questions."""
        found: bytes | None = self._once(lambda: self.asked.read_bytes(path, limit), "read", path, str(limit))
        return found

    def attr(self, path: str) -> str | None:
        """See Host; a file that was read is not read again for its value."""
        whole = self.answers.get(("read", path, "-1"))
        if isinstance(whole, bytes):
            return whole.decode("utf-8", "replace").strip()
        found: str | None = self._once(lambda: self.asked.attr(path), "attr", path)
        return found

    def exists(self, path: str) -> bool:
        """See Host."""
        return bool(self._once(lambda: self.asked.exists(path), "exists", path))

    def mode(self, path: str) -> int | None:
        """See Host."""
        found: int | None = self._once(lambda: self.asked.mode(path), "mode", path)
        return found

    def status(self, path: str) -> Status | None:
        """See Host."""
        found = self._once(lambda: self.asked.status(path), "status", path)
        return None if found is None else Status(*found)

    def target(self, path: str) -> str | None:
        """See Host."""
        found: str | None = self._once(lambda: self.asked.target(path), "link", path)
        return found

    def names(self, path: str) -> list[str]:
        """See Host."""
        return list(self._once(lambda: self.asked.names(path), "names", path))

    def run(self, *argv: str) -> Completed:
        """See Host; plans are made from commands that only report."""
        found: Completed = self._once(lambda: self.asked.run(*argv), "run", *argv)
        return found

    def environment(self, name: str) -> str | None:
        """See Host."""
        found: str | None = self._once(lambda: self.asked.environment(name), "environment", name)
        return found

    def release(self) -> str:
        """See Host."""
        return str(self._once(self.asked.release, "release"))

    def write_attr(self, path: str, value: str, deadline: float = 0) -> None:
        """Refuse: a host in memory is not changed."""
        _refuse(path)

    def write_file(self, path: str, text: str, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
        """Refuse: a host in memory is not changed."""
        _refuse(path)

    def rename(self, old: str, new: str) -> None:
        """Refuse: a host in memory is not changed."""
        _refuse(old)

    def remove_file(self, path: str) -> None:
        """Refuse: a host in memory is not changed."""
        _refuse(path)


def remember(host: Host) -> Memory:
    """Return a host with nothing in memory yet, which asks ``host``."""
    return Memory(host.root, asked=host)


def dump(memory: Memory) -> list[Any]:
    """Return what a host answered as data for JSON."""
    return [[list(question), _plain(answer)] for question, answer in memory.answers.items()]


def load(root: str, data: Iterable[Any]) -> Memory:
    """Return a host that answers as one did."""
    return _Recorded(root, answers={tuple(question): _answer(plain) for question, plain in data})


class _Recorded(Memory):
    """A host that answers only what it was once asked."""

    def _once(self, answer: Callable[[], Any], *question: str) -> Any:
        if question not in self.answers:
            raise HostError(f"Nobody asked for {' '.join(question)} then.", "Look at the host by hand.")
        return super()._once(answer, *question)


def _plain(answer: Any) -> Any:
    if isinstance(answer, bytes):
        return {"bytes": answer.decode("latin-1")}
    if isinstance(answer, Completed):
        return {"ran": [answer.rc, answer.out, answer.err]}
    if isinstance(answer, HostError):
        return {"refused": [answer.message, *answer.remedy]}
    return answer


def _answer(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    if "bytes" in plain:
        return plain["bytes"].encode("latin-1")
    if "ran" in plain:
        return Completed(*plain["ran"])
    message, *remedy = plain["refused"]
    return HostError(message, *remedy)
