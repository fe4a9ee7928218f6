# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract of results: what every module exits with, through the real AnsibleModule."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils import _plan, _result
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

FILE = "/etc/x"


def fail(host: Host) -> None:
    raise HostError("It broke.", "Mend it.")


def read(host: Host) -> dict[str, Any]:
    return {"text": host.read(FILE)}


def run(module: AnsibleModule, look: Callable[[Host], dict[str, Any]], plan: Callable[[dict[str, Any]], Plan]) -> None:
    """Run a feature that wants nothing in particular."""
    _result.reconcile(
        module,
        lambda params: None,
        lambda host, want: look(host),
        _plan.as_written,
        lambda have, want: plan(have),
        lambda have, want: have,
    )


def changing(*more: Step, warnings: tuple[str, ...] = ()) -> Callable[[], None]:
    """Return the main() of a module that makes a file hold `new`, with further steps behind."""

    def plan(have: dict[str, Any]) -> Plan:
        write = [] if have["text"] == "new" else [write_step(FILE, have["text"], "new")]
        return Plan((*write, *more), {"text": "new"}, warnings, {"fact": 1})

    def main() -> None:
        run(AnsibleModule({}, supports_check_mode=True), read, plan)

    return main


def test_a_change(host: FakeHost) -> None:
    result = call(changing(warnings=("Mind the gap.",)), host, {})
    assert result["changed"] is True
    assert result["before"] == {"text": None}
    assert result["after"] == {"text": "new"}
    assert result["actions"] == [f"Wrote {FILE}"]
    assert result["fact"] == 1
    assert result["warnings"] == ["Mind the gap."]
    assert "diff" not in result
    assert host.read(FILE) == "new"


def test_no_change(host: FakeHost) -> None:
    host.write_file(FILE, "new")
    result = call(changing(), host, {}, diff=True)
    assert (result["changed"], result["actions"], result["diff"]) == (False, [], [])
    assert result["before"] == result["after"] == {"text": "new"}


def test_check_mode_tells_the_same_and_does_nothing(host: FakeHost) -> None:
    foretold = call(changing(), host, {}, check=True, diff=True)
    assert host.read(FILE) is None
    done = call(changing(), host, {}, diff=True)
    assert foretold == done


@pytest.mark.parametrize(("before", "header"), [(None, f"{FILE} (missing)"), ("old\n", FILE)])
def test_a_diff_has_headers(host: FakeHost, before: str | None, header: str) -> None:
    if before is not None:
        host.write_file(FILE, before)
    diff = call(changing(), host, {}, diff=True)["diff"]
    assert diff[0]["before"] == {"text": before}
    assert diff[0]["after"] == {"text": "new"}
    assert diff[1] == {"before_header": header, "after_header": FILE, "before": before or "", "after": "new"}


def test_the_diff_of_a_removed_file_says_so(host: FakeHost) -> None:
    host.write_file("/etc/y", "old")
    diff = call(changing(write_step("/etc/y", "old", None)), host, {}, diff=True)["diff"]
    assert diff[2] == {
        "before_header": "/etc/y",
        "after_header": "/etc/y (removed)",
        "before": "old",
        "after": "",
    }


def test_a_failed_step_tells_what_was_done_and_undone(host: FakeHost) -> None:
    result = call(changing(Step("Broke it", fail)), host, {})
    assert (result["failed"], result["rc"]) == (True, 1)
    assert result["msg"] == "It broke. Mend it."
    assert result["remedy"] == ["Mend it."]
    assert result["problems"] == [{"problem": "It broke.", "remedy": ["Mend it."]}]
    assert result["before"] == {"text": None}
    assert result["actions"] == [f"Wrote {FILE}"]
    assert result["undone"] == [f"Undone: Wrote {FILE}"]
    assert (result["changed"], result["failures"]) == (False, [])
    assert host.read(FILE) is None


def test_what_failed_alone_is_listed(host: FakeHost) -> None:
    result = call(changing(Step("Broke it", fail, subject="port a")), host, {})
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["failures"] == [{"subject": "port a", "msg": "It broke.", "remedy": ["Mend it."]}]
    assert (result["actions"], result["undone"]) == ([f"Wrote {FILE}"], [])
    assert host.read(FILE) == "new"


def test_a_host_that_cannot_be_read(host: FakeHost) -> None:
    def unreadable(host: Host) -> dict[str, Any]:
        raise HostError("It broke.", "Mend it.")

    def main() -> None:
        run(AnsibleModule({}), unreadable, lambda have: Plan((), {}))

    result = call(main, host, {})
    assert result["failed"]
    assert result["msg"] == "It broke. Mend it."
    assert (result["before"], result["actions"], result["undone"]) == ({}, [], [])


def test_a_change_that_cannot_be_read_back_still_tells_what_was_done(host: FakeHost) -> None:
    def read_once(host: Host) -> dict[str, Any]:
        return fail_with(host) if host.exists(FILE) else read(host)

    def fail_with(host: Host) -> dict[str, Any]:
        raise HostError("It is gone.", "Look for it.")

    def main() -> None:
        step = write_step(FILE, None, "new")
        run(AnsibleModule({}), read_once, lambda have: Plan((step,), {}))

    result = call(main, host, {})
    assert result["failed"]
    assert result["actions"] == [f"Wrote {FILE}"]


