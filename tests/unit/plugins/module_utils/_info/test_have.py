# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import have
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule, VfRule
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, MANAGEMENT, OTHER, PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT


@pytest.mark.parametrize(("named", "expected"), [((), [MANAGEMENT, PF, OTHER]), ((BRIDGE, "eth1"), [BRIDGE, PORT])])
def test_the_devices_to_show(tmp_path: Path, named: tuple[str, ...], expected: list[str]) -> None:
    seen = have.read(hyperv_guest(tmp_path), Want(tuple(map(Selector, named))))
    assert [each.address for each in seen.shown] == expected
    assert {BRIDGE, PF, PORT} < set(seen.devices)


def test_a_device_that_is_not_there(host: FakeHost) -> None:
    with pytest.raises(HostError, match="No device matches 'enp9s0'"):
        have.read(host, Want((Selector("enp9s0"),)))


def test_the_drivers_that_know_a_device(host: FakeHost) -> None:
    aliases = "alias pci:v00008086d000010C9bc* igb\nalias pci:v00001AF4d00001041bc* virtio_pci\n"
    host.tree.write(f"/lib/modules/{RELEASE}/modules.alias", aliases)
    host.tree.mkdir("/sys/module/virtio_pci/drivers/pci:virtio-pci")
    seen = have.read(host, Want())
    assert {seen.devices[each].address: seen.known_by[seen.devices[each].modalias] for each in (MANAGEMENT, PF)} == {
        MANAGEMENT: ["virtio-pci"],
        PF: ["igb"],
    }


@pytest.mark.parametrize(("vfs", "asked"), [({}, False), ({0: VfRule({"vlan": 5})}, True)])
def test_vfs_are_asked_for_only_where_a_rule_is_about_them(host: FakeHost, vfs: dict[int, VfRule], asked: bool) -> None:
    host.write_file(sriov_rules.PATH, sriov_rules.render([SriovRule(PF, "8086", "10c9", 2, True, vfs=vfs)]) or "")
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    assert bool(have.read(host, Want()).vf_settings) is asked
