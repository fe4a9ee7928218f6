# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import (
    FileChange,
    Plan,
    Step,
    Verb,
    apply,
    write_step,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing


def note(log: list[str], text: str, error: HostError | None = None) -> Verb:
    def verb(host: Host) -> None:
        log.append(text)
        if error:
            raise error

    return verb


def test_steps_are_done_in_order(host: FakeHost) -> None:
    log: list[str] = []
    apply(host, Plan((Step("A", note(log, "a"), note(log, "-a")), Step("B", note(log, "b"))), {}))
    assert log == ["a", "b"]


def test_a_failure_undoes_the_failed_step_and_those_before_in_reverse(host: FakeHost) -> None:
    log: list[str] = []
    steps = (
        Step("A", note(log, "a"), note(log, "-a")),
        Step("B", note(log, "b")),
        Step("C", note(log, "c", HostError("C broke.", "Mend C.")), note(log, "-c")),
        Step("D", note(log, "d"), note(log, "-d")),
    )
    error = failing(host, Plan(steps, {}))
    assert log == ["a", "b", "c", "-c", "-a"]
    assert (error.message, error.remedy) == ("C broke.", ("Mend C.",))
    assert error.done == ["A", "B"]
    assert error.undone == ["Undone: C", "Undone: A"]


def test_what_cannot_be_undone_is_told_and_the_rest_still_is(host: FakeHost) -> None:
    log: list[str] = []
    steps = (
        Step("A", note(log, "a"), note(log, "-a")),
        Step("B", note(log, "b"), note(log, "-b", HostError("B is stuck."))),
        Step("C", note(log, "c", HostError("C broke."))),
    )
    error = failing(host, Plan(steps, {}))
    assert error.message == "C broke. Bringing back the state before failed too: B is stuck."
    assert log[-2:] == ["-b", "-a"]
    assert error.undone == ["Undone: A"]


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [(None, "new", "Wrote /etc/x"), ("old", "new", "Changed /etc/x"), ("old", None, "Removed /etc/x")],
)
def test_a_file_is_written_or_removed_and_brought_back(
    host: FakeHost, before: str | None, after: str | None, action: str
) -> None:
    if before is not None:
        host.write_file("/etc/x", before)
    step = write_step("/etc/x", before, after)
    assert (step.action, step.file) == (action, FileChange("/etc/x", before, after))
    step.do(host)
    assert host.read("/etc/x") == after
    assert step.undo is not None
    step.undo(host)
    assert host.read("/etc/x") == before


def test_a_subject_fails_alone_and_the_others_go_on(host: FakeHost) -> None:
    log: list[str] = []
    steps = (
        Step("A", note(log, "a"), note(log, "-a")),
        Step("B", note(log, "b", HostError("B broke.", "Mend it.")), note(log, "-b"), subject="port b"),
        Step("C", note(log, "c"), note(log, "-c"), subject="port c"),
        Step("D", note(log, "d", HostError("D broke.", "Mend it.", "Ask.")), note(log, "-d"), subject="port d"),
        Step("E", note(log, "e"), note(log, "-e")),
    )
    error = failing(host, Plan(steps, {}))
    assert log == ["a", "b", "-b", "c", "d", "-d", "e"]
    assert (error.message, error.remedy) == ("B broke. D broke.", ("Mend it.", "Ask."))
    assert (error.done, error.undone) == (["A", "C", "E"], ["Undone: B", "Undone: D"])
    assert [(subject, cause.message) for subject, cause in error.failures] == [
        ("port b", "B broke."),
        ("port d", "D broke."),
    ]


def test_a_step_without_subject_takes_all_back_that_was_done(host: FakeHost) -> None:
    log: list[str] = []
    steps = (
        Step("A", note(log, "a", HostError("A broke.")), note(log, "-a"), subject="port a"),
        Step("B", note(log, "b"), note(log, "-b"), subject="port b"),
        Step("C", note(log, "c", HostError("C broke.")), note(log, "-c")),
    )
    error = failing(host, Plan(steps, {}))
    assert log == ["a", "-a", "b", "c", "-c", "-b"]
    assert "C broke." in error.message
    assert [subject for subject, _cause in error.failures] == ["port a"]


def test_the_last_steps_know_who_failed(host: FakeHost) -> None:
    log: list[str] = []

    def last(failed: frozenset[str]) -> tuple[Step, ...]:
        return (Step("Last", note(log, f"last without {', '.join(sorted(failed)) or 'nobody'}")),)

    steps = (
        Step("A", note(log, "a", HostError("A broke.")), subject="port a"),
        Step("B", note(log, "b"), subject="port b"),
    )
    plan = Plan(steps, {}, last=last)
    assert [step.action for step in plan.all_steps] == ["A", "B", "Last"]
    error = failing(host, plan)
    assert log == ["a", "b", "last without port a"]
    assert error.done == ["B", "Last"]


def test_a_last_step_that_fails_takes_all_back(host: FakeHost) -> None:
    log: list[str] = []
    step = Step("A", note(log, "a"), note(log, "-a"), subject="port a")
    last = Step("Last", note(log, "last", HostError("It broke.")), note(log, "-last"))
    error = failing(host, Plan((step,), {}, last=lambda failed: (last,)))
    assert log == ["a", "last", "-last", "-a"]
    assert (error.message, error.done) == ("It broke.", ["A"])


def broken(host: Host) -> None:
    raise TypeError("a number for a driver")


def test_what_is_no_refusal_is_undone_like_one(host: FakeHost) -> None:
    log: list[str] = []
    steps = (Step("A", note(log, "a"), note(log, "-a")), Step("B", broken, note(log, "-b")))
    error = failing(host, Plan(steps, {}))
    assert log == ["a", "-b", "-a"]
    assert "This is a fault of the collection dataplane.dpdk" in error.message
    assert "TypeError: a number for a driver" in error.message
    assert error.remedy[0].startswith(
        "Report it with this message, the task, and what dataplane.dpdk.dpdk_info returns"
    )


def test_an_undo_that_breaks_does_not_keep_the_others_from_it(host: FakeHost) -> None:
    log: list[str] = []
    steps = (Step("A", note(log, "a"), note(log, "-a")), Step("B", note(log, "b", HostError("B broke.")), broken))
    error = failing(host, Plan(steps, {}))
    assert log == ["a", "b", "-a"]
    assert "Bringing back the state before failed too" in error.message
