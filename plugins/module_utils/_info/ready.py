# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Can a DPDK application start on a device as it is, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._info.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.offer import Offer
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.drivers import Driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Obstacle
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.pmds import Pmd

_BIND = "Bind it with dataplane.dpdk.dpdk_bind."


def obstacle(device: Device, have: Have) -> Obstacle | None:
    """Return why an application cannot use a device now, or None where it can."""
    if not device.answers:
        return handover.no_answer()
    known = drivers.find(device.driver)
    if known is not None:
        return _on_driver(device, known, have)
    if device.driver is None:
        return Obstacle("no_driver", "It has no driver.", (_BIND,))
    if drivers.is_vfio(device.driver):
        names = ", ".join(drivers.names())
        return Obstacle(
            "variant",
            f"{device.driver} is a VFIO driver, but DPDK knows only {names}.",
            ("Bind it to vfio-pci with dataplane.dpdk.dpdk_bind.",),
        )
    return Obstacle("kernel", f"It is on {device.driver}, which DPDK cannot work with.", (_BIND,))


def note(device: Device, have: Have) -> str | None:
    """Return what is to be known of a device that is ready for VFIO: that DPDK may have nothing that drives it."""
    if drivers.kind(device.driver) != drivers.VFIO or have.pmds.get(device.ids, ()):
        return None
    return f"It is ready for VFIO, but no DPDK driver is known for it ({device.ids})."


def _on_driver(device: Device, known: Driver, have: Have) -> Obstacle | None:
    found = have.pmds.get(device.ids, ())
    if known.kind == drivers.VFIO:
        return _elsewhere(known, found) or _unopened(device, have)
    if known.kind == drivers.UIO:
        return _not_by_uio(known, found) or _translated(device, have)
    return _without_offer(device, known, have.offers.get(device.address, Offer()), have, found)


def _elsewhere(known: Driver, found: Sequence[Pmd]) -> Obstacle | None:
    """The PMDs of a device may all work on top of a kernel driver alone."""
    others = [_home_of(each) for each in found]
    if not others or None in others:
        return None
    return Obstacle(
        "pmd",
        f"DPDK's driver for it ({_names(found)}) works with {found[0].needs}, not with {known.name}.",
        (f"Bind it to {others[0]}, unless a virtual machine is to have it.",),
    )


def _home_of(pmd: Pmd) -> str | None:
    """Return the kernel driver that a PMD works on top of, where that is all that it works with."""
    on_top = [each for each in drivers.TABLE if each.kind == drivers.BIFURCATED and not each.vfio]
    return next((each.name for each in on_top if any(map(pmd.names, (each.module, *each.needs[:1])))), None)


def _not_by_uio(known: Driver, found: Sequence[Pmd]) -> Obstacle | None:
    refused = drivers.without_pmd(known.name, found)
    if refused is None:
        return None
    return Obstacle(
        "pmd", f"DPDK's driver for it ({_names(found)}) works with {refused}, not with {known.name}.", (_BIND,)
    )


def _names(found: Iterable[Pmd]) -> str:
    return ", ".join(each.name for each in found)


def _unopened(device: Device, have: Have) -> Obstacle | None:
    """The first that the kernel looks at when an application opens the group."""
    group = handover.group_of(have.vfio, device)
    if group is None:
        return Obstacle(
            "no_iommu", "It is in no IOMMU group.", ("Run dataplane.dpdk.iommu_check; it names the cause.",)
        )
    others = handover.blockers(have.vfio, device, have.devices, {})
    regions = have.regions.get(group.number, ())
    found = [handover.not_viable(group, others)] if others else handover.unsafe(have.vfio, device, regions)
    return found[0] if found else None


def _translated(device: Device, have: Have) -> Obstacle | None:
    """UIO hands out physical addresses; an IOMMU that translates lets none of them through."""
    group = handover.group_of(have.vfio, device)
    if group is None or not (group.type or "").startswith("DMA"):
        return None
    return Obstacle(
        "translated",
        f"{device.driver} gives the device physical addresses, but the IOMMU translates "
        f"(group {group.number} has the type {group.type}).",
        ("Bind it to vfio-pci, or boot with iommu=pt.",),
    )


def _without_offer(device: Device, known: Driver, offer: Offer, have: Have, found: Sequence[Pmd]) -> Obstacle | None:
    """What the PMD of a device needs that stays on its kernel driver, and does not get."""
    on_top = f"DPDK's driver for it works on top of {known.name}"
    missing = [each for each in known.needs if not _has(each, device, offer, have)]
    if missing:
        text = f"{on_top} and needs {' and '.join(missing)}, not loaded now."
        return Obstacle("modules", text, ("Load what is named, or bind the device with dpdk_bind, which does.",))
    if known.queues and not found:
        return Obstacle("pmd", f"It is on {known.name}, and no DPDK driver is known for it ({device.ids}).", ())
    if not offer.node:
        return _without_node(known, on_top)
    if offer.infiniband:
        return _infiniband(device)
    if known.queues and not any(each.startswith(known.queues) for each in offer.queues):
        return Obstacle(
            "queues",
            f"{on_top} and takes work queues for users whose names begin with {known.queues}; none is enabled.",
            (f"Set one up with accel-config (type user, name {known.queues}0), or bind the device to vfio-pci.",),
        )
    return None


def _has(module: str, device: Device, offer: Offer, have: Have) -> bool:
    """Whether a module is there, by what it makes where that is seen: what is built in is not listed among those loaded."""
    made = bool(device.interfaces) if module.endswith("_en") else offer.node
    return module in have.loaded or made


def _without_node(known: Driver, on_top: str) -> Obstacle:
    node = f"a node of {known.nodes.subsystem}" if known.nodes else (known.node or "").replace("{address}", "ADDRESS")
    remedy = (
        f"Load {known.module} with {known.option}."
        if known.option
        else f"Look into the kernel log for why {known.name} made none."
    )
    return Obstacle("node", f"{on_top} and reaches it through {node}, which is not there.", (remedy,))


def _infiniband(device: Device) -> Obstacle:
    return Obstacle(
        "infiniband",
        "It is an InfiniBand port, and DPDK takes Ethernet ports only.",
        (
            f"Make it an Ethernet port with 'mlxconfig -d {device.address} set LINK_TYPE_P1=2' (for a second port LINK_TYPE_P2=2), "
            "then run mlxfwreset or switch the host off and on.",
        ),
    )
