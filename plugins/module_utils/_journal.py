# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan does, written down before it is done: a run that was cut off is taken back by the next one.

A plan comes of what was asked and of what the host answered, and of nothing else. With both written down, the plan is made
again later, with the steps that take it back: by the code that it was made with, which is kept beside.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils import _process
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, dump, load
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS, Notes, Plan, Step, undo

_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from importlib import import_module; "
    "import_module('ansible_collections.dataplane.dpdk.plugins.module_utils.' + sys.argv[2]).main(sys.argv[3:])"
)


@dataclass(frozen=True)
class Journal(Notes):
    """The notes of one plan in a directory; ``stop`` holds the signals that asked this process to end."""

    host: Host
    place: str
    stop: Sequence[str] = field(default_factory=list)

    def begin(self, step: Step) -> None:
        """Note a step; raise HostError where the run should end, or the note cannot be written."""
        if self.stop:
            raise HostError(
                f"This run was asked to end ({self.stop[0]}) before the step '{step.action}'.", "Run it again."
            )
        self._note("begin", step.action)

    def undone(self, step: Step) -> None:
        """Note a step that was undone; a disk that is full does not keep others from being undone."""
        with contextlib.suppress(HostError):
            self._note("undone", step.action)

    def last(self, failed: frozenset[str]) -> None:
        """Note which subjects failed."""
        self._note("last", *sorted(failed))

    def close(self) -> None:
        """Forget the plan: it was done, or taken back."""
        remove(self.host, self.place)

    def _note(self, *words: str) -> None:
        self.host.append(f"{self.place}/steps", json.dumps(words))


def open_journal(
    host: Host,
    name: str,
    params: Mapping[str, Any],
    rooms: Sequence[Callable[..., Any]],
    memory: Memory,
    stop: Sequence[str],
) -> Journal:
    """Write down what a plan is made of; ``rooms`` are parse, read, resolve and plan of the feature."""
    header = {
        "who": name,
        "params": params,
        "rooms": [[each.__module__, each.__qualname__] for each in rooms],
        "answers": dump(memory),
    }
    try:
        place = _write(host, JOURNALS[0], header)
    except HostError:
        place = _write(host, JOURNALS[1], header)
    return Journal(host, place, stop)


def _write(host: Host, place: str, header: Mapping[str, Any]) -> str:
    """Write the plan; it counts once its last file is there."""
    code = host.code()
    remove(host, place)
    if code.endswith(".zip"):  # Ansible removes it at the end of the run
        host.write_file(f"{place}/code.zip", host.read(code) or "", 0o600)
        code = f"{place}/code.zip"
    host.write_file(f"{place}/plan.json", json.dumps({**header, "code": code}), 0o600)
    return place


def notices(host: Host) -> list[str]:
    """Return what to say of runs that were cut off, where nothing is changed; one that still works was not cut off."""
    try:
        with host.alone("a look", 0):
            headers = [_header(host, place) for place in JOURNALS if not host.exists(f"{place}/armed")]
    except HostError:
        return []
    return [
        f"{each['who']} was cut off, so this host is between two states. The next run that changes it takes that back first."
        for each in headers
        if each
    ]


def end(host: Host, place: str) -> list[str]:
    """Take back the plan of a run that was cut off; return what to say of it."""
    header = _header(host, place)
    if not header:  # cut off before the first step, or after the last
        remove(host, place)
        return []
    done = host.run(*program(host, place, "_journal"))
    try:
        result = json.loads(done.out)
    except ValueError:
        result = {"problem": (done.err.strip() or f"return code {done.rc}")[-2000:], "remedy": []}
    if "problem" in result:
        raise HostError(
            f"{header['who']} was cut off, and what it did cannot be taken back: {result['problem']} Nothing was changed.",
            *result["remedy"],
            f"Or bring the host into order by hand, remove {place}, and run this again.",
        )
    return _said(header["who"], result)


def _said(name: str, result: Mapping[str, Any]) -> list[str]:
    found = []
    if result["undone"]:
        found.append(f"{name} was cut off; what it had done was taken back first: {'; '.join(result['undone'])}.")
    if result["stuck"]:
        found.append(f"{name} was cut off, and not all of it could be taken back: {' '.join(result['stuck'])}")
    return found


