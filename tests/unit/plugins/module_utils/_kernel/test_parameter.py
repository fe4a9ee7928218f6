# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module, parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost


@pytest.mark.parametrize(
    ("live", "wanted", "expected"),
    [
        ("Y", "1", True),
        ("Y", "on", True),
        ("N", "0", True),
        ("N", "off", True),
        ("Y", "N", False),
        ("64", "64", True),
        ("64", "65", False),
        ("", "x", False),
        (None, "N", False),
    ],
)
def test_same(live: str | None, wanted: str, expected: bool) -> None:
    assert parameter.same(live, wanted) is expected


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize(
    ("key", "value", "expected"), [("enable_sriov", "on", "Y"), ("enable_sriov", "0", "N"), ("ids", "1", "1")]
)
def test_what_the_kernel_will_print(host: FakeHost, loaded: bool, key: str, value: str, expected: str) -> None:
    if loaded:
        host.modules.load("vfio_pci")
    assert parameter.predicted(module.read(host, "vfio_pci"), key, value) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [("enable_sriov", True), ("disable_idle_d3", False), ("disable_denylist", False), ("ids", False)],
)
def test_what_can_be_written_with_effect(host: FakeHost, key: str, expected: bool) -> None:
    host.modules.load("vfio_pci")
    assert parameter.takes_writes(module.read(host, "vfio_pci"), key) is expected
