# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run has seen of its hosts so far, and how that is said on a terminal. Knows no Ansible and no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _planned, _readiness, _report, _secrets, _shape
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._failure import texts
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._readiness import FAILED, NOT_READY, READY, Problem

COLLECTION = "dataplane.dpdk."
LOOKS = {"dpdk_info": "info", "iommu_check": "iommu"}
NOT_JUDGED, RESTORED = "not_judged", "restored"
WORDS = {NOT_JUDGED: "not judged", RESTORED: "restored", READY: "ready", NOT_READY: "not ready", FAILED: "failed"}
_NAMED = 3
_COUNTED = (READY, NOT_READY, FAILED)  # also where there is none of them


@dataclass
class Seen:
    """What modules returned of one host, each the last time, in the form that the report takes."""

    looks: dict[str, Any] = field(default_factory=dict)
    predicted: dict[str, Any] = field(default_factory=dict)
    bound: list[str] = field(default_factory=list)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    restored: bool = False
    giving_back: bool = False  # whether the last look was to give the host back: so are the tasks after it
    failure: dict[str, Any] | None = None
    senseless: str = ""

    def note(self, action: str, result: Mapping[str, Any], check_mode: bool, restoring: bool = False) -> None:
        """Remember a result of one of our modules; what was really done is not pending any more.

        A host that is given back is not judged by how ready it is.
        """
        try:
            self._note(action, result, check_mode, restoring)
        except _shape.NONSENSE as error:
            self.senseless = _shape.in_short(error)

    def _note(self, action: str, result: Mapping[str, Any], check_mode: bool, restoring: bool) -> None:
        name = action[len(COLLECTION) :]
        if not action.startswith(COLLECTION) or result.get("skipped"):
            return
        if name == "host_plan":
            self._note_plan(result, check_mode)
            return
        if restoring or self.giving_back:
            self._note_restored({"args": dict(result)} if name == "kernel_args" else {}, check_mode)
            return
        if name in LOOKS:
            self.looks[LOOKS[name]] = dict(result)
            return
        if name == "kernel_args":
            self.looks["args"] = dict(result)
        if name == "dpdk_bind":
            found = [each["address"] for each in (result.get("after") or {}).get("devices", ())]
            self.bound = list(dict.fromkeys([*self.bound, *found]))
        if check_mode:
            self.predicted[name] = dict(result)
        else:
            self.predicted = {key: each for key, each in self.predicted.items() if key.split()[0] != name}

    def _note_plan(self, plan: Mapping[str, Any], check_mode: bool) -> None:
        """Remember one look at the whole host; a plan to give it back does not say how ready it is."""
        found = _planned.spread(plan, {})
        if plan.get("described", True):  # a look without the description does not take back that it is refused
            self.refusals = found.get("problems", [])
        if "predicted" not in found:
            return
        self.giving_back = _planned.restores(plan)
        if self.giving_back:
            self._note_restored({"args": found["args"]} if found.get("args") else {}, check_mode)
            return
        self.looks.update({name: found[name] for name in ("info", "iommu", "args") if name in found})
        self.predicted = found["predicted"]
        self.bound = found.get("ports", [])
        self.restored = False

    def _note_restored(self, looks: dict[str, Any], check_mode: bool) -> None:
        """Forget how ready the host was. What check mode would give back is still there."""
        if not check_mode:
            self.looks, self.predicted, self.bound, self.restored = {**self.looks, **looks}, {}, [], True

    @property
    def known(self) -> bool:
        """Whether anything of ours was seen of the host."""
        return bool(self.looks or self.predicted or self.bound or self.restored or self.senseless)


@dataclass(frozen=True)
class Row:
    """One host in the table at the end of a run."""

    name: str
    state: str
    problems: tuple[Problem, ...]
    ports: int
    note: str = ""


def row(name: str, seen: Seen, failed: bool, iommu_wanted: bool) -> Row:
    """Return the row of a host; a failure that was rescued or ignored does not count.

    A host that answered something else than modules return failed.
    """
    wrong = seen.senseless
    try:
        found = _row(name, seen, failed, iommu_wanted)
        wrong = wrong or _report.problem_fault(each.plain() for each in found.problems) or ""
    except _shape.NONSENSE as error:
        wrong = _shape.in_short(error)
    senseless = Problem(_shape.SENSELESS, _shape.says(wrong), _shape.SENSELESS_REMEDY)
    return Row(name, FAILED, (senseless,), 0) if wrong else found