def program(host: Host, place: str, name: str) -> list[str]:
    """Return the command that does with a plan what a file of its own code does: `_journal` takes it back at once."""
    return [sys.executable, "-I", "-c", _PROGRAM, _header(host, place)["code"], name, place]


def who(host: Host, place: str) -> str:
    """Return whose plan it is."""
    return str(_header(host, place)["who"])


def take_back(host: Host, place: str, forced: bool = False) -> dict[str, Any]:
    """Undo the steps of a plan that were begun, in reverse; return what was undone, and what could not be.

    Unless it is ``forced``, raise HostError where that would take something away from who uses it by now.
    """
    steps = _begun(host, place)
    raise_all(step.late(host) for step in steps if step.late and not forced)
    undone, stuck = undo(host, steps, Journal(host, place))
    for path in (path for step in steps for path in step.writes):
        host.remove_rest(path)
    remove(host, place)
    return {"undone": [each[len("Undone: ") :] for each in undone], "stuck": stuck}


def main(argv: Sequence[str]) -> None:
    """Take a plan back, in a process of its own that has the code of the run which made it."""
    sys.stdout.write(answer(Host(run_command=_process.run_alone), argv[0]))


def answer(host: Host, place: str) -> str:
    """Return what was undone, what could not be, or why nothing was, as JSON."""
    try:
        return json.dumps(take_back(host, place))
    except HostError as error:
        return json.dumps({"problem": error.message, "remedy": list(error.remedy)})


def _begun(host: Host, place: str) -> list[Step]:
    """Return the steps that were begun and not undone since, in their order."""
    notes = _notes(host, place)
    failed = next((each[1:] for each in notes if each[0] == "last"), None)
    plan = _plan(host, place)
    steps = [*plan.steps, *(plan.last(frozenset(failed)) if failed is not None else ())]
    begun = steps[: sum(1 for each in notes if each[0] == "begin")]
    if [each.action for each in begun] != [each[1] for each in notes if each[0] == "begin"]:
        raise HostError(
            f"The plan in {place} comes out differently now.",
            "Look at its file steps for what was done, and undo it by hand.",
        )
    for action in [each[1] for each in notes if each[0] == "undone"]:
        begun.remove(next(each for each in reversed(begun) if each.action == action))
    return begun


def _plan(host: Host, place: str) -> Plan:
    header = _header(host, place)
    parse, read, resolve, make = (getattr(importlib.import_module(module), name) for module, name in header["rooms"])
    asked = parse(header["params"])
    have = read(load(host.root, header["answers"]), asked)
    plan: Plan = make(have, resolve(have, asked))
    return plan


def _notes(host: Host, place: str) -> list[list[str]]:
    """Return what was noted; a line that was cut off belongs to a step that was not begun."""
    path = f"{place}/steps"
    lines = (host.read(path) or "").split("\n")[:-1]
    notes = [_load_json(path, line) for line in lines]
    if not all(isinstance(each, list) and each and all(isinstance(word, str) for word in each) for each in notes):
        raise _damaged(path)
    return notes


def remove(host: Host, place: str) -> None:
    """Forget a plan; without its first file, the rest counts for nothing."""
    host.remove_file(f"{place}/plan.json")
    host.remove_directory(place)


def _header(host: Host, place: str) -> dict[str, Any]:
    """Return what a plan is made of; empty where there is none."""
    path = f"{place}/plan.json"
    header = _load_json(path, host.read(path) or "{}")
    if not isinstance(header, dict) or (header and not header.keys() >= {"who", "params", "rooms", "answers", "code"}):
        raise _damaged(path)
    return header


def _load_json(path: str, text: str) -> Any:
    """Return what a file holds; raise HostError where that is damaged."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise _damaged(path) from error


def _damaged(path: str) -> HostError:
    place = path.rpartition("/")[0]
    return HostError(
        f"{path} does not hold what this collection writes there. A run was cut off on this host, and nobody knows how far it was.",
        f"Bring the host into order by hand, remove {place}, and run this again.",
    )
