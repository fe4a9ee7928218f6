# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sizes for commands that count in MiB."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.filter.mebibytes import FilterModule

mebibytes = FilterModule().filters()["mebibytes"]


@pytest.mark.parametrize(("given", "found"), [("1G", 1024), ("512M", 512), (64, 64), ("64", 64), ("2048kB", 2)])
def test_sizes(given: Any, found: int) -> None:
    assert mebibytes(given) == found


def test_what_is_no_size() -> None:
    with pytest.raises(AnsibleFilterError, match=r"'much' is no size. Write it like 2M or 1G."):
        mebibytes("much")
