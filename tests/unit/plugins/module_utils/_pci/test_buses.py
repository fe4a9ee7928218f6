# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, inventory


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("0000:01:00.0", "pci"),
        ("10000:01:00.0", "pci"),
        ("f8b3781a-1e82-4818-a1c3-63d806ec15bb", "vmbus"),
        ("nothing of the kind", "pci"),
    ],
)
def test_the_bus_of_an_address(address: str, name: str) -> None:
    assert buses.of(address) is buses.find(name)


def test_every_bus_is_read() -> None:
    assert set(inventory.READERS) == {each.name for each in buses.TABLE}
