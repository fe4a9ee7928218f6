# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import size
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
    ],
)
def test_sizes_as_people_write_them(text: str, size_kb: int, name: str) -> None:
    assert size.parse(text) == size_kb
    assert size.name(size_kb) == name
    assert size.parse(name) == size_kb


@pytest.mark.parametrize("text", ["", "2", "0M", "-2M", "2T", "2MiB", "1.5G", "two"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(HostError) as caught:
        size.parse(text)
    assert f"{text!r} is no size of hugepages. Write it like 2M or 1G." in told(caught.value)
