# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot parameters from a capture, on each boot stack: the host's own words where it was asked for them, a warning where not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import form, replay
from ansible_collections.dataplane.dpdk.plugins.modules import capture, host_plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts, red_hat
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import DEFAULT, mkconfig
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

MENU = "/boot/grub2/grub.cfg"
ASKED: dict[str, Any] = {"kernel_args": ["isolcpus=2-3"], "gather_info": True, "fail": False}
SECRET = "rd.iscsi.password=correct-horse"


def suse(host: FakeHost) -> None:
    host.tree.remove("/etc/debian_version")
    host.tree.remove("/boot/grub/grub.cfg")
    host.tree.write(DEFAULT, f'GRUB_CMDLINE_LINUX_DEFAULT="quiet {SECRET}"\nGRUB_CMDLINE_LINUX=""\n')
    host.programs["grub2-mkconfig"] = mkconfig(host.tree)
    host.programs["grub2-script-check"] = host.grub.script_check
    host.programs["grub2-mkconfig"](["-o", MENU])


STACKS: dict[str, Callable[[FakeHost], Any]] = {
    "debian_grub": lambda host: host.grub.install(default=f'"quiet {SECRET}"'),
    "grub2": suse,
    "grubby": lambda host: red_hat.install(host, "RHEL 9.2"),
}


@pytest.fixture(params=STACKS)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> FakeHost:
    found = hosts.machine(tmp_path)
    STACKS[request.param](found)
    assert call(host_plan.main, found, ASKED)["stack"] == request.param
    return found


def rehearsed(host: FakeHost, captured_for: dict[str, Any]) -> dict[str, Any]:
    """What is planned for ASKED from a capture for another description."""
    document = json.loads(json.dumps(call(capture.main, host, captured_for)["capture"]))
    assert "correct-horse" not in json.dumps(document)
    captured: Any = replay.host(form.parse(document), root=host.root)
    return call(host_plan.main, captured, ASKED)


def masked(result: dict[str, Any]) -> Any:
    return json.loads(json.dumps(result).replace("correct-horse", "left-out"))


def test_the_capture_of_a_description_has_what_the_host_makes_of_its_parameters(host: FakeHost) -> None:
    assert rehearsed(host, {"kernel_args": ASKED["kernel_args"]}) == masked(call(host_plan.main, host, ASKED))


def test_what_the_host_would_make_of_other_parameters_is_a_warning_and_the_rest_is_the_same(host: FakeHost) -> None:
    seen, plain = rehearsed(host, {}), masked(call(host_plan.main, host, ASKED))
    [warning] = [each for each in seen["warnings"] if each not in plain["warnings"]]
    assert warning.startswith("The capture of a host lacks what '")
    assert warning.endswith("was not checked.")
    assert len(warning) < 250
    seen["warnings"].remove(warning)
    seen["stages"]["kernel_args"][0]["warnings"].remove(warning)
    assert seen == plain
