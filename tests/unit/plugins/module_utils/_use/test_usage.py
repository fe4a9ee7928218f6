# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Usage
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

PORT = "enp1s0"


@pytest.fixture(autouse=True)
def quiet(host: FakeHost) -> None:
    """No routes and no addresses but those of the test; the connection arrives at 192.0.2.1."""
    host.network.routes.clear()
    host.network.addresses.clear()
    host.variables["SSH_CONNECTION"] = "192.0.2.9 50022 192.0.2.1 22"


def judge(host: FakeHost, interface: str = PORT) -> Usage:
    return usage.usage(usage.read(host), interface)


def test_an_idle_port(host: FakeHost) -> None:
    host.network.address(PORT, "fe80::1/64", "link")
    host.network.route("fe80::/64", PORT, protocol="kernel")
    host.network.route("ff00::/8", PORT, kind="multicast")
    host.network.route("192.0.2.1", PORT, kind="local")
    assert judge(host) == Usage(None, None)


@pytest.mark.parametrize(
    ("address", "scope"), [("198.51.100.1/24", "global"), ("169.254.1.1/16", "link"), ("2001:db8::1/64", "global")]
)
def test_an_address_is_a_use(host: FakeHost, address: str, scope: str) -> None:
    host.network.address(PORT, address, scope)
    assert judge(host) == Usage(None, f"{PORT} holds {address}")


@pytest.mark.parametrize(
    ("dst", "gateway", "text"),
    [
        ("198.51.100.0/24", None, "198.51.100.0/24"),
        ("2001:db8::/32", "fe80::9", "2001:db8::/32 via fe80::9"),
    ],
)
def test_a_route_is_a_use(host: FakeHost, dst: str, gateway: str | None, text: str) -> None:
    host.network.route(dst, PORT, gateway)
    assert judge(host) == Usage(None, f"{PORT} carries the route '{text}'")


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ("192.0.2.9 50022 192.0.2.1 22", "192.0.2.1/24"),
        ("2001:db8::9 50022 2001:db8::1 22", "2001:db8::1/64"),
    ],
)
def test_the_address_of_the_connection_is_management(host: FakeHost, connection: str, address: str) -> None:
    host.variables["SSH_CONNECTION"] = connection
    host.network.address(PORT, "198.51.100.7/24")
    host.network.address(PORT, address)
    found = judge(host)
    assert found.management == f"{PORT} holds {address}, the address of this connection"
    assert found.other == f"{PORT} holds 198.51.100.7/24"


def test_a_connection_by_a_link_local_address_is_management(host: FakeHost) -> None:
    host.variables["SSH_CONNECTION"] = f"fe80::9%{PORT} 50022 fe80::1%{PORT} 22"
    for name in (PORT, "enp2s0"):
        host.network.address(name, "fe80::1/64", "link")
    assert judge(host).management == f"{PORT} holds fe80::1/64, the address of this connection"
    assert judge(host, "enp2s0") == Usage(None, None)


@pytest.mark.parametrize("gateway", ["192.0.2.254", "fe80::9"])
def test_a_default_route_is_management(host: FakeHost, gateway: str) -> None:
    host.network.route("default", PORT, gateway, protocol="ra")
    assert judge(host).management == f"{PORT} carries the route 'default via {gateway}'"


@pytest.mark.parametrize(
    ("rule", "management"),
    [
        ({"src": "all", "table": "100"}, True),
        ({"src": "192.0.2.1", "table": "100"}, False),
        ({"src": "all", "fwmark": "0x1", "table": "100"}, False),
        ({"src": "all", "l3mdev": None}, False),
        ({"src": "all", "table": "200"}, False),
    ],
)
def test_a_default_route_of_another_table_is_management_where_every_packet_sees_it(
    host: FakeHost, rule: dict[str, str], management: bool
) -> None:
    host.network.route("default", PORT, "198.51.100.254", table="100")
    host.network.rules[4].append({"priority": 1000, **rule})
    found = judge(host)
    expected = f"{PORT} carries the route 'default via 198.51.100.254 table 100'"
    assert found == (Usage(expected, None) if management else Usage(None, expected))


