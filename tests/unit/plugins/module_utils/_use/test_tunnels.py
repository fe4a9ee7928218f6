# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection through a tunnel: the port that leads to the other end of it is the management path."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard, usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Usage
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

PORT, SECOND, END = "enp1s0", "enp2s0", "203.0.113.9"
HELD = f"{PORT} leads to {END}, the other end of tunnel0, by which this host is managed"


@pytest.fixture(autouse=True)
def tunnelled(host: FakeHost) -> None:
    """The connection arrives at 192.0.2.1, which a tunnel holds; a route leads to its other end over the first port."""
    host.network.routes.clear()
    host.network.addresses.clear()
    host.variables["SSH_CONNECTION"] = "192.0.2.9 50022 192.0.2.1 22"
    host.network.appear("tunnel0", "02:00:00:00:00:01")
    host.network.address("tunnel0", "192.0.2.1/24")
    host.network.address(PORT, "198.51.100.1/24")
    host.network.route(f"{END}/32", PORT, "198.51.100.254")


def tunnel(host: FakeHost, kind: str, **data: Any) -> None:
    host.network.detail("tunnel0", linkinfo={"info_kind": kind, "info_data": data})


def judge(host: FakeHost, interface: str = PORT) -> Usage:
    return usage.usage(usage.read(host), interface)


@pytest.mark.parametrize("kind", ["gre", "ipip", "sit", "vti", "gretap", "vxlan", "geneve"])
def test_the_port_to_the_other_end_is_management(host: FakeHost, kind: str) -> None:
    tunnel(host, kind, remote=END, local="198.51.100.1")
    assert judge(host).management == HELD
    assert judge(host, SECOND) == Usage(None, None)
    refused = guard.in_use(device.scan(host)[PF], usage.read(host), Consent(force=True))
    assert refused is not None
    assert "force does not cover this" in refused.remedy[0]


def test_the_kernel_is_asked_as_it_sends(host: FakeHost) -> None:
    """With the packets' source and mark, so that rules and tables count."""
    host.network.ways[f"{END} from 198.51.100.1 mark 0x7"] = SECOND
    tunnel(host, "gre", remote=END, local="198.51.100.1", fwmark="0x7")
    assert judge(host, SECOND).management == HELD.replace(PORT, SECOND)
    assert judge(host).management is None


def test_a_tunnel_in_a_vrf(host: FakeHost) -> None:
    host.network.stack("vrf-red", PORT, kind="vrf")
    host.network.detail(PORT, master="vrf-red")
    host.network.detail("tunnel0", link="vrf-red")
    tunnel(host, "gre", remote=END)
    host.network.ways[f"{END} oif vrf-red"] = PORT
    assert judge(host).management == HELD
    assert judge(host, SECOND) == Usage(None, None)


def wireguard(host: FakeHost, mark: str = "off") -> None:
    tunnel(host, "wireguard")
    answers = {"endpoints": f"pub1\t{END}:51820\npub2\t(none)\n", "fwmark": f"{mark}\n"}
    host.programs["wg"] = lambda words: (0, answers[words[2]], "")


def test_the_endpoint_of_wireguard(host: FakeHost) -> None:
    wireguard(host)
    assert judge(host).management == HELD
    assert judge(host, SECOND) == Usage(None, None)


def test_the_mark_of_wireguard(host: FakeHost) -> None:
    """wg-quick sends what has no mark into the tunnel, and what has it out of the port."""
    host.network.ways[END] = "tunnel0"
    host.network.ways[f"{END} mark 0xca6c"] = SECOND
    wireguard(host, "0xca6c")
    assert judge(host, SECOND).management == HELD.replace(PORT, SECOND)


@pytest.mark.parametrize("missing", [True, False])
def test_where_wireguard_does_not_say_every_port_that_could_be_it_counts(host: FakeHost, missing: bool) -> None:
    tunnel(host, "wireguard")
    if missing:
        host.missing_commands.add("wg")
    else:
        host.programs["wg"] = lambda words: (1, "", "Unable to access interface: Operation not permitted\n")
    assert "may lead to the other end of tunnel0" in (judge(host).management or "")
    assert judge(host, SECOND) == Usage(None, None), "nothing says that it leads anywhere"


@pytest.mark.parametrize(
    ("kind", "data"), [("tun", {}), ("gre", {"remote": "any"}), ("vxlan", {"external": True}), ("ppp", {})]
)
def test_where_nobody_knows_the_other_end_every_port_that_could_be_it_counts(
    host: FakeHost, kind: str, data: dict[str, Any]
) -> None:
    tunnel(host, kind, **data)
    host.network.address(SECOND, "198.51.101.1/24")
    for name in (PORT, SECOND):
        expected = f"{name} may lead to the other end of tunnel0, by which this host is managed, and nobody can say where that is"
        assert judge(host, name).management == expected
    host.network.addresses.pop(PORT)
    assert "may lead to" in (judge(host).management or ""), "a route is enough"
    assert device.scan(host)[OTHER].interfaces


def test_what_a_tunnel_is_bound_to_is_known(host: FakeHost) -> None:
    host.network.detail("tunnel0", link=PORT)
    tunnel(host, "vxlan", group="239.1.1.1", link=PORT)
    host.network.address(SECOND, "198.51.101.1/24")
    assert "the address of this connection" in (judge(host).management or "")
    assert judge(host, SECOND).management is None


def test_a_tunnel_in_a_tunnel(host: FakeHost) -> None:
    host.network.appear("outer0", "02:00:00:00:00:02")
    host.network.detail("outer0", linkinfo={"info_kind": "ipip", "info_data": {"remote": "203.0.113.77"}})
    host.network.ways.update({END: "outer0", "203.0.113.77": SECOND})
    tunnel(host, "gre", remote=END)
    assert "the other end of outer0" in (judge(host, SECOND).management or "")
    assert judge(host).management is None


def test_a_tunnel_below_the_interface_of_the_connection(host: FakeHost) -> None:
    tunnel(host, "gretap", remote=END)
    host.network.addresses.pop("tunnel0")
    host.network.stack("br0", "tunnel0", kind="bridge")
    host.network.detail("tunnel0", master="br0")
    host.network.address("br0", "192.0.2.1/24")
    assert judge(host).management == HELD


def test_the_tap_of_a_virtual_machine_is_no_tunnel(host: FakeHost) -> None:
    host.network.appear("tap0", "02:00:00:00:00:03")
    tunnel(host, "bridge")
    host.network.detail("tap0", master="tunnel0", linkinfo={"info_kind": "tun"})
    assert judge(host).management is None


def test_the_default_route_through_a_tunnel(host: FakeHost) -> None:
    host.variables.clear()
    host.network.route("default", "tunnel0")
    tunnel(host, "gre", remote=END)
    assert judge(host).management == HELD


def test_a_tunnel_that_the_connection_does_not_take(host: FakeHost) -> None:
    host.variables["SSH_CONNECTION"] = "198.51.101.9 50022 198.51.101.1 22"
    host.network.address(SECOND, "198.51.101.1/24")
    tunnel(host, "gre", remote=END)
    assert judge(host).management is None
