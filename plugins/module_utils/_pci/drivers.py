# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel drivers that DPDK works with, one a line: what each is to DPDK, and what its PMD needs besides.

DPDK knows its own kernel drivers by their exact names (drivers/bus/pci/linux/pci.c, drivers/bus/vmbus/linux/vmbus_bus.c).
The PMDs of bifurcated devices work on top of the kernel's driver, so unbinding it takes the port from DPDK too. The modules that
they need are those of RTE_PMD_REGISTER_KMOD_DEP; what they open is in their sources of DPDK 26.11-rc0: by-pci-slot of
libnfb, sxe2_drv_dev_open, nbl_userdev.c, idxd_bus.c, and for hisi_zip the guide dmadevs/hisi_acc.rst and bus/uacce.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.pmds import Pmd

PCI, VMBUS = buses.PCI, buses.VMBUS
VFIO, VFIO_VARIANT, UIO, BIFURCATED, KERNEL = "vfio", "vfio_variant", "uio", "bifurcated", "kernel"


@dataclass(frozen=True)
class Nodes:
    """Files below /dev through which a PMD reaches its device, beside those of VFIO.

    They are called ``place`` and a name in the directory that has the name of their udev ``subsystem``, below the device
    in sysfs. ``mode`` is what the kernel gives them.
    """

    subsystem: str
    place: str
    mode: str


# ib_uverbs_devnode in the kernel's drivers/infiniband/core/uverbs_main.c; class uio names no mode.
_VERBS = Nodes("infiniband_verbs", "/dev/infiniband/", "0666")
# uacce_alloc in the kernel's drivers/misc/uacce/uacce.c names no mode.
_UACCE = Nodes("uacce", "/dev/", "0600")
_UIO = Nodes("uio", "/dev/", "0600")


@dataclass(frozen=True)
class Driver:
    """A driver as it is named below /sys/bus/BUS/drivers, and its module.

    ``needs`` are the modules that the PMD needs besides. ``nodes`` are those that users other than root may be given;
    None where the PMD needs none, or root all the same: for UIO on PCI it maps files of sysfs. ``node`` is a path that shows
    that the PMD can reach a device, and ``option`` the option of the module that makes it; ``queues`` is how the names of work
    queues begin that the PMD takes. ``vfio`` is whether the PMD works on vfio-pci too.
    """

    name: str
    kind: str
    module: str
    bus: str = PCI
    needs: tuple[str, ...] = ()
    nodes: Nodes | None = None
    node: str | None = None
    option: str | None = None
    queues: str | None = None
    vfio: bool = False


_VERBS_NODE = "/sys/bus/pci/devices/{address}/infiniband_verbs"
_UACCE_NODE = "/sys/bus/pci/devices/{address}/uacce"
# The first of a bus is the one that a device gets where the user names none.
TABLE = (
    Driver("vfio-pci", VFIO, "vfio_pci"),
    Driver("uio_pci_generic", UIO, "uio_pci_generic"),
    Driver("igb_uio", UIO, "igb_uio"),
    Driver("uio_hv_generic", UIO, "uio_hv_generic", VMBUS, nodes=_UIO),
    Driver(
        "mlx4_core",
        BIFURCATED,
        "mlx4_core",
        needs=("mlx4_en", "mlx4_ib", "ib_uverbs"),
        nodes=_VERBS,
        node=_VERBS_NODE,
    ),
    Driver("mlx5_core", BIFURCATED, "mlx5_core", needs=("mlx5_ib", "ib_uverbs"), nodes=_VERBS, node=_VERBS_NODE),
    Driver("mana", BIFURCATED, "mana", needs=("mana_ib", "ib_uverbs"), nodes=_VERBS, node=_VERBS_NODE),
    Driver("nfb", BIFURCATED, "nfb", node="/dev/nfb/by-pci-slot/{address}"),
    Driver("sxe2", BIFURCATED, "sxe2", node="/dev/sxe2-dpdk-{address}"),
    Driver("nbl_core", BIFURCATED, "nbl_core", node="/dev/nbl_userdev/{address}", vfio=True),
    Driver("idxd", BIFURCATED, "idxd", queues="dpdk_", vfio=True),
    Driver("hisi_zip", BIFURCATED, "hisi_zip", nodes=_UACCE, node=_UACCE_NODE, option="uacce_mode=1"),
)
# They hold a device for others: in the kernel's drivers/pci/pci-stub.c and drivers/xen/xen-pciback.
_STUBS = ("pci-stub", "pciback")
_BY_NAME = {each.name: each for each in TABLE}


