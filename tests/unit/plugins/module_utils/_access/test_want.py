# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import want
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

PARAMS: dict[str, Any] = {
    "state": "present",
    "group": "dpdk",
    "users": [],
    "devices": [],
    "memlock": None,
    "services": [],
}


def test_what_a_task_asks_for() -> None:
    given = {"users": ["app"], "devices": ["enp1s0", {"device": "enp2s0", "vf": 1}], "memlock": "64"}
    assert want.parse({**PARAMS, **given, "services": ["vpp.service", "app@1.service"]}) == Want(
        "dpdk",
        ("app",),
        (Selector("enp1s0"), Selector("enp2s0", 1)),
        "65536",
        ("app@1.service", "vpp.service"),
    )


def test_taking_back_asks_for_nothing_else() -> None:
    assert want.parse({**PARAMS, "state": "restored", "group": None}) == Want(restored=True)


@pytest.mark.parametrize(
    ("memlock", "kib"),
    [(None, None), ("unlimited", "unlimited"), ("1", "1024"), ("512M", "524288"), ("1G", "1048576"), ("64kB", "64")],
)
def test_locked_memory_is_in_mib_for_people_and_in_kib_for_files(memlock: str | None, kib: str | None) -> None:
    assert want.parse({**PARAMS, "memlock": memlock}).memlock == kib


@pytest.mark.parametrize(
    "wrong",
    [
        {"group": "9p"},
        {"group": "a b"},
        {"group": "root"},
        {"users": ["../x"]},
        {"devices": [7]},
        {"memlock": "-1"},
        {"memlock": "1.5"},
        {"memlock": "²"},
        {"services": ["app.socket"]},
        {"services": ["a/b.service"]},
    ],
)
def test_nonsense_is_refused_with_a_remedy(wrong: dict[str, Any]) -> None:
    with pytest.raises(HostError) as caught:
        want.parse({**PARAMS, **wrong})
    assert caught.value.remedy
    assert "dpdk.access" not in told(caught.value)
