# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices a task means, and the goal of each."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have, resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.resolve import Goal, Target
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import SLOTS
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import MANAGEMENT, OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._bind.support import (
    MELLANOX,
    add_mellanox,
    describe,
    make_vfs,
    plan,
    refused,
    share_group,
    state,
    steps,
    want,
)


def targets(host: FakeHost, wanted: Want) -> list[Target]:
    return resolve.targets(have.read(host, wanted), wanted)


def addresses(host: FakeHost, wanted: Want) -> list[tuple[str, str | None]]:
    """Return the devices that the resolved want names, each with its driver."""
    found = resolve.resolve(have.read(host, wanted), wanted)
    return [(str(entry.selector), entry.driver) for entry in found.entries]


@pytest.mark.parametrize(
    ("word", "goal"),
    [
        ("vfio-pci", Goal("vfio-pci", "vfio-pci", "vfio-pci")),
        ("none", Goal(None, "none", "none")),
        ("kernel", Goal("igb", None, None)),
    ],
)
def test_what_a_word_stands_for(word: str, goal: Goal) -> None:
    assert resolve.goal(word, "igb") == goal


def test_what_moves_and_what_is_rebound(host: FakeHost) -> None:
    port, on_igb, back = (
        *targets(host, want("enp1s0")),
        *targets(host, want("enp1s0", driver="igb")),
        *targets(host, want("enp1s0", state="restored")),
    )
    assert [(each.moves, each.rebinds) for each in (port, on_igb, back)] == [
        (True, True),
        (True, False),
        (False, False),
    ]


def test_names_become_addresses(host: FakeHost) -> None:
    make_vfs(host)
    names = want("enp2s0", ("enp1s0", 1), {"device": "52:54:00:00:00:02", "driver": "igb"})
    assert addresses(host, names) == [(OTHER, "vfio-pci"), (VFS[1], "vfio-pci"), (MANAGEMENT, "igb")]


def test_every_match_becomes_an_address(host: FakeHost) -> None:
    assert addresses(host, want({"device": "8086:10c9", "match": "all"})) == [(PF, "vfio-pci"), (OTHER, "vfio-pci")]


@pytest.mark.parametrize("assumed", [True, False])
def test_what_is_there_becomes_an_address_whatever_is_assumed(host: FakeHost, assumed: bool) -> None:
    make_vfs(host)
    assert addresses(host, want("enp2s0", ("enp1s0", 0), assume_prepared=assumed)) == [
        (OTHER, "vfio-pci"),
        (VFS[0], "vfio-pci"),
    ]


def test_a_vf_that_is_yet_to_be_made_stays_named_by_its_pf(host: FakeHost) -> None:
    asked = want("enp2s0", ("enp1s0", 1), assume_prepared=True)
    assert addresses(host, asked) == [(OTHER, "vfio-pci"), ("VF 1 of enp1s0", "vfio-pci")]
    here, missing = targets(host, asked)
    assert here.missing is None
    assert missing.missing is not None
    assert (missing.address, missing.goal) == (VFS[1], resolve.goal("vfio-pci"))


def test_what_does_not_exist_is_not_given_back(host: FakeHost) -> None:
    said = refused(host, want(("enp1s0", 1), state="restored", assume_prepared=True))
    assert "VF 1 of enp1s0 does not exist" in said


def test_all_that_was_ever_changed_is_given_back(host: FakeHost) -> None:
    assert addresses(host, want(state="restored")) == []
    apply(host, plan(host, want("enp2s0", "enp1s0")))
    assert addresses(host, want(state="restored")) == [(PF, None), (OTHER, None)]
    host.pci.remove(host.pci.functions[PF])
    assert addresses(host, want(state="restored")) == [(OTHER, None)], "what is gone cannot go back"


def test_a_name_still_finds_its_device_after_the_move(host: FakeHost) -> None:
    steps(host, want("enp1s0"))
    assert describe(host, want("enp1s0"))[0]["address"] == PF


def test_one_device_named_for_two_drivers(host: FakeHost) -> None:
    both = want(PF, {"device": "enp1s0", "driver": "igb"})
    said = refused(host, both)
    assert f"{PF} is named twice, for vfio-pci and for igb." in said
    assert "Decide for one driver." in said
    same = want(PF, "enp1s0")
    assert len(plan(host, same).after["devices"]) == 1


def test_a_vf_that_is_not_there(host: FakeHost) -> None:
    said = refused(host, want(("enp1s0", 0)))
    assert "VF 0 of enp1s0 does not exist" in said
    assert "dataplane.dpdk.sriov_vfs" in said


def test_equal_cards_are_distinguished_by_slot(host: FakeHost) -> None:
    host.tree.write(f"{SLOTS}/7/address", "0000:02:00\n")
    assert "matches 2 devices" in refused(host, want("8086:10c9"))
    steps(host, want({"device": "8086:10c9", "slot": 7}))
    assert state(host, OTHER)[0] == "vfio-pci"
    assert state(host, PF)[0] == "igb"


def test_all_of_a_group(host: FakeHost) -> None:
    share_group(host)
    assert f"also holds {OTHER} (enp2s0) on igb" in refused(host, want("enp1s0"))
    steps(host, want("enp1s0", group="bind_all"))
    assert state(host, PF)[0] == state(host, OTHER)[0] == "vfio-pci"


def test_a_bifurcated_port_stays_where_no_driver_is_named(host: FakeHost) -> None:
    add_mellanox(host)
    (stays,) = targets(host, want(MELLANOX, driver=None))
    (moves,) = targets(host, want(MELLANOX))
    assert (stays.goal, stays.moves) == (Goal("mlx5_core", None, None), False)
    assert (moves.goal.driver, moves.moves) == ("vfio-pci", True)


def test_an_unchanged_task_never_takes_the_card_that_got_the_name(host: FakeHost) -> None:
    """Not with force either: the second card is called eth0 while the first is bound for DPDK."""
    named = want("enp1s0", force=True, group="ignore")
    apply(host, plan(host, named))
    driver.move(host, OTHER, "vfio-pci")
    host.pci.functions[OTHER].interface = "enp1s0"
    driver.settle(host, OTHER, "igb", None)
    with pytest.raises(HostError) as caught:
        plan(host, named)
    assert f"'enp1s0' matches {OTHER} (enp1s0) now, but was recorded for {PF}" in caught.value.message
    assert plan(host, want(PF)).steps == ()


def test_a_place_is_given_back_whatever_is_there_now(host: FakeHost) -> None:
    apply(host, plan(host, want("enp1s0")))
    driver.move(host, OTHER, "vfio-pci")
    host.pci.functions[OTHER].mac = "52:54:00:00:01:00"  # the card that was at PF before cards were moved
    driver.settle(host, OTHER, "igb", None)
    with pytest.raises(HostError, match=f"The port that was at {PF} when a task changed it"):
        plan(host, want(PF))
    apply(host, plan(host, want(PF, state="restored")))
    assert device.driver_of(host, PF) == "igb"
