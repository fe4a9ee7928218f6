# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import have, ready
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Obstacle
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import GROUPS, Driver, Function

ADDRESS, NEIGHBOUR = "0000:09:00.0", "0000:09:00.1"


def judged(host: FakeHost) -> Obstacle | None:
    seen = have.read(host, Want((Selector(ADDRESS),)))
    return ready.obstacle(seen.devices[ADDRESS], seen)


def obstacle(host: FakeHost, modules: Collection[str] = ()) -> str | None:
    for each in modules:
        host.tree.mkdir(f"/sys/module/{each}")
    found = judged(host)
    assert found is None or found.remedy
    return found.reason if found else None


def put(host: FakeHost, driver: str | None, group: int | None = 40, ids: str = "1234:5678", **more: Any) -> None:
    """A device on a driver; one that the fake host does not have takes everything."""
    if driver is not None and driver not in host.pci.drivers:
        host.pci.register(Driver(driver, driver.replace("-", "_"), (ids,)))
    host.add(Function(ADDRESS, ids, group=group, **more))
    if driver is not None:
        function = host.pci.functions[ADDRESS]
        host.pci.unbind(function)
        host.pci.store_override(function, driver)
        host.pci.attach(host.pci.drivers[driver], function)


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        (None, None),
        ("vfio-pci", "vfio"),
        ("mlx5_vfio_pci", "vfio_variant"),
        ("xe-vfio-pci", "vfio_variant"),
        ("uio_pci_generic", "uio"),
        ("igb_uio", "uio"),
        ("mlx5_core", "bifurcated"),
        ("igb", "kernel"),
    ],
)
def test_what_a_driver_is_to_dpdk(driver: str | None, expected: str | None) -> None:
    assert drivers.kind(driver) == expected


