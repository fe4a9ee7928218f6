# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import vf_lists


@pytest.mark.parametrize(
    ("given", "indexes"),
    [
        (0, (0,)),
        ("0", (0,)),
        (" 3 ", (3,)),
        ("0-3", (0, 1, 2, 3)),
        ("0,2", (0, 2)),
        ("4, 0-1", (0, 1, 4)),
        ([0, 2], (0, 2)),
        (["0-1", 1, "3"], (0, 1, 3)),
        ("65535", (65535,)),
        ("all", None),
        (["all"], None),
    ],
)
def test_vfs_as_people_write_them(given: Any, indexes: tuple[int, ...] | None) -> None:
    assert vf_lists.parse(given) == indexes


@pytest.mark.parametrize(
    "given",
    ["", "x", "3-1", "65536", "-1", "0-", "0,,1", "all,1", "²", -1, 1.5, True, None, [], [[0]], ["all", 0], {"vf": 0}],
)
def test_what_names_no_vfs(given: Any) -> None:
    with pytest.raises(HostError) as caught:
        vf_lists.parse(given)
    assert caught.value.message == f"{given!r} names no VFs."
    assert caught.value.remedy[1] == "Write several as [0, 2] or 0,2, or all VFs as all."


def test_how_they_are_named() -> None:
    assert [vf_lists.shown(each) for each in (0, "0-3", [0, 2])] == ["0", "0-3", "0,2"]
