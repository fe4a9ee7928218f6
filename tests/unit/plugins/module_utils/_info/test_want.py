# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import want
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector


def test_what_a_task_asks_for() -> None:
    assert want.parse({"devices": []}) == Want()
    assert want.parse({"devices": ["enp1s0", {"device": "8086:10c9", "match": "all"}]}) == Want(
        (Selector("enp1s0"), Selector("8086:10c9", many=True))
    )


def test_an_entry_that_names_no_device() -> None:
    with pytest.raises(HostError, match="5 names no device"):
        want.parse({"devices": ["enp1s0", 5]})
