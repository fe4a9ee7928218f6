# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A capture as a document of JSON: written from what a host answered, and read back with every doubt."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import allowed, reduced
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed, Status
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Question

FORMAT = "dataplane.dpdk capture"
VERSION = 1
# Questions about a path, by the name under which a capture has their answers.
_OF_PATHS = ("read", "attr", "exists", "mode", "status", "link", "names")
_MOST = 2_000_000  # answers; a host with 10,000 functions has a tenth of it
_AGAIN = "Take the capture again with dataplane.dpdk.capture."


@dataclass(frozen=True)
class Capture:
    """What a host answered, by question; host and taken say which, and when (UTC, ISO 8601).

    ``notices`` are what each task says of runs that were cut off on that host.
    """

    host: str
    taken: str
    answers: Mapping[Question, Any]
    notices: tuple[str, ...] = ()


def render(host: str, taken: str, answers: Mapping[Question, Any], notices: Iterable[str] = ()) -> dict[str, Any]:
    """Return the document of what a host answered, without what may not be in a capture."""
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "host": host, "taken": taken}
    document["notices"] = list(notices)
    read = reduced.without_what_nobody_reads(answers)
    kept = [(each, answer) for each, answer in read.items() if allowed.may_be_kept(each)]
    for kind in _OF_PATHS:
        document[kind] = {_key(each): _plain(each, answer) for each, answer in kept if each[0] == kind}
    document["run"] = [
        [list(allowed.masked_question(each)[1:]), _plain(each, answer)] for each, answer in kept if each[0] == "run"
    ]
    document["environment"] = {each[1]: answer for each, answer in kept if each[0] == "environment"}
    document["release"] = next((answer for each, answer in kept if each[0] == "release"), "")
    return document


def parse(document: Any) -> Capture:
    """Return what a document holds; raise HostError for what is no capture, or one that this version cannot read."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise HostError(
            f"This is no capture: its format is not '{FORMAT}'.", "Name a file that dataplane.dpdk.capture wrote."
        )
    if document.get("version") != VERSION:
        raise HostError(
            f"This capture has version {document.get('version')!r:.40}, and only {VERSION} can be read.",
            "Use the version of the collection that took it, or take it again.",
        )
    answers: dict[Question, Any] = {}
    for kind in _OF_PATHS:
        for key, value in _checked(document, kind, dict).items():
            answers[_question(kind, key)] = _answer(kind, key, value)
    for entry in _checked(document, "run", list):
        command: Question = ("run", *_argv(entry))
        answers[command] = _answer("run", command[1], entry[1])
    for name, value in _checked(document, "environment", dict).items():
        answers[("environment", name)] = _typed(value, (str, type(None)), "environment", name)
    answers[("release",)] = _checked(document, "release", str)
    if len(answers) > _MOST:
        raise _damaged(f"it has {len(answers)} answers, more than any host")
    notices = _names(document.get("notices"), "notices", "the capture")
    return Capture(_checked(document, "host", str), _checked(document, "taken", str), answers, tuple(notices))


def _key(question: Question) -> str:
    """Return the path, with the number of bytes before it where only the beginning was read."""
    limit = question[2] if len(question) > 2 else "-1"
    return question[1] if limit == "-1" else f"{limit}:{question[1]}"


def _question(kind: str, key: Any) -> Question:
    limit, _colon, path = key.partition(":") if isinstance(key, str) and key[:1].isdigit() else ("-1", ":", key)
    if not isinstance(path, str) or not path.startswith("/") or ".." in path.split("/") or "\0" in path:
        raise _damaged(f"{key!r:.80} is no path")
    return (kind, path, limit) if kind == "read" and limit.lstrip("-").isdigit() else (kind, path)


def _plain(question: Question, answer: Any) -> Any:
    if isinstance(answer, HostError):
        return {"problem": answer.message, "remedy": list(answer.remedy)}
    kept = allowed.without_secrets(question, answer)
    if isinstance(kept, Status):
        return list(kept)
    if isinstance(kept, Completed):
        return {"rc": kept.rc, "out": kept.out, "err": kept.err}
    if not isinstance(kept, bytes):
        return kept
    try:
        return kept.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(kept).decode()}


def _error(value: Mapping[str, Any], kind: str, key: str) -> HostError:
    remedies = _typed(value.get("remedy"), (list,), kind, key)
    return HostError(
        _typed(value["problem"], (str,), kind, key), *[_typed(each, (str,), kind, key) for each in remedies]
    )


def _answer(kind: str, key: str, value: Any) -> Any:
    if isinstance(value, Mapping) and "problem" in value:
        return _error(value, kind, key)
    return _READERS[kind](value, kind, key)


def _bytes(value: Any, kind: str, key: str) -> bytes | None:
    if isinstance(value, Mapping):
        try:
            return base64.b64decode(_typed(value.get("base64"), (str,), kind, key), validate=True)
        except (binascii.Error, ValueError) as error:
            raise _damaged(f"{kind} of {key!r:.80} is no base64") from error
    text = _typed(value, (str, type(None)), kind, key)
    return None if text is None else text.encode("utf-8", "surrogateescape")


def _number(value: Any, kind: str, key: str) -> int | None:
    number: int | None = _typed(value, (int, type(None)), kind, key)
    if isinstance(number, bool) or (number is not None and not 0 <= number <= 0o7777):
        raise _damaged(f"{kind} of {key!r:.80} is {number!r:.40}")
    return number


def _status(value: Any, kind: str, key: str) -> Status | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 4:
        raise _damaged(f"{kind} of {key!r:.80} is {value!r:.40}")
    mode = _number(value[1], kind, key)
    owners = [_typed(each, (int,), kind, key) for each in value[2:]]
    return Status(_typed(value[0], (str,), kind, key), mode or 0, *owners)


def _names(value: Any, kind: str, key: str) -> list[str]:
    return [_typed(each, (str,), kind, key) for each in _typed(value, (list,), kind, key)]


def _completed(value: Any, kind: str, key: str) -> Completed:
    found: Mapping[str, Any] = _typed(value, (dict,), kind, key)
    texts = [_typed(found.get(name), (str,), kind, key) for name in ("out", "err")]
    return Completed(_typed(found.get("rc"), (int,), kind, key), *texts)


def _text(value: Any, kind: str, key: str) -> str | None:
    text: str | None = _typed(value, (str, type(None)), kind, key)
    return text


def _flag(value: Any, kind: str, key: str) -> bool:
    return bool(_typed(value, (bool,), kind, key))


_READERS: dict[str, Callable[[Any, str, str], Any]] = {
    "read": _bytes,
    "attr": _text,
    "exists": _flag,
    "mode": _number,
    "status": _status,
    "link": _text,
    "names": _names,
    "run": _completed,
}


def _argv(entry: Any) -> list[str]:
    if not isinstance(entry, list) or len(entry) != 2 or not entry[0]:
        raise _damaged(f"{entry!r:.80} is no command with its answer")
    return _names(entry[0], "run", "a command")


def _checked(document: Mapping[str, Any], name: str, kind: type) -> Any:
    return _typed(document.get(name), (kind,), name, "the capture")


def _typed(value: Any, kinds: tuple[type, ...], kind: str, key: Any) -> Any:
    if not isinstance(value, kinds):
        raise _damaged(f"{kind} of {key!r:.80} is {value!r:.40}")
    return value


def _damaged(what: str) -> HostError:
    return HostError(f"The capture is damaged: {what}.", _AGAIN)
