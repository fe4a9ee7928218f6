# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Collection

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import ready
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import GROUPS, Driver, Function

ADDRESS, NEIGHBOUR = "0000:09:00.0", "0000:09:00.1"


def obstacle(host: FakeHost, modules: Collection[str] = ()) -> str | None:
    devices = _device.scan(host)
    vfio = handover.read(host, _group.scan(host))
    return ready.obstacle(devices[ADDRESS], vfio, devices, handover.regions(host, 40), modules)


def put(host: FakeHost, driver: str | None, group: int | None = 40) -> None:
    """A device on a driver; one that the fake host does not have takes everything."""
    if driver is not None and driver not in host.pci.drivers:
        host.pci.register(Driver(driver, driver.replace("-", "_"), ("1234:5678",)))
    host.add(Function(ADDRESS, "1234:5678", group=group))
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


@pytest.mark.parametrize(("driver", "verbs"), [("mlx4_core", "mlx4_ib"), ("mlx5_core", "mlx5_ib"), ("mana", "mana_ib")])
def test_bifurcated_ports_stay_where_they_are(host: FakeHost, driver: str, verbs: str) -> None:
    put(host, driver)
    assert obstacle(host, {driver, verbs, "ib_uverbs"}) is None
    said = f"DPDK's driver for it works on top of {driver} and needs {{}}, not loaded now."
    assert obstacle(host, {driver, verbs}) == said.format("ib_uverbs")
    assert obstacle(host, {driver}) == said.format(f"{verbs} and ib_uverbs")


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
