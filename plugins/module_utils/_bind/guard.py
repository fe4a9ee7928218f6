# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reasons not to move devices, what earlier tasks are expected to solve, and what the user should know.

Each check of one reason returns an error with its remedy, or None.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.owners import Owner, Owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.resolve import Target
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.lockdown import Lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, drivers, handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard as _use
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.pmds import Pmd

_LISTED = 4


def problems(have: Have, want: Want, targets: Sequence[Target]) -> list[HostError]:
    """Return every reason not to go on that no earlier task of the run is expected to solve."""
    goals = dict.fromkeys(target.goal.driver for target in targets if target.goal.driver and target.moves)
    found = [unknown(driver, have.modules) or have.denied.get(driver) for driver in goals]
    found += [have.denied.get(name) for target in targets for name in needed(target)]
    for target in targets:
        if target.moves:
            asked = want.of(target.own)
            found += _refusals(have, asked, target)
            found += [] if asked.group == "ignore" else [_group_problem(have, target, targets)]
    return [each for each in found if each is not None]


def assumed(have: Have, want: Want, targets: Sequence[Target]) -> list[HostError]:
    """Return what earlier tasks of the run are expected to solve: VFs that do not exist, an IOMMU that is off, a denylist."""
    if not want.assume_prepared:
        return []
    found = [
        target.missing or refused(have.vfio, target.device, target.goal.driver or "")
        for target in targets
        if (target.moves or target.missing)
        and kind(target.device, target.goal.driver or "", want.of(target.own).consent) is None
    ]
    return [each for each in found if each is not None]


def warnings(have: Have, want: Want, targets: Sequence[Target]) -> list[str]:
    """Return what the user should know of a plan that goes on."""
    if not (want.entries or want.restored):
        return ["No device is named, so nothing is done."]
    return [text for target in targets for text in _warnings(have, want.of(target.own), target, targets)]


def kept_by(have: Have, target: Target) -> Owner | None:
    """Return the other tool that keeps a device on the driver that is wanted."""
    owner = have.owners.driverctl.get(target.address)
    return owner if owner and owner.driver == target.goal.rule else None


def _refusals(have: Have, want: Want, target: Target) -> Iterator[HostError | None]:
    device, driver = target.device, target.goal.driver or ""
    nature = None if want.restored and device.is_bridge else kind(device, driver, want.consent)
    yield bus(device, driver)
    yield nature
    if not want.restored:
        yield owned(device, target.goal.rule, have.owners, want.takeover)
    here = have.modules[driver].available if driver in have.modules else True
    if target.rebinds and here and not want.consent.unlisted:
        yield unlisted(device, driver, have.unlisted)
    if target.rebinds:
        yield _use.in_use(device, have.network, want.consent)
        yield _use.held(device, have.holders.get(device.address, []))
        yield uio(device, driver, have.lockdown, have.pmds.get(device.ids, ()))
    if not want.assume_prepared and nature is None:
        yield refused(have.vfio, device, driver)


def _group_problem(have: Have, target: Target, targets: Iterable[Target]) -> HostError | None:
    planned = {each.address: each.goal.driver for each in targets}
    return not_viable(target.device, target.goal.driver or "", have.vfio, have.devices, planned)


def _warnings(have: Have, want: Want, target: Target, targets: Sequence[Target]) -> Iterator[str]:
    if target.missing:
        yield f"{target.address} does not exist yet; its address is predicted from the PF."
    problem = None if target.moves or want.group == "ignore" else _group_problem(have, target, targets)
    if problem:
        yield " ".join([problem.message, *problem.remedy])
    yield from uio_warnings(target.device, target.goal.driver or "", have.vfio, have.platform)
    yield from unsafe_warnings(have, target)
    owner = kept_by(have, target)
    if owner and want.persistent and not (want.takeover or want.restored):
        yield f"{owner.path} already keeps {target.address} on {owner.driver}, so no rule is written beside {owner.tool}."


