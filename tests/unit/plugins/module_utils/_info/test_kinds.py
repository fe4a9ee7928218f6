# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import kinds
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Function

ADDRESS = "0000:09:01.0"


@pytest.mark.parametrize(
    ("ids", "class_code", "expected"),
    [
        ("15b3:1017", "020000", "net"),
        ("15b3:1017", "020700", "net"),  # InfiniBand
        ("1af4:1110", "050000", "net"),
        ("8086:0b30", "120000", "net"),
        ("8086:0d5c", "120001", "baseband"),
        ("177d:a037", "120000", "compress"),
        ("8086:37c8", "0b4000", "crypto"),
        ("1022:1234", "0b4000", None),
        ("1d17:9142", "108000", "crypto"),
        ("8086:2021", "088000", "dma"),
        ("8086:0b25", "088000", "dma"),
        ("19e5:a122", "088000", "dma"),
        ("8086:2710", "0b4000", "event"),
        ("177d:a0fb", "088000", "mempool"),
        ("177d:a0f4", "088000", "regex"),
        ("177d:a092", "088000", "ml"),
        ("1af4:1042", "010000", "misc"),
        ("8086:201c", "068000", "misc"),
        ("8086:2918", "060100", None),
        ("8086:2922", "010601", None),
    ],
)
def test_kind(host: FakeHost, ids: str, class_code: str, expected: str | None) -> None:
    host.add(Function(ADDRESS, ids, class_code))
    assert kinds.kind(_device.scan(host)[ADDRESS]) == expected


def test_no_id_is_of_two_kinds() -> None:
    every = [each for known in (kinds._CAVIUM, kinds._INTEL) for devices in known.values() for each in devices]
    assert len(every) == len(set(every)) == len(kinds._IDS) - len(kinds._OTHERS)
    assert set(kinds._IDS.values()) | set(kinds._CLASSES.values()) == set(kinds.KINDS)