def test_a_refusal_before_the_host_was_looked_at(host: FakeHost) -> None:
    def nonsense(params: Any) -> None:
        raise HostError("Nonsense.", "Write sense.")

    def main() -> None:
        _result.reconcile(
            AnsibleModule({}),
            nonsense,
            lambda host, want: None,
            _plan.as_written,
            lambda have, want: Plan((), {}),
            lambda have, want: {},
        )

    result = call(main, host, {})
    assert (result["failed"], result["msg"], result["remedy"]) == (True, "Nonsense. Write sense.", ["Write sense."])
    assert result["problems"] == [{"problem": "Nonsense.", "remedy": ["Write sense."]}]


def test_names_are_resolved_once_and_kept_for_the_second_look(host: FakeHost) -> None:
    looked: list[Any] = []

    def look(host: Host, want: str) -> dict[str, Any]:
        looked.append(want)
        return read(host)

    def main() -> None:
        _result.reconcile(
            AnsibleModule({}),
            lambda params: "by name",
            look,
            lambda have, want: "by address",
            lambda have, want: Plan((write_step(FILE, None, want),), {"text": want}),
            lambda have, want: {"want": want, **have},
        )

    result = call(main, host, {})
    assert looked == ["by name", "by address"]
    assert result["after"] == {"want": "by address", "text": "by address"}


def test_what_stands_in_the_way_for_now_is_refused_by_a_real_run_alone(host: FakeHost) -> None:
    def main() -> None:
        plan = Plan((write_step(FILE, None, "new"),), {"text": "new"}, assumed=(HostError("Not yet.", "Wait."),))
        run(AnsibleModule({}, supports_check_mode=True), read, lambda have: plan)

    assert call(main, host, {}, check=True)["changed"] is True
    result = call(main, host, {})
    assert (result["failed"], result["changed"], result["actions"]) == (True, False, [])
    assert result["problems"] == [{"problem": "Not yet.", "remedy": ["Wait."]}]
    assert host.read(FILE) is None


def test_what_nobody_can_predict_is_read_afterwards(host: FakeHost) -> None:
    def main() -> None:
        plan = Plan(
            (write_step(FILE, None, "new"),), {}, facts={"seen": None}, outcome=lambda host: {"seen": host.read(FILE)}
        )
        run(AnsibleModule({}, supports_check_mode=True), read, lambda have: plan)

    assert call(main, host, {}, check=True)["seen"] is None
    assert call(main, host, {})["seen"] == "new"


def reporting(
    look: Callable[[Host], dict[str, Any]],
    complain: Callable[[dict[str, Any], None], HostError] | None = None,
    want: Callable[[Any], None] = lambda params: None,
) -> Callable[[], None]:
    """Return the main() of a module that only looks."""
    return lambda: _result.report(
        AnsibleModule({}, supports_check_mode=True),
        want,
        lambda host, want: look(host),
        lambda have, want: have,
        complain,
    )


@pytest.mark.parametrize("check", [True, False])
def test_a_report_changes_nothing(host: FakeHost, check: bool) -> None:
    result = call(reporting(read), host, {}, check)
    assert (result["changed"], result["text"], result["rc"]) == (False, None, 0)


def test_a_report_with_a_complaint_fails_and_still_shows_all(host: FakeHost) -> None:
    def complain(seen: dict[str, Any], want: None) -> HostError:
        return HostError("I mind.", "Change it.")

    result = call(reporting(read, complain), host, {})
    assert (result["failed"], result["msg"], result["remedy"]) == (True, "I mind. Change it.", ["Change it."])
    assert result["text"] is None


def test_a_report_of_an_unreadable_host(host: FakeHost) -> None:
    def unreadable(host: Host) -> dict[str, Any]:
        raise HostError("It broke.", "Mend it.")

    result = call(reporting(unreadable), host, {})
    assert (result["failed"], result["msg"]) == (True, "It broke. Mend it.")


def test_a_report_that_nobody_can_want_does_not_touch_the_host(host: FakeHost) -> None:
    looks: list[Host] = []

    def want(params: Any) -> None:
        raise HostError("That is nothing.", "Name something.")

    def look(host: Host) -> dict[str, Any]:
        looks.append(host)
        return read(host)

    result = call(reporting(look, want=want), host, {})
    assert (result["failed"], result["msg"]) == (True, "That is nothing. Name something.")
    assert looks == []


def test_a_fault_of_ours_is_said_as_one_and_everything_is_undone(host: FakeHost) -> None:
    def break_down(host: Host) -> None:
        raise TypeError("a number for a driver")

    result = call(changing(Step("B", break_down)), host, {})
    assert result["failed"]
    assert (result["changed"], result["actions"], result["undone"]) == (
        False,
        ["Wrote /etc/x"],
        ["Undone: Wrote /etc/x"],
    )
    assert "This is a fault of the collection dataplane.dpdk, and not of the host: TypeError" in result["msg"]
    assert host.read(FILE) is None


def test_a_fault_while_looking_is_said_as_one(host: FakeHost) -> None:
    def main() -> None:
        run(
            AnsibleModule({}, supports_check_mode=True),
            lambda host: dict[str, Any]()["none"],
            lambda have: Plan((), {}),
        )

    result = call(main, host, {})
    assert "This is a fault of the collection dataplane.dpdk, and not of the host: KeyError" in result["msg"]
    assert result["changed"] is False
