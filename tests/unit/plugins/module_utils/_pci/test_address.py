# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address
from hypothesis import given
from hypothesis import strategies as st

WHOLE = st.from_regex(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0000:04:00.1", "0000:04:00.1"),
        ("04:00.1", "0000:04:00.1"),
        (" 0000:AF:1F.7\n", "0000:af:1f.7"),
        ("10000:01:00.0", "10000:01:00.0"),  # behind VMD
        ("0000:04:20.0", None),  # there are 32 slots
        ("0000:04:00.8", None),  # and 8 functions
        ("4:0.1", None),
        ("000:04:00.1", None),
        ("0000:04:00", None),
        ("8086:10c9", None),
        ("enp1s0", None),
        ("", None),
    ],
)
def test_parse(text: str, expected: str | None) -> None:
    assert address.parse(text) == expected


@given(WHOLE)
def test_an_address_parses_to_itself(text: str) -> None:
    assert address.parse(text) == text
    assert address.parse(text.upper()) == text


@given(st.text())
def test_any_text_is_an_address_or_none(text: str) -> None:
    parsed = address.parse(text)
    assert parsed is None or address.parse(parsed) == parsed


@pytest.mark.parametrize(
    ("start", "distance", "expected"),
    [
        ("0000:01:00.0", 128, "0000:01:10.0"),
        ("0000:01:00.0", 130, "0000:01:10.2"),
        ("0000:01:00.1", 128, "0000:01:10.1"),
        ("0000:01:00.0", 256, "0000:02:00.0"),  # onto the next bus
        ("10000:01:1f.7", 1, "10000:02:00.0"),
    ],
)
def test_offset(start: str, distance: int, expected: str) -> None:
    assert address.offset(start, distance) == expected


@given(WHOLE, st.integers(0, 255))
def test_offset_adds_up(start: str, distance: int) -> None:
    far = address.offset(start, distance)
    assert address.offset(far, 0) == far
    assert address.offset(start, distance + 1) == address.offset(far, 1)