def _row(name: str, seen: Seen, failed: bool, iommu_wanted: bool) -> Row:
    if seen.restored and not failed:
        return Row(name, RESTORED, (), 0, _left(seen.looks.get("args") or {}))
    failures = [seen.failure] if failed and seen.failure else [{"msg": "A task failed."}] if failed else []
    # What a failed task left undone is no news beside the failure.
    predicted = {} if failed else seen.predicted
    looks = {} if seen.restored else seen.looks
    given = {
        **looks,
        "predicted": predicted,
        "problems": seen.refusals,
        "failures": [] if seen.refusals else failures,
        "iommu_wanted": iommu_wanted,
    }
    state, problems = _readiness.judge(_report.looked_at(given))
    if state == READY and not seen.bound and "info" not in seen.looks:
        state = NOT_JUDGED  # nobody looked at its ports
    return Row(name, state, tuple(problems), len(seen.bound))


def _left(args: Mapping[str, Any]) -> str:
    """Return what a reboot of a host that was given back would still change; what goes and what comes apart."""
    if not args.get("reboot_required"):
        return ""
    goes, comes = texts(args.get("conflicting")), texts(args.get("missing"))
    found = [f"take away {' '.join(goes)}"] if goes else []
    found += [f"bring back {' '.join(comes)}"] if comes else []
    return f"a reboot would still {' and '.join(found)}"


def table(rows: list[Row], most: int) -> Iterator[tuple[str, str]]:
    """Give the lines of the table with the state of each; the most severe stand last, where they are read first.

    Where there are more than ``most`` hosts, those that are ready are only counted.
    """
    width = max((len(plain(each.name)) for each in rows), default=0)
    for state in WORDS:
        these = [each for each in rows if each.state == state]
        if state in (READY, NOT_JUDGED, RESTORED) and len(rows) > most:
            continue
        for each in these:
            head = f"{WORDS[state]:10}  {plain(each.name):{width}}"
            yield state, f"{head}  {_says(each)}".rstrip()
            for problem in each.problems[:_NAMED]:
                subject = f"{problem.subject}: " if problem.subject else ""
                yield state, f"{'':12}{shown(f'{problem.title}: {subject}{problem.cause}')}"
                if problem.remedy:
                    yield state, f"{'':14}{shown(problem.remedy)}"
            if len(each.problems) > _NAMED:
                yield state, f"{'':12}and {len(each.problems) - _NAMED} more"
    counts = {
        state: sum(each.state == state for each in rows) for state in (READY, NOT_READY, FAILED, RESTORED, NOT_JUDGED)
    }
    worst = next((state for state in (FAILED, NOT_READY, READY) if counts[state]), NOT_JUDGED)
    yield (
        worst,
        ", ".join(f"{number} {WORDS[state]}" for state, number in counts.items() if number or state in _COUNTED),
    )


def _says(each: Row) -> str:
    if each.problems or not each.ports:
        return plain(each.note)
    return "1 port" if each.ports == 1 else f"{each.ports} ports"


def progress(task: str, done: int, hosts: int, failed: int, seconds: float) -> str:
    """Return the one line that shows how far a task is on many hosts."""
    return f"[{plain(task)}] {done} of {hosts} hosts, {failed} failed, {seconds:.0f} s"


def waiting(task: str, hosts: list[str], seconds: float) -> str:
    """Return the line that says for whom and how long the run has waited."""
    named = ", ".join(map(plain, hosts[:_NAMED]))
    more = f" and {len(hosts) - _NAMED} more" if len(hosts) > _NAMED else ""
    return f"Waiting {seconds:.0f} s for {named}{more}: {plain(task)}"


def shown(text: str) -> str:
    """Return a text about a host as a terminal may have it: on one line, and without secrets in boot parameters."""
    return plain(_secrets.masked(text))


def plain(text: str) -> str:
    """Return a text that comes from a host on one line and without what would steer the terminal."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
