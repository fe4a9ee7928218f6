# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import have as _have
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.resolve import resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def resolved(host: FakeHost, *selectors: Selector) -> Want:
    want = Want("nfv", selectors=selectors)
    return resolve(_have.read(host, want), want)


def test_names_become_addresses_each_once(host: FakeHost) -> None:
    found = resolved(host, Selector("enp2s0"), Selector("enp1s0"), Selector(OTHER))
    assert (found.addresses, found.missing) == ((PF, OTHER), ())


def test_all_that_match(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    assert resolved(host, Selector("8086:10c9", many=True)).addresses == (PF, OTHER)
    assert resolved(host, Selector(PF, every=True)).addresses == tuple(VFS[:2])


def test_a_vf_that_exists(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "3")
    found = resolved(host, Selector(PF, vf=2))
    assert (found.addresses, found.missing) == ((VFS[2],), ())


def test_a_vf_that_does_not_exist_yet_has_the_address_that_it_will_have(host: FakeHost) -> None:
    found = resolved(host, Selector(PF, vf=2), Selector(OTHER))
    assert found.addresses == (VFS[2], OTHER)
    (missing,) = found.missing
    assert f"VF 2 of {PF} does not exist: {PF} (enp1s0) has 0 VFs now." in told(missing)
    assert "Make the VFs first, with dataplane.dpdk.sriov_vfs." in missing.remedy


@pytest.mark.parametrize(
    ("selector", "says"),
    [
        (Selector("enp9s0"), "No device matches 'enp9s0'"),
        (Selector("enp9s0", vf=0), "No device matches 'enp9s0'"),
        (Selector(PF, vf=7), "has no VF 7: it can have 7"),
        (Selector("enp0s2", vf=0), "can have no VFs"),
    ],
)
def test_what_will_never_exist_is_refused(host: FakeHost, selector: Selector, says: str) -> None:
    with pytest.raises(HostError) as caught:
        resolved(host, selector)
    assert says in told(caught.value)


@pytest.mark.parametrize("text", ["enp2s0", "52:54:00:00:02:00"])
def test_no_nodes_are_given_of_a_port_that_got_the_name_of_another(host: FakeHost, text: str) -> None:
    driver.unbind(host, PF)
    host.write_file(record.PATH, record.render({PF: record.Record("enp2s0", "52:54:00:00:02:00")}))
    with pytest.raises(HostError) as caught:
        resolved(host, Selector(text))
    assert f"matches {OTHER} (enp2s0) now, but was recorded for {PF}" in told(caught.value)
