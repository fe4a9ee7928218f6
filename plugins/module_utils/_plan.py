# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module would do, as data: steps, applied in order and undone in reverse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, combined
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

Verb = Callable[[Host], None]
Want = TypeVar("Want")


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
    """

    action: str
    do: Verb
    undo: Verb | None = None
    file: FileChange | None = None
    subject: str | None = None


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


def write_step(path: str, before: str | None, after: str | None, mode: int = 0o644) -> Step:
    """Return the step that makes a file hold ``after``, or removes it where that is None."""

    def put(text: str | None) -> Verb:
        def write(host: Host) -> None:
            if text is None:
                host.remove_file(path)
            else:
                host.write_file(path, text, mode)

        return write

    verb = "Removed" if after is None else "Wrote" if before is None else "Changed"
    return Step(f"{verb} {path}", put(after), put(before), FileChange(path, before, after))


def apply(host: Host, plan: Plan) -> None:
    """Do the steps; raise PlanError where one failed.

    A step without a subject takes all before it back, in reverse. One with a subject takes back only itself.
    """
    begun: list[Step] = []
    failures: list[tuple[str, HostError]] = []
    undone: list[str] = []
    for step in plan.steps:
        try:
            step.do(host)
        except HostError as error:
            if step.subject is None:
                raise _all_undone(host, [*begun, step], error, tuple(failures)) from error
            cause, back = _undo(host, [step], error)
            failures.append((step.subject, cause))
            undone += back
        else:
            begun.append(step)
    for step in plan.last(frozenset(subject for subject, dummy in failures)):
        begun.append(step)
        try:
            step.do(host)
        except HostError as error:
            raise _all_undone(host, begun, error, tuple(failures)) from error
    if failures:
        cause = combined(each for dummy, each in failures)
        raise PlanError(cause, [step.action for step in begun], undone, tuple(failures))


def _all_undone(
    host: Host, begun: list[Step], error: HostError, failures: tuple[tuple[str, HostError], ...]
) -> PlanError:
    cause, undone = _undo(host, begun, error)
    return PlanError(cause, [step.action for step in begun[:-1]], undone, failures)


def _undo(host: Host, begun: list[Step], error: HostError) -> tuple[HostError, list[str]]:
    """Undo steps in reverse; return the error, with what could not be brought back, and what was."""
    undone: list[str] = []
    stuck: list[str] = []
    for step in reversed(begun):
        if step.undo is None:
            continue
        try:
            step.undo(host)
            undone.append(f"Undone: {step.action}")
        except HostError as problem:
            stuck.append(problem.message)
    message = (
        f"{error.message} Bringing back the state before failed too: {' '.join(stuck)}" if stuck else error.message
    )
    parts = error.parts if message == error.message else ()
    return HostError(message, *error.remedy, parts=parts), undone
