# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each change and each reading of every module fails once: a clear error, and a host as it was or as it should be.

In the fast loop a slice of the places is tried; all of them, with more errors, with DPDK_ALL_CUTS in the environment.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import JOURNALS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.cases import CASES, Case, shown
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call
from ansible_collections.dataplane.dpdk.tests.unit.test_cut_off import difference, named, stays

ALL = bool(os.environ.get("DPDK_ALL_CUTS"))
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EBUSY)
EVERY_CHANGE, EVERY_READING = (1, 1) if ALL else (5, 41)


def failed(root: Path, case: Case, step: int) -> Iterator[tuple[FakeHost, dict[str, Any]]]:
    """Yield hosts on which the task met an error, each later than the one before, with what it returned."""
    number = 0
    while True:
        number += step
        host = case.host(root / str(number))
        with host.failing(number, ERRORS[number % len(ERRORS)]):
            result = call(case.main, host, case.args)
        made = len(host.changes) if step > 0 else -host.reads
        if abs(number) > abs(made):
            return
        yield host, result


@pytest.mark.parametrize("case", CASES, ids=named)
@pytest.mark.parametrize("step", [EVERY_CHANGE, -EVERY_READING], ids=["changes", "readings"])
def test_an_error_is_said_and_leaves_no_half(tmp_path: Path, case: Case, step: int) -> None:
    untouched, whole = case.host(tmp_path / "untouched"), case.host(tmp_path / "whole")
    call(case.main, whole, case.args)
    ends = [shown(untouched), shown(whole)]
    for host, result in failed(tmp_path, case, step):
        place = host.changes[-3:], result
        assert "Traceback" not in str(result), place
        assert result.get("failed") is None or result["remedy"], place
        if "Bringing back the state before failed too" in result.get("msg", ""):
            continue
        assert not any(host.exists(f"{each}/plan.json") for each in JOURNALS) or "Cannot remove" in str(result), place
        again = call(case.main, host, case.args)
        assert not again.get("failed"), (place, again)
        assert [each for each in difference(shown(host), ends[1]) if not stays(each)] == [], place
