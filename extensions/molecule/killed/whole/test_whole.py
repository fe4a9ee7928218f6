# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from testinfra.host import Host

testinfra_hosts = ["ssh://sriov-trixie"]
MODULES = ["dpdk_bind", "sriov_vfs", "vfio_module", "vf_token", "hugepages", "access", "kernel_args"]


@pytest.mark.parametrize("name", MODULES)
def test_a_killed_run_makes_no_difference(host: Host, name: str) -> None:
    seen = json.loads(host.file("/root/harness/results.json").content_string)[name]
    assert seen["kills"] > 8
    assert seen["lost"] == []
    assert seen["differences"] == []
