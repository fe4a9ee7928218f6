# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reasons not to change the VFs of a PF: each check yields an error with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_settings import difference, words, worth_keeping
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.owners import Owner
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import (
    Target,
    needing_link,
    taken,
    waits_for_link,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import Want

_MELLANOX = "15b3"
# These ask the PF for their address once, when they start, and make one up where it does not answer: "PF still in reset
# state. Is the PF interface up?" (drivers/net/ethernet/intel/igbvf/netdev.c, ixgbevf/ixgbevf_main.c).
_ASKING = {"igb": "igbvf", "ixgbe": "ixgbevf"}


def refusals(have: Have, want: Want, target: Target) -> Iterator[HostError | None]:
    """Yield every reason not to do what is wanted of a PF."""
    device, now = target.device, target.now
    if not 0 <= target.num_vfs <= now.total_vfs:
        yield _beyond(target)
        return
    yield from _wrong_settings(target)
    yield from _wrong_drivers(have, target)
    if target.switches and target.eswitch_now is None:
        yield HostError(
            f"devlink offers no eswitch mode for {device.label}, so it cannot be {target.eswitch_mode}.",
            "Leave eswitch_mode out for this PF, or install devlink (package iproute2) and the card's own driver.",
        )
    yield _without_link(target)
    if target.remakes:
        yield from _resize_refusals(have, want, target)
    for vf in taken(have, target):
        yield from _used(have, want, vf)


def _beyond(target: Target) -> HostError:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import sriov

    device, most = target.device, target.now.total_vfs
    firmware = device.vendor_id == _MELLANOX and target.num_vfs > 0
    return HostError(
        f"{device.label} cannot have {target.num_vfs} VFs: sriov_totalvfs is {most}.",
        f"Ask for 0 to {most} VFs.",
        *([sriov.firmware_remedy(device.address, target.num_vfs)] if firmware else []),
    )


def owners_of(have: Have, target: Target) -> list[Owner]:
    """Return the other tools that set the VFs of a PF."""
    return [owner for owner in have.owners if owner.sets(target.device)]


def foreign(have: Have, target: Target) -> HostError | None:
    """Refuse to change VFs that another tool makes: the two would fight at every boot."""
    found = [each for each in owners_of(have, target) if each.is_against(target.num_vfs)]
    if not found:
        return None
    return HostError(
        f"The VFs of {target.device.label} belong to {', '.join(each.text for each in found)}.",
        "Take the setting out there and let this module make the VFs, or leave this PF out here.",
    )


def warnings(have: Have, want: Want, target: Target) -> Iterator[str]:
    """Yield what is no reason to stop, and yet worth knowing."""
    label = target.device.label
    if target.on_vfio and want.persistent and target.num_vfs and not want.restored:
        if not have.sriov_at_boot:
            yield (
                f"After a reboot {label} will have no VFs: enable_sriov of vfio-pci is not set for the next boot. "
                "Set it with dataplane.dpdk.vfio_module."
            )
        if target.device.address not in have.bind_rules:
            yield (
                f"After a reboot {label} will not be on vfio-pci, and so have no VFs. "
                "Bind it with dataplane.dpdk.dpdk_bind."
            )
    if target.on_vfio and target.num_vfs:
        yield f"The VFs of {label} go when the PF is taken from vfio-pci, or that module is unloaded."
    yield from _unanswered(want, target)
    if needing_link(target) and not (target.has_link or target.up):
        yield f"{label} has no link now, and many drivers take {' and '.join(needing_link(target))} only with one."
    for index, vf in _vfs(have, target):
        settings = target.vfs[index].settings if index in target.vfs and not target.remakes else {}
        new_mac = "mac" in difference(target.settings.get(index, {}), settings)
        if new_mac and vf.driver is not None and not drivers.is_vfio(vf.driver):
            yield f"VF {index} of {label} keeps its old MAC address until {vf.driver} takes it again."


def _unanswered(want: Want, target: Target) -> Iterator[str]:
    asking = _ASKING.get(target.device.driver or "")
    found = [
        str(index)
        for index, vf in target.vfs.items()
        if "mac" in vf.settings and (vf.driver == asking or (vf.driver is None and target.drivers_autoprobe))
    ]
    if asking and found and not target.up and (want.persistent or not target.is_up):
        yield (
            f"{asking} makes up a MAC address for VF {', '.join(found)} of {target.device.label} where it starts while the "
            "PF is down, as at boot. Set up: true for this PF."
        )


def _wrong_settings(target: Target) -> Iterator[HostError]:
    label = target.device.label
    beyond = [index for index in target.vfs if index >= target.num_vfs]
    if beyond:
        yield HostError(
            f"VF {beyond[0]} of {label} is named, but there should be {target.num_vfs} VFs.",
            "Raise num_vfs, or take the VF out.",
        )
    set_ = [index for index, vf in target.vfs.items() if vf.settings]
    if set_ and target.on_vfio:
        yield HostError(
            f"{label} is on vfio-pci, so the application that opens it owns the settings of its VFs, and nothing else "
            f"can set those of VF {set_[0]}.",
            "Leave out all settings but driver, and give them to the application; or keep the PF on its native driver.",
        )
    elif target.up and target.interface is None:
        yield HostError(
            f"{label} has no network interface that could be set up.",
            "Leave up out, or bind the PF to its native network driver.",
        )
    elif set_ and target.interface is None:
        yield HostError(
            f"{label} has no network interface, so there is nobody to take the settings of VF {set_[0]}.",
            "Leave out all settings but driver, or bind the PF to its native network driver.",
        )


def _without_link(target: Target) -> HostError | None:
    """Refuse what the PF's driver will not take, before VFs are made for it."""
    needed = waits_for_link(target)
    if not needed or target.has_link or (target.up and not target.is_up):  # one that is set up will be waited for
        return None
    state, remedy = ("is down", "Set up: true for this PF") if not target.is_up else ("has no link", "Connect the PF")
    return HostError(
        f"{target.device.label} {state}, and {target.device.driver} takes {' and '.join(needed)} only with a link.",
        f"{remedy}, or leave {' and '.join(needed)} out.",
    )


def _wrong_drivers(have: Have, target: Target) -> Iterator[HostError]:
    for driver in sorted({vf.driver for vf in target.vfs.values() if vf.driver} & set(have.modules)):
        meant = drivers.correct_spelling(driver)
        if meant is not None:
            yield HostError(
                f"There is no driver {driver}.", f"Write {meant}: drivers and modules are spelt differently."
            )
            continue
        absent = _module.missing(have.modules[driver])
        if absent is not None:
            yield HostError(f"There is no driver {driver} below /sys/bus/pci/drivers. {absent.message}", *absent.remedy)
    for index, vf in _vfs(have, target):
        rule = have.bind_rules.get(vf.address)
        wanted = target.driver(index)
        if rule is not None and wanted not in (None, rule.driver):
            yield HostError(
                f"VF {index} of {target.device.label} should be on {wanted}, but dpdk_bind keeps {vf.address} on {rule.driver}.",
                "Decide for one of them: leave the driver out here, or change it with dataplane.dpdk.dpdk_bind.",
            )


def _resize_refusals(have: Have, want: Want, target: Target) -> Iterator[HostError | None]:
    device, now = target.device, target.now
    if device.driver is None:
        yield HostError(
            f"{device.address} has no driver, so it can have no VFs.", "Bind the PF to its native driver first."
        )
    if target.on_vfio and not have.enable_sriov:
        yield HostError(
            f"{device.address} is on vfio-pci, whose parameter enable_sriov is N.",
            "Set enable_sriov with dataplane.dpdk.vfio_module first.",
        )
    if now.num_vfs and target.num_vfs and not want.allow_recreate:
        yield HostError(
            f"{device.label} has {now.num_vfs} VFs; to {_goal(target)}, all of them would be removed with their settings: "
            f"{'; '.join(_summary(index, vf, target.settings.get(index, {})) for index, vf in _vfs(have, target))}.",
            "Set allow_recreate to accept that, when nothing uses the VFs: their settings and drivers are put back then.",
        )


def _goal(target: Target) -> str:
    return f"make the eswitch {target.eswitch_mode}" if target.switches else f"get {target.num_vfs}"


def _summary(index: int, vf: Device, settings: dict[str, Any]) -> str:
    return " ".join([f"VF {index} {vf.address}, driver {vf.driver or 'none'}", *words(worth_keeping(settings))])


def _used(have: Have, want: Want, vf: Device) -> Iterator[HostError | None]:
    yield guard.in_use(vf, have.network, want.consent)
    yield guard.held(vf, have.holders.get(vf.address, []))


def _vfs(have: Have, target: Target) -> list[tuple[int, Device]]:
    """Return the VFs that are there now."""
    return [(index, have.devices[vf]) for index, vf in enumerate(target.now.vfs) if vf in have.devices]
