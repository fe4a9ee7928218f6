# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import traceback
from dataclasses import replace

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file
from ansible_collections.dataplane.dpdk.plugins.module_utils._token.plan import describe, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._token.want import Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, four_steps

NEW = "2ab74924-c335-45f4-9b16-8569e5b08258"
WANT = Want(group="dpdk", returned=True)


def text(host: FakeHost) -> str:
    return host.tree.read(token_file.PATH) or ""


def planned(host: FakeHost, want: Want) -> Plan:
    return plan(_have.read(host, want), want)


def carried_out(host: FakeHost, want: Want) -> Plan:
    return four_steps(
        host,
        lambda: _have.read(host, want),
        lambda have: plan(have, want),
        lambda have: describe(have, want),
    )


def outcome(host: FakeHost, todo: Plan) -> dict[str, object]:
    return {**todo.facts, **(todo.outcome(host) if todo.outcome else {})}


def test_what_is_predicted_is_there_afterwards(host: FakeHost) -> None:
    carried_out(host, WANT)
    carried_out(host, replace(WANT, group="root"))
    carried_out(host, replace(WANT, restored=True))


def test_a_plan_makes_no_token_before_it_is_carried_out(host: FakeHost) -> None:
    todo = planned(host, WANT)
    assert todo.facts == {"path": token_file.PATH, "token": None}
    made = []
    for _run in range(2):
        apply(host, todo)
        made.append(text(host))
        assert outcome(host, todo)["token"] == text(host)
    assert made[0] != made[1]


def test_a_token_that_stays_is_known_at_once(host: FakeHost) -> None:
    apply(host, planned(host, WANT))
    assert planned(host, WANT).steps == ()
    assert planned(host, WANT).facts == {"path": token_file.PATH, "token": text(host)}
    assert "token" not in planned(host, replace(WANT, returned=False)).facts


@pytest.mark.parametrize(
    "want",
    [WANT, replace(WANT, rotate=True), replace(WANT, group="root"), replace(WANT, restored=True)],
)
def test_no_repr_shows_it(host: FakeHost, want: Want) -> None:
    apply(host, planned(host, WANT))
    have = _have.read(host, want)
    todo = plan(have, want)
    shown = f"{have!r} {have} {todo!r} {todo} {want!r} {describe(have, want)}"
    assert text(host)
    assert text(host) not in shown
    apply(host, todo)
    assert (text(host) or "no token") not in f"{shown} {todo!r}"


def test_no_traceback_shows_it(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(host, planned(host, WANT))
    before = text(host)
    monkeypatch.setattr(token_file, "new", lambda: f"{NEW}\n")
    todo = planned(host, replace(WANT, rotate=True))
    host.answers["getent"] = (2, "", "")
    error = failing(host, todo)
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "could not be given to the group" in shown
    assert before not in shown
    assert NEW not in shown
    assert text(host) == before


def test_what_is_no_token_is_not_kept(host: FakeHost) -> None:
    host.tree.write(token_file.PATH, "hunter2\n")
    with pytest.raises(HostError, match="holds no UUID"):
        planned(host, WANT)
    assert (
        planned(host, replace(WANT, rotate=True)).warnings[0].startswith("Applications that run keep the old VF token.")
    )
    assert len(planned(host, replace(WANT, restored=True)).steps) == 1
