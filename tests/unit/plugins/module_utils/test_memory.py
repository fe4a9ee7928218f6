# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host in memory answers as the host did when it was first asked, and asks it once."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import dump, load, remember
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

FILE = "/etc/x"
LINK = "/etc/link"
READERS: list[Callable[[Host], Any]] = [
    lambda host: host.read(FILE),
    lambda host: host.read_bytes(FILE, 2),
    lambda host: host.attr(FILE),
    lambda host: host.exists(FILE),
    lambda host: host.mode(FILE),
    lambda host: host.link(LINK),
    lambda host: host.target(LINK),
    lambda host: host.names("/etc"),
    lambda host: host.run("dmesg").out,
    lambda host: host.environment("SSH_CONNECTION"),
    lambda host: host.release(),
]


@pytest.mark.parametrize("read", READERS)
def test_the_answer_stays_when_the_host_changes(bare_host: FakeHost, read: Callable[[Host], Any]) -> None:
    bare_host.tree.write(FILE, "old\n")
    bare_host.tree.link(LINK, FILE)
    bare_host.variables["SSH_CONNECTION"] = "a"
    memory = remember(bare_host)
    before = read(bare_host)
    assert read(memory) == before
    bare_host.tree.remove(FILE)
    bare_host.tree.remove(LINK)
    bare_host.kernel_log.append("news")
    bare_host.variables["SSH_CONNECTION"] = "b"
    bare_host.tree.write("/etc/y", "")
    assert read(memory) == before


def test_a_command_is_run_once(host: FakeHost) -> None:
    memory = remember(host)
    assert memory.run("dmesg") == memory.run("dmesg")
    memory.run("getent", "group", "dpdk")
    assert host.commands == [("dmesg",), ("getent", "group", "dpdk")]


def test_a_file_that_was_read_is_not_read_for_its_value(bare_host: FakeHost) -> None:
    bare_host.tree.write(FILE, " value\n")
    memory = remember(bare_host)
    assert memory.read(FILE) == " value\n"
    bare_host.tree.remove(FILE)
    assert memory.attr(FILE) == "value"


def test_a_refusal_is_an_answer_too(bare_host: FakeHost) -> None:
    bare_host.tree.mkdir(FILE)
    memory = remember(bare_host)
    with pytest.raises(HostError, match="Cannot read"):
        memory.read(FILE)
    bare_host.tree.remove(FILE)
    with pytest.raises(HostError, match="Cannot read"):
        memory.read(FILE)


@pytest.mark.parametrize(
    "write",
    [
        lambda host: host.write_attr(FILE, "1"),
        lambda host: host.write_file(FILE, "new"),
        lambda host: host.rename(FILE, LINK),
        lambda host: host.remove_file(FILE),
    ],
)
def test_nothing_is_changed_through_it(bare_host: FakeHost, write: Callable[[Host], Any]) -> None:
    bare_host.tree.write(FILE, "old")
    with pytest.raises(NotImplementedError, match="only looked at"):
        write(remember(bare_host))
    assert bare_host.read(FILE) == "old"


@pytest.mark.parametrize("read", READERS)
def test_what_was_answered_is_kept_as_data(bare_host: FakeHost, read: Callable[[Host], Any]) -> None:
    bare_host.tree.write(FILE, "o\xff\n")
    bare_host.tree.link(LINK, FILE)
    bare_host.variables["SSH_CONNECTION"] = "a"
    memory = remember(bare_host)
    before = read(memory)
    kept = json.loads(json.dumps(dump(memory)))
    for each in (FILE, LINK):
        bare_host.tree.remove(each)
    assert read(load(bare_host.root, kept)) == before


def test_a_refusal_is_kept_with_its_remedy(bare_host: FakeHost) -> None:
    bare_host.tree.mkdir(FILE)
    memory = remember(bare_host)
    with pytest.raises(HostError):
        memory.read(FILE)
    with pytest.raises(HostError, match="Cannot read") as caught:
        load(bare_host.root, json.loads(json.dumps(dump(memory)))).read(FILE)
    assert caught.value.remedy


def test_what_was_not_asked_is_not_answered(bare_host: FakeHost) -> None:
    with pytest.raises(HostError, match=f"Nobody asked for read {FILE}"):
        load(bare_host.root, []).read(FILE)
