# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_admin, vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def test_new_vfs(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", "2")
    fresh = {"mac": vf_settings.NO_MAC, "vlan": 0, "qos": 0, "trust": False, "spoof_check": True}
    fresh.update({"min_tx_rate": 0, "max_tx_rate": 0, "link_state": "auto"})
    assert vf_admin.read(host) == {"enp1s0": {0: fresh, 1: fresh}}


def test_what_holds_is_not_set(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", "2")
    vf_admin.ensure(host, "enp1s0", {0: {"trust": False}, 1: {"spoof_check": True}})
    assert not [words for words in host.commands if "set" in words]


def test_a_vf_that_is_not_there(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", "2")
    with pytest.raises(HostError) as caught:
        vf_admin.ensure(host, "enp1s0", {5: {"trust": True}})
    assert "Setting trust on for VF 5 of enp1s0 failed; ip said: RTNETLINK answers: Invalid argument" in told(
        caught.value
    )


def test_an_ip_without_json(host: FakeHost) -> None:
    host.answers["ip"] = (0, "1: lo: <LOOPBACK>\n", "")
    with pytest.raises(HostError) as caught:
        vf_admin.read(host)
    assert "Install iproute2 4.14 or newer." in told(caught.value)


def test_an_older_ip_shows_less(host: FakeHost) -> None:
    host.answers["ip"] = (
        0,
        '[{"ifname": "a", "vfinfo_list": [{"vf": 0, "mac": "02:00:00:00:00:0A", "tx_rate": 7}]}]',
        "",
    )
    found = vf_admin.read(host)["a"][0]
    assert (found["mac"], found["max_tx_rate"], found["trust"]) == ("02:00:00:00:00:0a", 7, None)
