# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.access_files import Rules

PORT, RDMA = "0000:01:00.0", "10000:02:00.1"
CHANNEL = "f8b3781a-1e82-4818-a1c3-63d806ec15bb"


NODES = {RDMA: "infiniband_verbs", CHANNEL: "uio"}


def lines(*devices: str) -> list[str]:
    text = access_files.render_rules(Rules("dpdk", ("app",), devices, NODES))
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("users", [(), ("app",), ("app", "none-of-us")])
@pytest.mark.parametrize("devices", [(), (PORT,), (PORT, RDMA, CHANNEL)])
def test_rules_are_read_back(users: tuple[str, ...], devices: tuple[str, ...]) -> None:
    rules = Rules("dpdk", users, devices)
    assert access_files.parse_rules(access_files.render_rules(rules)) == rules


@pytest.mark.parametrize("text", [None, "", '# Written by somebody else\nACTION!="remove"\n'])
def test_what_is_not_ours_holds_no_rules(text: str | None) -> None:
    assert access_files.parse_rules(text) is None


def test_every_rule_gives_a_node_to_the_group_and_none_is_for_all_devices() -> None:
    found = lines(PORT, RDMA, CHANNEL)
    assert all(line.endswith('GROUP="dpdk", MODE="0660"') for line in found)
    named = [line for line in found if 'KERNEL=="iommu"' not in line]
    assert all(any(device in line for device in (PORT, RDMA, CHANNEL)) for line in named)
    assert len(named) == len(found) - 1


def test_each_bus_has_the_nodes_that_dpdk_opens_on_it() -> None:
    subsystems = {
        device: {line.split('SUBSYSTEM=="')[1].split('"')[0] for line in lines(device) if device in line}
        for device in (PORT, RDMA, CHANNEL)
    }
    assert subsystems == {
        PORT: {"vfio", "vfio-dev"},
        RDMA: {"vfio", "vfio-dev", "infiniband_verbs"},
        CHANNEL: {"uio"},
    }


def test_the_node_of_the_vmbus_is_found_by_the_device_above_it() -> None:
    expected = f'ACTION!="remove", SUBSYSTEM=="uio", KERNELS=="{CHANNEL}", GROUP="dpdk", MODE="0660"'
    assert expected in lines(CHANNEL)


@pytest.mark.parametrize(
    ("memlock", "limits", "drop_in"),
    [
        (None, None, []),
        ("65536", "@dpdk - memlock 65536", ["LimitMEMLOCK=65536K"]),
        ("unlimited", "@dpdk - memlock unlimited", ["LimitMEMLOCK=infinity"]),
    ],
)
def test_limits_of_logins_and_services(memlock: str | None, limits: str | None, drop_in: list[str]) -> None:
    text = access_files.render_limits("dpdk", memlock)
    assert (text.splitlines()[1] if text else None) == limits
    found = access_files.render_drop_in("dpdk", memlock).splitlines()
    assert found[1:] == ["[Service]", "SupplementaryGroups=dpdk", *drop_in]


def test_services_are_known_by_drop_ins_of_ours_alone() -> None:
    texts = {
        access_files.drop_in_path("vpp.service"): access_files.render_drop_in("dpdk", None),
        access_files.drop_in_path("app@1.service"): access_files.render_drop_in("dpdk", "1"),
        access_files.drop_in_path("other.service"): "[Service]\n",
        access_files.drop_in_path("gone.service"): None,
    }
    assert access_files.services_of(texts.items()) == ["app@1.service", "vpp.service"]
