# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The PFs that a task means: what each has, and what it should have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import eswitch, vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, Sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, VfWant, Want

if TYPE_CHECKING:
    # Not at run time: reading the host needs the targets, to know of which VFs it has to read more.
    from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.have import Have


WAITED = "Waited for the link of"  # how the action of the step begins


@dataclass(frozen=True)
class Target:
    """A PF as it is (``now``, ``settings``, ``eswitch_now``, ``is_up``, ``has_link``) and as it should be."""

    device: Device
    now: Sriov
    settings: dict[int, dict[str, Any]]
    eswitch_now: str | None
    is_up: bool
    has_link: bool
    num_vfs: int
    drivers_autoprobe: bool
    eswitch_mode: str | None
    up: bool
    vfs: dict[int, VfWant]

    @property
    def interface(self) -> str | None:
        """The PF's network interface, through which the settings of its VFs go."""
        return self.device.interfaces[0].name if self.device.interfaces else None

    @property
    def on_vfio(self) -> bool:
        """Whether the PF belongs to an application."""
        return self.device.driver == "vfio-pci"

    @property
    def switches(self) -> bool:
        """Whether the mode of the eswitch should change."""
        mode = self.eswitch_mode or self.eswitch_now
        return mode != (self.eswitch_now or eswitch.LEGACY) and mode is not None

    @property
    def remakes(self) -> bool:
        """Whether the VFs that are there go, and others are made."""
        return self.num_vfs != self.now.num_vfs or (self.switches and self.num_vfs > 0)

    @property
    def makes(self) -> bool:
        """Whether VFs are made."""
        return self.remakes and self.num_vfs > 0

    @property
    def has_settings(self) -> bool:
        """Whether settings of VFs are named."""
        return any(vf.settings for vf in self.vfs.values())

    def existing(self, index: int) -> str | None:
        """Return the address of a VF that is there and stays, or None."""
        return self.now.vfs[index] if not self.remakes and index < len(self.now.vfs) else None

    def driver(self, index: int) -> str | None:
        """Return the driver that is named for a VF, or None."""
        return self.vfs[index].driver if index in self.vfs else None


def resolve(have: Have, want: Want) -> Want:
    """Name the PFs by their addresses, which stay when interfaces are renamed and records dropped.

    Where PFs should be given back and none is named, these are all that were ever changed.
    """
    if want.restored and not want.pfs:
        changed = [address for address, known in sorted(have.records.items()) if known.vfs and address in have.devices]
        return replace(want, pfs=tuple(PfWant(address, None, None) for address in changed))
    found = [(pf, device) for pf in want.pfs for device in _named(have, want, pf)]
    return replace(
        want, pfs=tuple(replace(pf, device=each.address, sure=True, slot=None, many=False) for pf, each in found)
    )


def targets(have: Have, want: Want) -> list[Target]:
    """Find the PFs that are named; raise HostError for what is unknown, no PF, or named twice."""
    records = have.records
    found: dict[str, Target] = {}
    for pf in want.pfs:
        for device in _named(have, want, pf):
            if device.address in found:
                raise HostError(f"{device.label} is named twice.", "Name each PF once.")
            first = records[device.address].vfs if want.restored and device.address in records else None
            found[device.address] = _target(have, device, pf, first)
    return list(found.values())


def _named(have: Have, want: Want, pf: PfWant) -> list[Device]:
    # What is at an address is given back, also where another card took the place of the one that was changed.
    selector = Selector(pf.device, None, pf.slot, pf.many, sure=pf.sure or want.restored)
    return _selector.find_all(have.devices, have.records, selector)


def concerned(target: Target) -> list[str]:
    """Return the addresses of the VFs that go, or of which something is wanted."""
    return [vf for index, vf in enumerate(target.now.vfs) if target.remakes or index in target.vfs]


def taken(have: Have, target: Target) -> list[Device]:
    """Return the VFs that would go, or be taken from their driver."""
    found = []
    for index, address in enumerate(target.now.vfs):
        vf = have.devices.get(address)
        if vf is not None and (target.remakes or target.driver(index) not in (None, vf.driver)):
            found.append(vf)
    return found


def settings_to_set(target: Target) -> dict[int, dict[str, Any]]:
    """Return the settings by VF: what differs; or all, with those that the old VFs had, for VFs that are made again."""
    wanted = {index: dict(vf.settings) for index, vf in target.vfs.items() if vf.settings}
    if not target.remakes:
        have = target.settings
        found = {index: vf_settings.difference(have.get(index, {}), each) for index, each in wanted.items()}
    elif target.interface is None:
        found = wanted
    else:
        old = {index: each for index, each in worth_keeping(target).items() if index < target.num_vfs}
        found = {index: {**old.get(index, {}), **wanted.get(index, {})} for index in sorted({*old, *wanted})}
    return {index: each for index, each in found.items() if each}


def worth_keeping(target: Target) -> dict[int, dict[str, Any]]:
    """Return the settings of the VFs that are there which not every new VF has."""
    return {index: vf_settings.worth_keeping(each) for index, each in target.settings.items()}


def needing_link(target: Target) -> list[str]:
    """Return the settings to be set that many drivers take only while the PF has a link."""
    return sorted({name for each in settings_to_set(target).values() for name in vf_settings.needing_link(each)})


def waits_for_link(target: Target) -> list[str]:
    """Return the settings that the PF's driver takes only with a link, which it loses when VFs are made."""
    return needing_link(target) if target.device.driver in vf_settings.LINK_DRIVERS else []


def is_as_wanted(have: Have, target: Target) -> bool:
    """Whether a PF and its VFs are as the task wants them, so that there is nothing to do."""
    wanted = {index: vf.driver for index, vf in target.vfs.items() if vf.driver}
    found = {index: have.devices.get(target.existing(index) or "") for index in wanted}
    return not (
        target.remakes
        or target.switches
        or (target.up and not target.is_up)
        or target.drivers_autoprobe != target.now.drivers_autoprobe
        or settings_to_set(target)
        or any(vf is None or vf.driver != wanted[index] for index, vf in found.items())
    )


def _target(have: Have, device: Device, pf: PfWant, first: record.Vfs | None) -> Target:
    """Return a PF with what is wanted of it; what was found first goes before what is there now."""
    now = _device.require_sriov(device)
    first = first or record.Vfs(now.num_vfs, now.drivers_autoprobe)
    num_vfs = first.num_vfs if pf.num_vfs is None else pf.num_vfs
    return Target(
        device=device,
        now=now,
        settings=have.settings.get(device.interfaces[0].name, {}) if device.interfaces else {},
        eswitch_now=have.eswitch.get(device.address),
        is_up=any(port.name in have.up for port in device.interfaces),
        has_link=any(port.name in have.linked for port in device.interfaces),
        num_vfs=num_vfs,
        drivers_autoprobe=first.drivers_autoprobe if pf.drivers_autoprobe is None else pf.drivers_autoprobe,
        eswitch_mode=pf.eswitch_mode or first.eswitch_mode,
        up=pf.up,
        vfs=pf.vfs_of(num_vfs),
    )
