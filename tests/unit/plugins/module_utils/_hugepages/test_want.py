# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import want
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages.want import Request, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

PARAMS: dict[str, Any] = {"pools": [], "mounts": [], "state": "present"}
MOUNT = {"path": "/mnt/huge", "size": "2M", "owner": "root", "group": "dpdk", "mode": "1770"}


def test_what_a_task_asks_for() -> None:
    pools = [
        {"size": "2M", "count": 512, "node": 1, "persistent": True},
        {"size": "1G", "count": 0, "node": None, "persistent": False},
    ]
    assert want.parse({**PARAMS, "pools": pools, "mounts": [{**MOUNT, "path": "/mnt/huge/", "mode": "770"}]}) == Want(
        (Request(2048, 512, 1), Request(1048576, 0, None, persistent=False)),
        (Mount("/mnt/huge", "2M", "root", "dpdk", "0770"),),
    )


def test_a_pool_is_persistent_unless_the_task_says_otherwise() -> None:
    (request,) = want.parse({**PARAMS, "pools": [{"size": "2M", "count": 1, "persistent": None}]}).requests
    assert request.persistent


def test_taking_back_names_nothing() -> None:
    assert want.parse({**PARAMS, "state": "restored"}) == Want(restored=True)
    for named in ({"pools": [{"size": "2M", "count": 1}]}, {"mounts": [MOUNT]}):
        with pytest.raises(HostError, match="given back as a whole"):
            want.parse({**PARAMS, "state": "restored", **named})


@pytest.mark.parametrize("mode", [0o770, 1770, 0o1770])
def test_a_mode_that_yaml_read_as_a_number_is_refused(mode: int) -> None:
    with pytest.raises(HostError) as caught:
        want.parse({**PARAMS, "mounts": [{**MOUNT, "mode": mode}]})
    assert told(caught.value) == f'{mode} is no mode. Write it in octal and in quotes, like "1770".'


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "relative"},
        {"path": "/a b"},
        {"path": "/a%b"},
        {"path": "/a\\b"},
        {"mode": "8"},
        {"mode": "0o770"},
        {"owner": "-x"},
        {"group": ""},
        {"size": "2"},
    ],
)
def test_a_mount_that_makes_no_sense(wrong: dict[str, str]) -> None:
    with pytest.raises(HostError) as caught:
        want.parse({**PARAMS, "mounts": [{**MOUNT, **wrong}]})
    assert caught.value.remedy