def unknown(driver: str, modules: Mapping[str, Module]) -> HostError | None:
    """Refuse a driver that the kernel does not have, and that no module of it could bring; ``modules`` are by driver."""
    meant = drivers.correct_spelling(driver)
    if meant is not None:
        return HostError(f"There is no driver {driver}.", f"Write {meant}: drivers and modules are spelt differently.")
    absent = _module.missing(modules[driver]) if driver in modules else None
    if absent is None:
        return None
    return HostError(f"There is no driver {driver} below /sys/bus/pci/drivers. {absent.message}", *absent.remedy)


def needed(target: Target) -> tuple[str, ...]:
    """Return the modules that the PMD of a device needs which stays on its driver."""
    return () if target.rebinds else drivers.needs(target.device.driver)


def unlisted(device: Device, driver: str, found: Collection[tuple[str, str]]) -> HostError | None:
    """Refuse a driver whose ID table does not name the device: an override would make it probe the device all the same."""
    if (device.address, driver) not in found:
        return None
    return HostError(
        f"{driver} does not know {device.label} ({device.ids or device.modalias}): its ID table names no such device, and "
        "driver_override would make it take the device all the same.",
        "Name a driver that knows it, or driver: kernel; dataplane.dpdk.dpdk_info lists candidate_drivers.",
        "Set allow_unlisted where you know better, as for IDs that the driver was given by new_id.",
    )


def kind(device: Device, driver: str, consent: Consent) -> HostError | None:
    """Refuse what must not change drivers by its nature: bridges, bifurcated ports, PFs with VFs."""
    if not device.answers:
        return handover.no_answer().about(device.label)
    if device.is_bridge and not _frees_its_group(device, driver):
        return handover.bridge(device).about(device.address)
    if drivers.is_bifurcated(device.driver) and drivers.is_for_dpdk(driver) and not consent.bifurcated:
        return _bifurcated(device)
    if device.driver != driver and device.sriov is not None and device.sriov.num_vfs:
        return handover.pf_with_vfs(device.sriov.num_vfs).about(device.label)
    return None


def _bifurcated(device: Device) -> HostError:
    remedy = "set allow_bifurcated only for uses such as vDPA or handing a VF to a virtual machine."
    if drivers.works_on_vfio(device.driver):
        remedy = "or set allow_bifurcated to move it: DPDK's driver works on vfio-pci too."
    return HostError(
        f"{device.label} is on {device.driver}, and DPDK's driver for it works on top of that one.",
        f"Leave the port where it is and give it to DPDK as it is; {remedy}",
    )


def _frees_its_group(device: Device, driver: str) -> bool:
    """Whether a bridge goes without driver because the one that it has keeps its whole group from applications."""
    return not driver and _group.claims_dma(device.driver)


def bus(device: Device, driver: str) -> HostError | None:
    """Refuse a driver that is for devices of another bus."""
    known = drivers.find(driver)
    if known is None or known.bus == device.bus:
        return None
    return HostError(
        f"{device.label} {buses.find(device.bus).place}, and {driver} is for {buses.find(known.bus).devices}.",
        f"Leave the driver out, or write {drivers.default(device.bus)}; or name another device.",
    )


def refused(vfio: Vfio, device: Device, driver: str) -> HostError | None:
    """Refuse what the probe of a VFIO driver refuses."""
    obstacle = handover.refusal(vfio, device, driver)
    return obstacle.about(device.label) if obstacle else None


def not_viable(
    device: Device,
    driver: str,
    vfio: Vfio,
    devices: Mapping[str, Device],
    planned: Mapping[str, str | None],
) -> HostError | None:
    """Refuse a device whose IOMMU group holds others that would keep an application from opening it."""
    if not drivers.is_vfio(driver):
        return None
    others = handover.blockers(vfio, device, devices, planned)
    if not others:
        return None
    return HostError(
        f"IOMMU group {device.iommu_group} of {device.label} also holds {_group.listed(others)}; "
        "an application could not open the group (VFIO group is not viable).",
        *_viable_by(device, driver, others),
    )


