# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of the host before devices are bound."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._bind.support import (
    MELLANOX,
    add_mellanox,
    make_vfs,
    plan,
    refused,
    want,
)

ALIASES = f"/lib/modules/{RELEASE}/modules.alias"


def test_records_and_rules(host: FakeHost) -> None:
    apply(host, plan(host, want(PF)))
    found = have.read(host, want(OTHER))
    assert {address: each.binding for address, each in found.records.items()} == {PF: record.Binding("igb", None)}
    assert {address: each.driver for address, each in found.rules.items()} == {PF: "vfio-pci"}


def test_modules_of_drivers_that_are_not_there_yet(host: FakeHost) -> None:
    entries = [PF, {"device": OTHER, "driver": "igb"}, {"device": MANAGEMENT, "driver": "none"}]
    assert set(have.read(host, want(*entries, driver=None)).modules) == {"vfio-pci"}
    host.modules.load("vfio_pci")
    assert have.read(host, want(PF)).modules == {}


def test_modules_of_the_pmds_of_ports_that_are_there(host: FakeHost) -> None:
    add_mellanox(host)
    assert set(have.read(host, want(MELLANOX, driver="igb")).modules) == {"mlx5_ib", "ib_uverbs"}
    assert have.read(host, want(MELLANOX, state="restored")).modules == {}


def test_the_kernels_own_drivers_where_they_are_wanted(host: FakeHost) -> None:
    host.tree.write(ALIASES, "alias pci:v*d*bc* vfio_pci\nalias pci:v00008086d000010CAbc* igbvf\n")
    make_vfs(host, 1, autoprobe=False)
    entries = [PF, {"device": "enp2s0", "driver": "kernel"}, {"device": PF, "vf": 0, "driver": "kernel"}]
    assert have.read(host, want(*entries)).natives == {OTHER: "igb", VFS[0]: "igbvf"}
    assert have.read(host, want(*entries, state="restored")).natives == {}


def test_the_kernels_own_driver_of_a_vf_that_is_yet_to_be_made(host: FakeHost) -> None:
    host.tree.write(ALIASES, "alias pci:v*d*bc* vfio_pci\nalias pci:v00008086d000010CAbc* igbvf\n")
    asked = want((PF, 0), driver="kernel", assume_prepared=True)
    assert have.read(host, asked).natives == {VFS[0]: "igbvf"}
    with pytest.raises(HostError, match=r"VF 0 of .* does not exist"):
        have.read(host, want((PF, 0), driver="kernel"))


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {"binding": {}}}x'])
def test_a_broken_record_is_no_reason_to_forget(host: FakeHost, text: str) -> None:
    host.write_file(record.PATH, text)
    said = refused(host, want(PF))
    assert f"{record.PATH} does not hold what this collection writes there" in said
    assert f"Bring {record.PATH} back from a backup, or remove it" in said


def test_who_uses_what_is_looked_up_only_where_a_driver_changes(host: FakeHost) -> None:
    assert have.read(host, want(OTHER)).network is not None
    apply(host, plan(host, want(OTHER)))
    host.commands.clear()
    assert have.read(host, want(OTHER)).network is None
    assert [words for words in host.commands if "route" in words] == []
    assert have.read(host, want(OTHER, state="restored")).network is not None
