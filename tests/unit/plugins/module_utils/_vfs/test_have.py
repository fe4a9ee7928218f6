# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import VfWant, Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vfs import (
    NUMVFS,
    want,
)


@pytest.mark.parametrize(
    ("wanted", "read"),
    [
        (want(3), set()),
        (want(3, vfs={1: VfWant({"trust": True})}), {VFS[1]}),
        (want(0), set(VFS)),
        (want(5), set(VFS)),
    ],
)
def test_vfs_that_nothing_is_done_with_are_not_read(host: FakeHost, wanted: Want, read: set[str]) -> None:
    host.write_attr(NUMVFS, "3")
    assert set(VFS) & set(_have.read(host, wanted).devices) == read
