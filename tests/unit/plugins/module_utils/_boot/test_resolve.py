# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import (
    grub2,
    grubby,
    rpm_ostree,
    systemd_boot,
    systemd_entries,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import plan as planning
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.attempt import Attempt
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.have import Have, read
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import BootStack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.resolve import resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost


def test_what_is_named_stays_as_it_is(host: FakeHost) -> None:
    want = Want(("iommu=pt",))
    assert resolve(read(host, want), want) is want


def test_debians_drop_in_is_the_record(host: FakeHost) -> None:
    want = Want(("iommu=pt", "hugepages=4"), ("quiet",))
    apply(host, planning.plan(read(host, want), want))
    back = Want(restored=True)
    assert resolve(read(host, back), back) == Want(("quiet",), ("iommu=pt", "hugepages=4"))


@pytest.mark.parametrize("stack", [grubby, grub2, rpm_ostree, systemd_boot, systemd_entries])
def test_other_boot_stacks_keep_no_record(stack: BootStack[Any]) -> None:
    have = Have(stack, None, (), (), Attempt(None, ""))
    with pytest.raises(HostError) as refused:
        resolve(have, Want(restored=True))
    assert f"On {stack.NAME} nothing keeps" in refused.value.message
    assert refused.value.remedy
