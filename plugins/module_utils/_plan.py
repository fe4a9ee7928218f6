# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module would do, as data: steps, applied in order and undone in reverse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, Callable, Optional, TypeVar

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, combined, fault, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

# Where plans are written down while they are carried out (_journal.py). The first outlasts a reboot, as files do that a plan
# writes; where it cannot be written, nor can those files.
JOURNALS = ("/var/lib/dataplane-dpdk/plan", "/run/dataplane-dpdk/plan")
Verb = Callable[[Host], None]
Check = Callable[[Host], Optional[HostError]]
Want = TypeVar("Want")


def taken_back(place: str) -> str:
    """Return the file in which the host says what it took back by itself of a plan in ``place``."""
    return f"{place.rpartition('/')[0]}/taken_back.json"


# What is there only after a run that was cut off, or after a plan that nobody confirmed.
TRACES = tuple(path for place in JOURNALS for path in (place, taken_back(place)))


@dataclass(frozen=True)
class FileChange:
    """A file before and after; None means that there is no such file."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Step:
    """One change of the host.

    ``action`` is a sentence in the past tense. ``do`` verifies its own effect and raises HostError.
    ``undo`` brings back what was there before; it must be safe after a ``do`` that stopped half-way.
    A step with a ``subject``, such as a device, may fail for it alone: it is undone and the others go on.
    ``late`` returns why it must not be undone any more, such as a device that an application has opened meanwhile.
    ``writes`` names the files that it writes, where that is not ``file``; they have to be writable before the first step.
    """

    action: str
    do: Verb
    undo: Verb | None = None
    file: FileChange | None = None
    subject: str | None = None
    late: Check | None = None
    writes: tuple[str, ...] = ()


class Notes:
    """Who is told what happens to a plan: nobody. ``begin`` raises HostError where the plan should not go on."""

    def begin(self, step: Step) -> None:
        """Note a step that is about to be done."""

    def undone(self, step: Step) -> None:
        """Note a step that was undone."""

    def last(self, failed: frozenset[str]) -> None:
        """Note which subjects failed alone; the steps that follow depend on it."""


_NOBODY = Notes()


def _nothing(failed: frozenset[str]) -> tuple[Step, ...]:
    return ()


@dataclass(frozen=True)
class Plan:
    """Steps that lead from what a host has to what is wanted, and the state they lead to.

    ``last`` returns the steps that follow, given the subjects that failed alone. ``facts`` are further keys of the
    module's result, true once the steps are done; ``outcome`` reads those that nobody can predict. ``assumed`` holds
    what stands in the way now and is expected to be gone by then, because earlier tasks of the run see to it: check
    mode goes on, a real run refuses.
    """

    steps: tuple[Step, ...]
    after: dict[str, Any]
    warnings: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    last: Callable[[frozenset[str]], tuple[Step, ...]] = _nothing
    outcome: Callable[[Host], dict[str, Any]] | None = None
    assumed: tuple[HostError, ...] = ()

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps of a run in which nothing fails."""
        return (*self.steps, *self.last(frozenset()))


def as_written(have: Any, want: Want) -> Want:
    """Resolve nothing: for features whose wants need no names looked up."""
    return want


class PlanError(HostError):
    """Steps failed: what had been done, what of it was brought back, and which subjects failed alone."""

    def __init__(
        self,
        cause: HostError,
        done: list[str],
        undone: list[str],
        failures: tuple[tuple[str, HostError], ...] = (),
    ) -> None:
        super().__init__(cause.message, *cause.remedy, parts=cause.parts)
        self.done = done
        self.undone = undone
        self.failures = failures


def write_step(path: str, before: str | None, after: str | None, mode: int | None = None) -> Step:
    """Return the step that makes a file hold ``after``, or removes it where that is None; for the mode see Host."""

    def put(text: str | None) -> Verb:
        def write(host: Host) -> None:
            if text is None:
                host.remove_file(path)
            else:
                host.write_file(path, text, mode)

        return write

    def undo(host: Host) -> None:
        if before is None:
            host.remove_file(path)
        else:
            host.put_back(path, before, mode)

    verb = "Removed" if after is None else "Wrote" if before is None else "Changed"
    return Step(f"{verb} {path}", put(after), undo, FileChange(path, before, after))


def require_writable(host: Host, steps: Iterable[Step]) -> None:
    """Raise HostError with every file of the steps that cannot be written, before any of them is done."""
    sizes: dict[str, int] = {}
    for each in steps:
        size = len(each.file.after or "") if each.file else 0
        sizes.update(dict.fromkeys(each.writes or ([each.file.path] if each.file else []), size))
    problems: list[HostError] = []
    for path, size in sizes.items():
        try:
            host.require_writable(path, size)
        except HostError as error:
            problems.append(error)
    raise_all(problems)


def apply(host: Host, plan: Plan, notes: Notes = _NOBODY) -> None:
    """Do the steps; raise PlanError where one failed.

    A step without a subject takes all before it back, in reverse. One with a subject takes back only itself.
    """
    begun: list[Step] = []
    failures: list[tuple[str, HostError]] = []
    undone: list[str] = []
    for step in plan.steps:
        try:
            _do(host, step, begun, notes)
        except HostError as error:
            if step.subject is None or step not in begun:
                raise _all_undone(host, step, begun, error, tuple(failures), notes) from error
            begun.remove(step)
            cause, back = _undo(host, [step], error, notes)
            failures.append((step.subject, cause))
            undone += back
    failed = frozenset(subject for subject, dummy in failures)
    notes.last(failed)
    for step in plan.last(failed):
        try:
            _do(host, step, begun, notes)
        except HostError as error:
            raise _all_undone(host, step, begun, error, tuple(failures), notes) from error
    if failures:
        cause = combined(each for dummy, each in failures)
        raise PlanError(cause, [step.action for step in begun], undone, tuple(failures))


def _do(host: Host, step: Step, begun: list[Step], notes: Notes) -> None:
    """Do a step; it is begun once it was noted."""
    notes.begin(step)
    begun.append(step)
    _surely(step.do, host)


def _surely(verb: Verb, host: Host) -> None:
    """Do or undo; whatever goes wrong is an error, so that what was done before is undone."""
    try:
        verb(host)
    except HostError:
        raise
    except Exception as error:
        raise fault(error) from error


def _all_undone(
    host: Host,
    failed: Step,
    begun: list[Step],
    error: HostError,
    failures: tuple[tuple[str, HostError], ...],
    notes: Notes,
) -> PlanError:
    cause, undone = _undo(host, begun, error, notes)
    return PlanError(cause, [step.action for step in begun if step is not failed], undone, failures)


def _undo(host: Host, begun: list[Step], error: HostError, notes: Notes) -> tuple[HostError, list[str]]:
    """Undo steps in reverse; return the error, with what could not be brought back, and what was."""
    undone, stuck = undo(host, begun, notes)
    message = (
        f"{error.message} Bringing back the state before failed too: {' '.join(stuck)}" if stuck else error.message
    )
    parts = error.parts if message == error.message else ()
    return HostError(message, *error.remedy, parts=parts), undone


def undo(host: Host, begun: Iterable[Step], notes: Notes = _NOBODY) -> tuple[list[str], list[str]]:
    """Undo steps in reverse; return what was undone, and why the rest could not be."""
    undone: list[str] = []
    stuck: list[str] = []
    for step in reversed(list(begun)):
        try:
            if step.undo is not None:
                _surely(step.undo, host)
                undone.append(f"Undone: {step.action}")
            notes.undone(step)
        except HostError as problem:
            stuck.append(problem.message)
    return undone, stuck
