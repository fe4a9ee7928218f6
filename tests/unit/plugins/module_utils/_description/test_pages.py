# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hugepages mean for the boot line, the unit, the mounts and the limit of locked memory."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import pages, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Pages
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError


def described(*entries: dict[str, Any]) -> tuple[Pages, ...]:
    found = ArgumentSpecValidator(want.OPTIONS).validate({"hugepages": list(entries)})
    assert found.error_messages == []
    return want.parse(found.validated_parameters).hugepages


@pytest.mark.parametrize(
    ("entries", "tokens"),
    [
        ([{"size": "2M", "count": 64}], []),
        ([{"size": "1G", "count": 4}], ["hugepagesz=1G", "hugepages=4"]),
        ([{"size": "1G", "count": 4, "boot_parameter": False}], []),
        ([{"size": "16G", "count": 1}], ["hugepagesz=16G", "hugepages=1"]),
        ([{"size": "512M", "count": 2, "boot_parameter": True}], ["hugepagesz=512M", "hugepages=2"]),
        (
            [{"size": "1G", "count": 2, "node": 0}, {"size": "1G", "count": 4, "node": 1}],
            ["hugepagesz=1G", "hugepages=0:2,1:4"],
        ),
        (
            [{"size": "2M", "count": 8, "boot_parameter": True}, {"size": "1G", "count": 1}],
            ["hugepagesz=1G", "hugepages=1", "hugepagesz=2M", "hugepages=8"],
        ),
    ],
)
def test_boot_parameters(entries: list[dict[str, Any]], tokens: list[str]) -> None:
    assert pages.boot_parameters(described(*entries)) == tokens


def test_what_boot_parameters_reserve_needs_no_unit() -> None:
    found = pages.pools(described({"size": "2M", "count": 64, "node": 1}, {"size": "1G", "count": 4}))
    assert found == [
        {"size": "2M", "count": 64, "node": 1, "persistent": True},
        {"size": "1G", "count": 4, "persistent": False},
    ]


@pytest.mark.parametrize(
    ("size", "count", "mib"),
    [("64K", 16, 1), ("2M", 64, 128), ("32M", 4, 128), ("512M", 2, 1024), ("1G", 4, 4096), ("16G", 1, 16384)],
)
def test_the_memory_of_every_size_counts(size: str, count: int, mib: int) -> None:
    assert pages.memlock(described({"size": size, "count": count})) == str(mib + 64)


@pytest.mark.parametrize(
    ("default_kb", "paths"),
    [
        (2048, {"/dev/hugepages": "2M", "/dev/hugepages-1G": "1G"}),
        (1 << 20, {"/dev/hugepages-2M": "2M", "/dev/hugepages": "1G"}),
        (None, {"/dev/hugepages-2M": "2M", "/dev/hugepages-1G": "1G"}),
    ],
)
def test_a_mount_for_each_size(default_kb: int | None, paths: dict[str, str]) -> None:
    both = described(
        {"size": "2M", "count": 1, "node": 0}, {"size": "2M", "count": 1, "node": 1}, {"size": "1G", "count": 1}
    )
    found = pages.mounts(both, "dpdk", default_kb)
    assert {each["path"]: each["size"] for each in found} == paths
    assert {each["group"] for each in found} == {"dpdk"}


@pytest.mark.parametrize("entry", [{"size": "2M", "count": -1}, {"size": "two", "count": 1}])
def test_what_makes_no_sense(entry: dict[str, Any]) -> None:
    with pytest.raises(HostError):
        described(entry)
