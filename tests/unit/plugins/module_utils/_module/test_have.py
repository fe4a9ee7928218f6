# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    initramfs_tools,
    refused,
    want,
)


def test_an_initramfs_that_cannot_be_looked_into(host: FakeHost) -> None:
    initramfs_tools(host)
    host.answers["lsinitramfs"] = (1, "", "broken")
    said = refused(host, want(enable_sriov=True))
    assert f"'lsinitramfs /boot/initrd.img-{RELEASE}' ended with 1: broken" in said
