# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import want
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector

PARAMS: dict[str, Any] = {"require": "effective", "devices": [], "kernel_log": None, "fail": True}


def test_what_a_task_asks_for() -> None:
    devices = ["enp1s0", {"device": "enp1s0", "vf": 2}]
    asked = want.parse({**PARAMS, "require": "passthrough", "devices": devices, "fail": False})
    assert asked == Want("passthrough", (Selector("enp1s0"), Selector("enp1s0", 2)), None, False)


@pytest.mark.parametrize(("log", "lines"), [(None, None), ("", ()), ("[1.0] a\n[2.0] b\n", ("[1.0] a", "[2.0] b"))])
def test_the_log_of_the_host_or_another(log: str | None, lines: tuple[str, ...] | None) -> None:
    assert want.parse({**PARAMS, "kernel_log": log}).log == lines


def test_an_entry_that_names_no_device() -> None:
    with pytest.raises(HostError, match="5 names no device"):
        want.parse({**PARAMS, "devices": ["enp1s0", 5]})