def test_the_way_to_the_controller_is_management(host: FakeHost) -> None:
    host.network.address("lo", "192.0.2.1/32")
    host.network.route("192.0.2.0/28", PORT, "198.51.100.254")
    assert judge(host).management == f"{PORT} leads to 192.0.2.9, where this connection comes from"
    assert judge(host, "enp2s0") == Usage(None, None)


def test_every_hop_of_a_multipath_route_counts(host: FakeHost) -> None:
    host.network.route("default", "", "192.0.2.254", hops=("enp2s0", PORT))
    assert judge(host).management is not None
    assert judge(host, "enp2s0").management is not None


@pytest.mark.parametrize(
    ("upper", "kind", "phrase"),
    [
        ("bond0", "bond", "is a slave of bond0"),
        ("team0", "team", "is a port of the team team0"),
        ("br0", "bridge", "is a port of the bridge br0"),
        ("enp1s0.10", "vlan", "is the parent of the VLAN enp1s0.10"),
        ("mac0", "macvlan", "is the parent of the macvlan mac0"),
        ("ipvl0", "ipvlan", "is the parent of the ipvlan ipvl0"),
        ("vrf-red", "vrf", "is in the VRF vrf-red"),
        ("hsr0", "hsr", "is below hsr0"),
        ("eth0", "", "is below eth0"),
    ],
)
def test_what_lies_on_top_counts(host: FakeHost, upper: str, kind: str, phrase: str) -> None:
    host.network.stack(upper, PORT, kind=kind)
    assert judge(host) == Usage(None, f"{PORT} {phrase}")
    assert judge(host, "enp2s0") == Usage(None, None)
    host.network.address(upper, "192.0.2.1/24")
    expected = f"{PORT} {phrase}, which holds 192.0.2.1/24, the address of this connection"
    assert judge(host).management == expected


@pytest.mark.parametrize("shown", [{"master": "vrf-red"}, {"master": "bond0"}])
def test_what_ip_shows_counts_without_the_links_of_sysfs(host: FakeHost, shown: dict[str, str]) -> None:
    host.network.detail(PORT, **shown)
    assert judge(host) == Usage(None, f"{PORT} is below {shown['master']}")


@pytest.mark.parametrize(("key", "kind"), [("link", "vlan"), ("linkinfo", "vxlan")])
def test_the_interface_below_is_found_from_the_one_above(host: FakeHost, key: str, kind: str) -> None:
    host.network.appear("upper0", "02:00:00:00:00:03")
    host.network.detail("upper0", linkinfo={"info_kind": kind, "info_data": {"link": PORT}})
    if key == "link":
        host.network.detail("upper0", link=PORT, linkinfo={"info_kind": kind})
    assert f"{PORT} is the parent of the" in (judge(host).other or "")


def test_below_open_vswitch_the_internal_ports_decide(host: FakeHost) -> None:
    host.network.stack("ovs-system", PORT, kind="openvswitch")
    host.network.appear("br-ex", "02:00:00:00:00:02")
    host.network.detail("br-ex", linkinfo={"info_kind": "openvswitch"})
    assert judge(host) == Usage(None, f"{PORT} is a port of Open vSwitch (ovs-system)")
    host.network.address("br-ex", "192.0.2.1/24")
    expected = "whose internal port br-ex holds 192.0.2.1/24, the address of this connection"
    assert judge(host).management == f"{PORT} is a port of Open vSwitch (ovs-system), {expected}"


def test_open_vswitch_without_internal_ports_may_carry_management(host: FakeHost) -> None:
    host.network.stack("ovs-system", PORT)
    host.network.appear("br0", "02:00:00:00:00:02")
    host.network.address("br0", "192.0.2.1/24")
    assert "is a port of Open vSwitch (ovs-system), which may hold any address" in (judge(host).management or "")
    assert judge(host, "enp2s0") == Usage(None, None)