def test_on_vfio_with_a_group_that_is_viable(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    put(host, "vfio-pci")
    assert obstacle(host) is None


def test_on_vfio_with_a_neighbour_on_a_kernel_driver(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    put(host, "vfio-pci")
    host.add(Function(NEIGHBOUR, group=40), "igb")
    assert obstacle(host) == f"IOMMU group 40 is not viable: it also holds {NEIGHBOUR} on igb."


def test_on_vfio_without_group(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    put(host, "vfio-pci")
    host.tree.remove(f"{GROUPS}/40")
    host.tree.remove(f"{HOME}/iommu_group")
    assert obstacle(host) == "It is in no IOMMU group."


def test_on_vfio_with_the_isa_bridge_on_its_driver(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    put(host, "vfio-pci")
    host.pci.register(Driver("lpc_ich", "kernel", ("8086:2918",)))
    host.add(Function(NEIGHBOUR, "8086:2918", "060100", group=40), "lpc_ich")
    assert obstacle(host) == f"IOMMU group 40 is not viable: it also holds {NEIGHBOUR} on lpc_ich."


def test_on_vfio_where_an_application_is_refused(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    put(host, "vfio-pci")
    host.tree.write("/proc/interrupts", "2: 0 IO-APIC 2-edge timer\n")
    assert obstacle(host) == "Interrupts are not remapped, so the kernel refuses it to applications."
    host.tree.write(f"{GROUPS}/40/reserved_regions", "0x0 0xffffff direct\n")
    assert "RMRR" in (obstacle(host) or "")


@pytest.mark.parametrize("driver", ["vfio-pci", "uio_pci_generic", "ice", None])
def test_what_does_not_answer(host: FakeHost, driver: str | None) -> None:
    host.modules.load("vfio_pci")
    host.modules.load("uio_pci_generic")
    put(host, driver)
    host.tree.write_bytes(f"{host.pci.functions[ADDRESS].path}/config", b"\xff" * 64)
    assert obstacle(host) == "It does not answer: all of its configuration space reads ff."


@pytest.mark.parametrize(("type_of_group", "translates"), [("DMA", True), ("DMA-FQ", True), ("identity", False)])
def test_on_uio(host: FakeHost, type_of_group: str, translates: bool) -> None:
    host.modules.load("uio_pci_generic")
    put(host, "uio_pci_generic")
    host.tree.write(f"{GROUPS}/40/type", f"{type_of_group}\n")
    said = obstacle(host)
    assert (said is not None) is translates
    assert said is None or "the IOMMU translates" in said


def test_on_uio_without_iommu(host: FakeHost) -> None:
    host.modules.load("uio_pci_generic")
    put(host, "uio_pci_generic", group=None)
    assert obstacle(host) is None


HOME = f"/sys/bus/pci/devices/{ADDRESS}"
VERBS = f"{HOME}/infiniband_verbs/uverbs0"


@pytest.mark.parametrize(
    ("driver", "needs"),
    [
        ("mlx4_core", ["mlx4_en", "mlx4_ib", "ib_uverbs"]),
        ("mlx5_core", ["mlx5_ib", "ib_uverbs"]),
        ("mana", ["mana_ib", "ib_uverbs"]),
    ],
)
def test_bifurcated_ports_stay_where_they_are(host: FakeHost, driver: str, needs: list[str]) -> None:
    put(host, driver)
    said = f"DPDK's driver for it works on top of {driver} and needs {{}}, not loaded now."
    assert obstacle(host, {driver}) == said.format(" and ".join(needs))
    assert obstacle(host, needs[:-1]) == said.format("ib_uverbs")
    assert obstacle(host, needs) == (
        f"DPDK's driver for it works on top of {driver} and reaches it through a node of infiniband_verbs, which is not there."
    )
    host.tree.mkdir(VERBS)
    assert obstacle(host) is None


def test_modules_that_are_built_in_are_known_by_what_they_make(host: FakeHost) -> None:
    put(host, "mlx5_core")
    host.tree.mkdir(VERBS)
    assert obstacle(host) is None, "neither mlx5_ib nor ib_uverbs is listed"


def test_mlx4_needs_its_interface(host: FakeHost) -> None:
    put(host, "mlx4_core")
    host.tree.mkdir(VERBS)
    assert "needs mlx4_en, not loaded" in (obstacle(host) or "")
    host.network.appear("enp9s0", "52:54:00:00:09:00", host.pci.functions[ADDRESS].path)
    assert obstacle(host) is None


def layers(host: FakeHost, *found: str) -> None:
    host.tree.mkdir(VERBS)
    for port, layer in enumerate(found, start=1):
        host.tree.write(f"{HOME}/infiniband/mlx5_0/ports/{port}/link_layer", f"{layer}\n")


@pytest.mark.parametrize(
    ("class_code", "found", "ready_for_dpdk"),
    [
        ("020000", ["Ethernet"], True),
        ("020700", ["Ethernet"], True),
        ("020000", ["InfiniBand"], False),
        ("020700", ["InfiniBand"], False),
        ("020700", [], False),
        ("028000", ["InfiniBand", "Ethernet"], True),
        ("020000", [], True),
    ],
)
def test_an_infiniband_port(host: FakeHost, class_code: str, found: list[str], ready_for_dpdk: bool) -> None:
    put(host, "mlx5_core", class_code=class_code)
    layers(host, *found)
    seen = judged(host)
    assert (seen is None) is ready_for_dpdk
    if seen is not None:
        assert seen.reason == "It is an InfiniBand port, and DPDK takes Ethernet ports only."
        assert f"mlxconfig -d {ADDRESS} set LINK_TYPE_P1=2" in seen.remedy[0]


@pytest.mark.parametrize(
    ("driver", "node", "words"),
    [
        ("nfb", f"/dev/nfb/by-pci-slot/{ADDRESS}", "/dev/nfb/by-pci-slot/ADDRESS"),
        ("sxe2", f"/dev/sxe2-dpdk-{ADDRESS}", "/dev/sxe2-dpdk-ADDRESS"),
        ("nbl_core", f"/dev/nbl_userdev/{ADDRESS}", "/dev/nbl_userdev/ADDRESS"),
        ("hisi_zip", f"{HOME}/uacce/hisi_zip-0", "a node of uacce"),
    ],
)
def test_the_node_of_a_driver(host: FakeHost, driver: str, node: str, words: str) -> None:
    put(host, driver)
    seen = judged(host)
    assert seen is not None
    assert seen.reason == (
        f"DPDK's driver for it works on top of {driver} and reaches it through {words}, which is not there."
    )
    assert ("uacce_mode=1" in seen.remedy[0]) is (driver == "hisi_zip")
    host.tree.mkdir(node)
    assert obstacle(host) is None


@pytest.mark.parametrize(
    ("queue", "ready_for_dpdk"),
    [
        ({}, False),
        ({"type": "user", "name": "dpdk_0", "state": "enabled"}, True),
        ({"type": "user", "name": "dpdk_0", "state": "disabled"}, False),
        ({"type": "kernel", "name": "dpdk_0", "state": "enabled"}, False),
        ({"type": "user", "name": "other", "state": "enabled"}, False),
    ],
)
def test_the_queue_of_an_accelerator(host: FakeHost, queue: dict[str, str], ready_for_dpdk: bool) -> None:
    put(host, "idxd", ids="8086:0b25", class_code="088000")
    for key, value in queue.items():
        host.tree.write(f"{HOME}/dsa0/wq0.0/{key}", f"{value}\n")
    said = obstacle(host)
    assert (said is None) is ready_for_dpdk
    assert said is None or "work queues for users whose names begin with dpdk_; none is enabled" in said


def test_an_accelerator_that_dpdk_does_not_know(host: FakeHost) -> None:
    put(host, "idxd", ids="8086:0cfe", class_code="088000")
    seen = judged(host)
    assert seen is not None
    assert "no DPDK driver is known for it (8086:0cfe)" in seen.reason


# what DPDK's drivers declare


@pytest.mark.parametrize(
    ("ids", "driver", "said"),
    [
        ("1cf2:8049", "uio_pci_generic", "(net_zxdh) works with vfio-pci, not with uio_pci_generic."),
        ("177d:a063", "igb_uio", "(net_cn10k, net_cn20k, net_cn9k) works with vfio-pci, not with igb_uio."),
        ("8086:1572", "uio_pci_generic", None),
        (
            "8086:10ca",
            "uio_pci_generic",
            "(net_e1000_igb_vf) works with igb_uio or vfio-pci, not with uio_pci_generic.",
        ),
        ("8086:10ca", "igb_uio", None),
        ("8086:0d5c", "uio_pci_generic", None),  # of intel_acc100_pf, which declares nothing
        ("1234:5678", "uio_pci_generic", None),
        ("15b3:101d", "vfio-pci", "works with ib_uverbs and mlx5_core and mlx5_ib, not with vfio-pci."),
        ("1414:00ba", "vfio-pci", "(net_mana) works with ib_uverbs and mana_ib, not with vfio-pci."),
        ("1f0f:3403", "vfio-pci", None),
        ("8086:1572", "vfio-pci", None),
        ("1d6a:0001", "vfio-pci", None),  # declares UIO only, and maps its memory like any other
    ],
)
def test_what_the_pmd_of_a_device_works_with(host: FakeHost, ids: str, driver: str, said: str | None) -> None:
    host.modules.load("vfio_pci")
    host.modules.load("uio_pci_generic")
    put(host, driver, ids=ids)
    host.tree.write(f"{GROUPS}/40/type", "identity\n")
    found = obstacle(host)
    assert (found is None) is (said is None)
    assert said is None or said in (found or "")


def noted(host: FakeHost) -> str | None:
    seen = have.read(host, Want((Selector(ADDRESS),)))
    return ready.note(seen.devices[ADDRESS], seen)


@pytest.mark.parametrize(
    ("ids", "known"), [("8086:37c8", False), ("8086:2723", False), ("8086:37c9", True), ("8086:10c9", True)]
)
def test_what_no_pmd_knows_is_ready_for_vfio_alone(host: FakeHost, ids: str, known: bool) -> None:
    host.modules.load("vfio_pci", disable_denylist="Y")
    put(host, "vfio-pci", ids=ids)
    assert obstacle(host) is None
    assert noted(host) == (None if known else f"It is ready for VFIO, but no DPDK driver is known for it ({ids}).")


def test_only_a_device_on_vfio_is_noted(host: FakeHost) -> None:
    put(host, "ice")
    assert noted(host) is None


@pytest.mark.parametrize(
    ("driver", "said"),
    [
        (None, "It has no driver."),
        ("ice", "It is on ice, which DPDK cannot work with."),
        (
            "mlx5_vfio_pci",
            "mlx5_vfio_pci is a VFIO driver, but DPDK knows only vfio-pci, uio_pci_generic, igb_uio.",
        ),
    ],
)
def test_other_drivers(host: FakeHost, driver: str | None, said: str) -> None:
    put(host, driver)
    assert obstacle(host) == said
