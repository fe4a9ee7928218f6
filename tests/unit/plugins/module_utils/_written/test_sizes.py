# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


@pytest.mark.parametrize(
    ("text", "size_kb", "name"),
    [
        ("2M", 2048, "2M"),
        ("1G", 1048576, "1G"),
        ("1024M", 1048576, "1G"),
        (" 2mb ", 2048, "2M"),
        ("64K", 64, "64K"),
        ("32768kB", 32768, "32M"),
        ("512M", 524288, "512M"),
        ("16GB", 16777216, "16G"),
    ],
)
def test_sizes_as_people_write_them(text: str, size_kb: int, name: str) -> None:
    assert sizes.parse(text) == size_kb
    assert sizes.name(size_kb) == name
    assert sizes.parse(name) == size_kb


@pytest.mark.parametrize("text", ["", "2", "0M", "-2M", "2T", "2MiB", "1.5G", "two", "²M"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(HostError) as caught:
        sizes.parse(text)
    assert f"{text!r} is no size. Write it like 2M or 1G." in told(caught.value)


def test_a_number_alone_counts_in_the_unit_that_it_had_before_there_were_others() -> None:
    assert sizes.parse("320", alone="M") == 327680
    with pytest.raises(HostError):
        sizes.parse("0", alone="M")
