# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import namespaces, usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Usage
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

PORT = "enp1s0"
MOVED = f"its interface {PORT} is in the network namespace red"


def judge(host: FakeHost, address: str = PF) -> Usage:
    return usage.device_usage(usage.read(host), device.scan(host)[address])


def test_a_namespace_without_ports_changes_nothing(host: FakeHost) -> None:
    host.namespaces.named("red")
    host.namespaces.of_process(77, "nginx")
    assert judge(host) == Usage(None, None)


def test_a_port_in_a_named_namespace_is_in_use(host: FakeHost) -> None:
    red = host.namespaces.named("red")
    host.namespaces.move(PORT, red)
    assert judge(host) == Usage(None, MOVED)
    red.address(PORT, "198.51.100.1/24")
    assert judge(host) == Usage(None, f"{MOVED}, where {PORT} holds 198.51.100.1/24")
    assert judge(host, OTHER) == Usage(None, None)


def test_a_port_in_the_namespace_of_a_process_is_in_use(host: FakeHost) -> None:
    host.namespaces.move(PORT, host.namespaces.of_process(77, "nginx"))
    assert judge(host).other == f"its interface {PORT} is in the network namespace of nginx (pid 77)"


def test_a_default_route_is_only_vital_at_home(host: FakeHost) -> None:
    red = host.namespaces.named("red")
    host.namespaces.move(PORT, red)
    red.route("default", PORT, "198.51.100.254")
    assert judge(host) == Usage(None, f"{MOVED}, where {PORT} carries the route 'default via 198.51.100.254'")


def test_a_default_route_in_the_namespace_of_process_1_is_vital(host: FakeHost) -> None:
    home = host.namespaces.of_process(1, "systemd", 4026531840)
    host.namespaces.move(PORT, home)
    home.route("default", PORT, "198.51.100.254")
    expected = f"its interface {PORT} is in the network namespace of systemd (pid 1), where {PORT} carries the route"
    assert (judge(host).management or "").startswith(expected)


def test_the_address_of_the_connection_is_vital_everywhere(host: FakeHost) -> None:
    red = host.namespaces.named("red")
    host.namespaces.move(PORT, red)
    red.stack("bond0", PORT, kind="bond")
    red.detail(PORT, master="bond0")
    red.address("bond0", "10.0.2.15/24")
    expected = f"{MOVED}, where {PORT} is a slave of bond0, which holds 10.0.2.15/24, the address of this connection"
    assert judge(host).management == expected


def test_a_virtio_port_is_found(host: FakeHost) -> None:
    host.namespaces.move("enp0s2", host.namespaces.named("red"))
    assert judge(host, MANAGEMENT).other == "its interface enp0s2 is in the network namespace red"


@pytest.mark.parametrize("interface", [PORT, "enp0s2"])
def test_a_port_that_is_nowhere_to_be_found_is_in_use(host: FakeHost, interface: str) -> None:
    red = host.namespaces.named("red")
    host.namespaces.closed.add("/run/netns/red")
    host.namespaces.move(interface, red)
    address = PF if interface == PORT else MANAGEMENT
    assert "its network interface is in a network namespace that has neither a name" in (
        judge(host, address).other or ""
    )
    assert judge(host, OTHER) == Usage(None, None)


def test_a_macvlan_in_a_namespace_uses_its_parent(host: FakeHost) -> None:
    red = host.namespaces.named("red")
    index = host.tree.names("/sys/class/net").index(PORT) + 1
    red.appear("eth0", "02:00:00:00:00:01")
    red.detail("eth0", linkinfo={"info_kind": "macvlan"}, link_index=index, link_netnsid=0)
    assert judge(host) == Usage(None, f"{PORT} is the parent of the macvlan eth0 in the network namespace red")
    red.detail("eth0", linkinfo={"info_kind": "veth"})
    assert judge(host) == Usage(None, None)


def test_a_vlan_above_a_port_of_its_own_namespace_is_no_use_of_ours(host: FakeHost) -> None:
    red = host.namespaces.named("red")
    red.appear("eth0.10", "02:00:00:00:00:01")
    red.detail("eth0.10", linkinfo={"info_kind": "vlan"}, link_index=host.tree.names("/sys/class/net").index(PORT) + 1)
    assert judge(host) == Usage(None, None)


def test_a_usb_adapter_belongs_to_its_controller(host: FakeHost) -> None:
    path = f"{host.tree.real(f'/sys/bus/pci/devices/{OTHER}')}/usb1/1-1/1-1:1.0"
    host.network.appear("enxaa", "02:00:00:00:00:aa", path)
    host.network.address("enxaa", "10.0.2.15/24")
    assert judge(host, OTHER).management == "enxaa holds 10.0.2.15/24, the address of this connection"


def test_every_other_namespace_is_entered_once_and_our_own_never(host: FakeHost) -> None:
    host.namespaces.named("red", 4026532007)
    host.namespaces.of_process(77, "nginx", 4026532007)
    host.namespaces.of_process(78, "envoy")
    found = namespaces.scan(host, mounts.scan(host))
    assert [(each.path, each.label, each.first) for each in found] == [
        ("/run/netns/red", "red", False),
        ("/proc/78/ns/net", "of envoy (pid 78)", False),
    ]