def find(driver: str | None) -> Driver | None:
    """Return what is known of a driver, or None where DPDK has nothing to do with it."""
    return _BY_NAME.get(driver or "")


def names(bus: str = PCI) -> tuple[str, ...]:
    """Return the drivers through which DPDK takes devices of a bus by itself."""
    return tuple(each.name for each in TABLE if each.bus == bus and each.kind in (VFIO, UIO))


def default(bus: str) -> str:
    """Return the driver that DPDK needs for devices of a bus; raise HostError where they stay with the kernel's."""
    found = names(bus)
    if not found:
        raise HostError(
            f"DPDK has no driver of its own for {buses.find(bus).devices}.", "Leave the device with its kernel driver."
        )
    return found[0]


def uses_vfio(bus: str) -> bool:
    """Whether VFIO hands out devices of a bus, so that IOMMU groups decide about them."""
    return any(each.bus == bus and each.kind == VFIO for each in TABLE)


def kind(driver: str | None) -> str | None:
    """Return what a driver is to DPDK: vfio, vfio_variant, uio, bifurcated or kernel; None for no driver."""
    if driver is None:
        return None
    known = find(driver)
    if known is not None:
        return known.kind
    return VFIO_VARIANT if is_vfio(driver) else KERNEL


def is_vfio(driver: str | None) -> bool:
    """Whether a driver hands its device to userspace through VFIO: vfio-pci and its variants."""
    return driver is not None and "vfio" in driver.replace("_", "-").split("-")


def is_uio(driver: str | None) -> bool:
    """Whether a driver hands its device to userspace directly, without the protection of an IOMMU."""
    return kind(driver) == UIO


def has_interrupt(driver: str | None, intx: bool) -> bool:
    """Whether a device has the interrupt that a driver asks for: uio_pci_generic takes only legacy ones (INTx)."""
    return intx or driver != "uio_pci_generic"


def is_bifurcated(driver: str | None) -> bool:
    """Whether DPDK works on top of a driver, so that the device stays with it."""
    return kind(driver) == BIFURCATED


def takes_any(driver: str) -> bool:
    """Whether a driver is made for any device that it is given: those of DPDK's own, and stubs."""
    return is_for_dpdk(driver) or driver in _STUBS


def is_for_dpdk(driver: str | None) -> bool:
    """Whether DPDK takes a device from a driver by itself, whatever the bus."""
    known = find(driver)
    return known is not None and known.kind in (VFIO, UIO)


def works_on_vfio(driver: str | None) -> bool:
    """Whether the PMD of a bifurcated device works on vfio-pci too, so that moving it there loses nothing."""
    known = find(driver)
    return known is not None and known.vfio


def needs(driver: str | None) -> tuple[str, ...]:
    """Return the modules that the PMD of a device on this driver needs besides the driver's own."""
    known = find(driver)
    return known.needs if known else ()


def nodes(driver: str | None, bus: str) -> Nodes | None:
    """Return the nodes beside those of VFIO of a device on this driver, or on the one that its bus gives it later."""
    known = find(driver) or find(default(bus))
    return known.nodes if known else None


def without_pmd(driver: str, found: Sequence[Pmd]) -> str | None:
    """Return what the PMDs of a device work with, where all of them declare that and none of them this driver."""
    if not found or any(not each.kernel or each.names(driver) for each in found):
        return None
    return found[0].needs


def correct_spelling(text: str) -> str | None:
    """Return the driver that is meant by a name with the wrong dashes or underscores; None where the spelling is right."""
    if text in _BY_NAME:
        return None
    return next((each.name for each in TABLE if each.module == text.replace("-", "_")), None)