def test_a_bridge_is_followed_through_a_veth(host: FakeHost) -> None:
    host.network.appear("veth0", "02:00:00:00:00:04")
    host.network.stack("br0", PORT, "veth0", kind="bridge")
    host.network.appear("veth1", "02:00:00:00:00:05")
    host.network.detail("veth0", link="veth1", master="br0", linkinfo={"info_kind": "veth"})
    host.network.detail("veth1", link="veth0", linkinfo={"info_kind": "veth"})
    host.network.address("veth1", "192.0.2.1/24")
    expected = f"{PORT} is a port of the bridge br0, which leads to the veth veth1, which holds 192.0.2.1/24"
    assert (judge(host).management or "").startswith(expected)
    assert judge(host, "veth1").other is None, "the other end does not lie on top of it"


def test_a_whole_stack_is_put_into_words(host: FakeHost) -> None:
    host.network.stack("bond0", PORT, "enp2s0", kind="bond")
    host.network.stack("bond0.10", "bond0", kind="vlan")
    expected = "is a slave of bond0, whose VLAN bond0.10"
    host.network.address("bond0.10", "198.51.100.1/24")
    assert judge(host) == Usage(None, f"{PORT} {expected} holds 198.51.100.1/24")
    host.network.stack("br0", "bond0.10", kind="bridge")
    host.network.route("default", "br0", "192.0.2.254")
    expected += " is a port of the bridge br0, which carries the route 'default via 192.0.2.254'"
    assert judge(host).management == f"{PORT} {expected}"
    assert judge(host, "enp2s0").management == f"enp2s0 {expected}"


def test_a_circle_ends(host: FakeHost) -> None:
    host.network.stack("br0", PORT)
    host.network.stack(PORT, "br0")
    assert judge(host).management is None


@pytest.mark.parametrize("connection", [None, "", "UNKNOWN", "192.0.2.9 50022 192.0.2.1"])
def test_without_a_connection_no_address_is_management(host: FakeHost, connection: str | None) -> None:
    host.variables.clear()
    if connection is not None:
        host.variables["SSH_CONNECTION"] = connection
    host.network.address(PORT, "192.0.2.1/24")
    assert judge(host) == Usage(None, f"{PORT} holds 192.0.2.1/24")


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        ((0, "Usage: ip [ OPTIONS ]", ""), "'ip -j -d addr show' printed no JSON", "Install iproute2 4.14 or newer."),
        ((0, '{"ifname": "eth0"}', ""), "it is no list of objects", "Install iproute2 4.14 or newer."),
        ((0, "[1]", ""), "it is no list of objects", "Install iproute2 4.14 or newer."),
        ((0, "[" * 100000, ""), "'ip -j -d addr show' printed no JSON", "Install iproute2 4.14 or newer."),
        ((1, "", "Cannot open netlink socket"), "ended with 1 and said: Cannot open netlink", ""),
    ],
)
def test_without_an_answer_nobody_guesses(
    host: FakeHost, answer: tuple[int, str, str], cause: str, remedy: str
) -> None:
    host.answers["ip"] = answer
    with pytest.raises(HostError) as caught:
        usage.read(host)
    assert cause in told(caught.value)
    assert remedy in told(caught.value)


def test_without_ip_nobody_guesses(host: FakeHost) -> None:
    host.missing_commands.add("ip")
    with pytest.raises(HostError) as caught:
        usage.read(host)
    assert "Cannot run ip: No such file" in told(caught.value)
    assert "Install the package that holds ip." in told(caught.value)


def test_an_empty_answer_means_no_routes(host: FakeHost) -> None:
    host.answers["ip"] = (0, "", "")
    assert judge(host) == Usage(None, None)
