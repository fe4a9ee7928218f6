# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports of a fleet: entries of hosts put together, and reports of several slices made one. Pure, on the controller."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _report, _shape

SCHEMA = "dataplane.dpdk.report"
VERSION = 1
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class ReportError(ValueError):
    """What was given is no report of ours; the text says what to do."""


def merge(
    hosts: Iterable[Mapping[str, Any]],
    earlier: Mapping[str, Any] | None = None,
    *,
    expected: Iterable[str] = (),
    title: str = "",
    created: str = "",
) -> dict[str, Any]:
    """Return one report of the hosts just seen and those of earlier reports.

    A host that several name stands with what was seen of it last; of two equally old entries the later one given wins.
    Nothing was seen later than its report was made, nor than now. A host that was expected and has no entry failed before
    anyone looked at it.
    """
    hosts = list(hosts)
    missing = [name for name in expected if name not in {each["name"] for each in hosts}]
    hosts += [_report.entry({"name": name, "seen": created}) for name in missing]
    newest: dict[str, Mapping[str, Any]] = {}
    slices = (host for name, report in (earlier or {}).items() for host in checked(name, report))
    for each in (_no_later(each, created) for each in (*slices, *hosts)):
        known = newest.get(each["name"])
        if known is None or each.get("seen", "") >= known.get("seen", ""):
            newest[each["name"]] = each
    return {
        "schema": SCHEMA,
        "schema_version": VERSION,
        "title": title,
        "created": created,
        "hosts": [dict(newest[name]) for name in sorted(newest)],
    }


def checked(name: str, report: Any) -> list[Mapping[str, Any]]:
    """Return the hosts of a report, given as JSON or as what that holds; raise ReportError unless it is one of ours.

    A host in it that cannot be shown is a host that failed.
    """
    if isinstance(report, str):
        try:
            report = json.loads(report)
        except (ValueError, RecursionError) as error:
            raise ReportError(
                f"{name} is no JSON: {error}. Name the JSON files that dataplane.dpdk.report wrote."
            ) from error
    if not isinstance(report, Mapping) or report.get("schema") != SCHEMA:
        raise ReportError(f"{name} is no report. Name the JSON files that dataplane.dpdk.report wrote.")
    if report.get("schema_version") != VERSION:
        raise ReportError(
            f"{name} has the schema version {report.get('schema_version')!r}, but only {VERSION} is known here. "
            "Write all slices with one version of the collection."
        )
    hosts, created = report.get("hosts"), report.get("created")
    if not isinstance(hosts, list) or not all(isinstance(each, Mapping) and _named(each) for each in hosts):
        raise ReportError(f"{name} has no list of hosts with names, so the file is damaged. Write it again.")
    undated = next((each["name"] for each in hosts if not _dated(each)), None)
    if undated is not None:
        raise ReportError(f"{name} does not say when {undated} was seen, so the file is damaged. Write it again.")
    return [_no_later(_shown(name, each), created) for each in hosts]


def _named(host: Mapping[str, Any]) -> bool:
    return isinstance(host.get("name"), str) and bool(host["name"])


def _dated(host: Mapping[str, Any]) -> bool:
    seen = host.get("seen", "")
    return isinstance(seen, str) and (not seen or bool(_TIME.fullmatch(seen)))


def _shown(name: str, host: Mapping[str, Any]) -> Mapping[str, Any]:
    wrong = _shape.fault(_report.ENTRY, host, "")
    if wrong is None:
        return _report.masked(host)
    cause = f"Its entry in {name} cannot be shown: {wrong}."
    return _report.masked(
        _report.damaged(host, "Damaged entry", cause, "Look at the host again with dataplane.dpdk.report.")
    )


def _no_later(host: Mapping[str, Any], than: Any) -> Mapping[str, Any]:
    """Return a host as seen at a time at the latest; a clock that goes wrong must not win every later merge."""
    known = isinstance(than, str) and _TIME.fullmatch(than)
    return {**host, "seen": than} if known and host.get("seen", "") > than else host


def script_json(value: Any) -> str:
    """Return JSON that can stand between script tags: no text in it ends the element or begins a comment there."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=str)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
