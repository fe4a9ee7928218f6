# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import log
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost


def test_the_lines_that_are_there(host: FakeHost) -> None:
    host.kernel_log[:] = ["Linux version 6.12", f"igb {PF}: added"]
    assert log.lines(host) == ("[    1.0] Linux version 6.12", f"[    1.0] igb {PF}: added")


def test_the_last_lines_about_a_device(host: FakeHost) -> None:
    host.kernel_log[:] = [f"igb {PF}: line {number}" for number in range(9)] + [f"igb {OTHER}: of another"]
    assert log.about(host, PF) == "; ".join(f"[    1.0] igb {PF}: line {number}" for number in range(3, 9))
    assert log.about(host, "0000:77:00.0") == ""


def test_lines_of_before_say_nothing_of_what_was_done_since(host: FakeHost) -> None:
    host.kernel_log[:] = [f"igb {PF}: line {number}" for number in range(3)]
    before = log.lines(host)
    assert log.about(host, PF, before) == ""
    host.kernel_log += [f"igb {PF}: new"]
    assert log.about(host, PF, before) == f"[    1.0] igb {PF}: new"
    del host.kernel_log[0]  # the buffer is full
    assert log.about(host, PF, before) == f"[    1.0] igb {PF}: new"
    del host.kernel_log[:3]  # none of them is left
    host.kernel_log += [f"igb {PF}: last"]
    assert log.about(host, PF, before) == f"[    1.0] igb {PF}: last"


def test_a_log_that_is_closed(host: FakeHost) -> None:
    host.kernel_log[:] = [f"igb {PF}: added"]
    host.answers["dmesg"] = (1, f"part of {PF}", "dmesg: read kernel buffer failed: Operation not permitted")
    assert (log.lines(host), log.about(host, PF)) == ((), "")


def test_a_host_without_dmesg(host: FakeHost) -> None:
    host.missing_commands.add("dmesg")
    assert (log.lines(host), log.about(host, PF)) == ((), "")
