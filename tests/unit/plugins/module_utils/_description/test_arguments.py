# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import arguments
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import vf_lists


@pytest.mark.parametrize("vf", ["all", ["all"], " all", [" all "]], ids=str)
def test_all_vfs_are_named_as_the_modules_read_it(vf: Any) -> None:
    assert vf_lists.parse(vf) is None
    assert arguments.names_all_vfs({"device": "enp1s0", "vf": vf})


@pytest.mark.parametrize(
    "entry", ["all", {"device": "all"}, {"device": "enp1s0", "vf": 0}, {"device": "enp1s0", "vf": "0-3"}], ids=str
)
def test_others_name_some_or_none(entry: Any) -> None:
    assert not arguments.names_all_vfs(entry)
