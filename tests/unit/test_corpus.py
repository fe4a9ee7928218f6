# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that nobody here has: what is said of each, line by line, from its capture as from the machine itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import form, replay
from ansible_collections.dataplane.dpdk.plugins.modules import capture, host_plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes import corpus
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call


def planned(host: Any, description: dict[str, Any]) -> dict[str, Any]:
    return call(host_plan.main, host, {**description, "gather_info": True, "fail": False})


@pytest.mark.parametrize("name", corpus.names())
def test_a_machine_of_the_corpus(name: str, tmp_path: Path) -> None:
    machine = corpus.load(name)
    host = corpus.build(tmp_path, machine)
    taken = call(capture.main, host, machine["description"])
    document = json.loads(json.dumps(taken["capture"]))
    seen = planned(replay.host(form.parse(document), root=host.root), machine["description"])
    assert corpus.review(seen) == machine["expected"]
    assert seen == planned(host, machine["description"])
    assert host.writes == []


def test_each_machine_says_what_it_is_and_where_that_is_known_from() -> None:
    assert len(corpus.names()) >= 12
    for name in corpus.names():
        machine = corpus.load(name)
        assert machine["what"], name
        assert machine["sources"], name