def _viable_by(device: Device, driver: str, others: Sequence[Device]) -> list[str]:
    """Return what makes a group viable."""
    if device.pf in [each.address for each in others]:  # which vfio-pci takes only while it has no VFs
        return [
            f"Nothing keeps VFs apart from their PF here. Bind {device.pf} to {driver} before it has VFs, with enable_sriov, or "
            "move the card to a slot that isolates (ACS)."
        ]
    bridges = [each.label for each in others if each.is_bridge]
    found = [each.address for each in others if not each.is_bridge]
    remedy = [f"Bind {', '.join(found)} to {driver} in the same task, or unbind it."] if found else []
    if len(found) > _LISTED:
        remedy = [
            f"Bind all of them to {driver} in the same task (group_policy: bind_all), or unbind them; dataplane.dpdk.dpdk_info lists them "
            "(iommu_group_blockers)."
        ]
    if bridges:
        remedy.append(
            f"Take {', '.join(bridges[:_LISTED])} from its driver (driver: none): only its hot-plug is lost, or move the card to a "
            "slot that isolates (ACS)."
        )
    return remedy


def unsafe_warnings(have: Have, target: Target) -> list[str]:
    """Warn that the kernel will refuse a device to applications, though it binds."""
    if not drivers.is_vfio(target.goal.driver):
        return []
    found = handover.unsafe(have.vfio, target.device, have.regions.get(target.device.iommu_group or 0, ()))
    errors = [each.about(target.device.label) for each in found]
    return [" ".join([each.message, *each.remedy]) for each in errors]


def owned(device: Device, driver: str | None, owners: Owners, takeover: bool) -> HostError | None:
    """Refuse a device that another tool keeps on a different driver: both would bind it in turn."""
    saved = owners.driverctl.get(device.address)
    if saved and saved.driver != driver and not takeover:
        return HostError(
            f"driverctl keeps {device.label} on {saved.driver} ({saved.path}).",
            f"Run '{saved.command}', or set takeover to move it to this module.",
        )
    taken = owners.vfio_ids.get(device.ids)
    if taken and driver not in (None, taken.driver):
        return HostError(
            f"{taken.path} gives every {device.ids} to vfio-pci, {device.label} among them.",
            f"Take {device.ids} out of {taken.path}.",
        )
    return None


def uio(device: Device, driver: str, lockdown: Lockdown, pmds: Sequence[Pmd] = ()) -> HostError | None:
    """Refuse a UIO driver that would bind and then not work."""
    if not drivers.is_uio(driver):
        return None
    if lockdown.forbids_direct_access:
        return HostError(
            f"{driver} gives {device.label} to userspace directly, and {lockdown.story}: "
            "the bind would succeed and the application fail.",
            "Use vfio-pci.",
        )
    if not drivers.has_interrupt(driver, device.intx and device.pf is None):
        return HostError(
            f"{device.label} has no legacy interrupt (INTx), which uio_pci_generic needs.",
            "Use vfio-pci, or igb_uio where there is no IOMMU.",
        )
    wanted = drivers.without_pmd(driver, pmds)
    if wanted is not None:
        return HostError(
            f"DPDK's driver for {device.label} ({', '.join(each.name for each in pmds)}) works with {wanted}, not with {driver}.",
            "Use one of those.",
        )
    return None


def uio_warnings(device: Device, driver: str, vfio: Vfio, platform: str | None) -> list[str]:
    """Warn that the IOMMU will stop the DMA of a device on a UIO driver."""
    group = handover.group_of(vfio, device)
    if not drivers.is_uio(driver) or group is None or not (group.type or "").startswith("DMA"):
        return []
    token = "iommu.passthrough=1" if platform == "arm" else "iommu=pt"
    return [
        f"The IOMMU translates for {device.address} (group {group.number}, {group.type}), and {driver} cannot set that up: "
        f"DMA will fail. Boot with {token}, or use vfio-pci."
    ]
