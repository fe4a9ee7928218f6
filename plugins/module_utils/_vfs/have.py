# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PFs as they are, and as they are to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d, vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import admin_state, eswitch, vf_admin
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device, Sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules, sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import owners as vf_owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.owners import Owner
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import PfWant, VfWant, Want


@dataclass(frozen=True)
class Have:
    """All that the plan rests on, read once. Who uses what is looked up only where VFs are to be taken away.

    ``devices`` holds all but the VFs that nothing is to be done with, which can be hundreds.
    ``up`` holds the interfaces of PFs that are set up.
    """

    devices: dict[str, Device]
    network: Network | None
    holders: dict[str, list[Holder]]
    modules: dict[str, Module]
    settings: dict[str, dict[int, dict[str, Any]]]
    eswitch: dict[str, str | None]
    up: frozenset[str]
    owners: list[Owner]
    enable_sriov: bool
    sriov_at_boot: bool
    record_text: str | None
    rules_text: str | None
    bind_rules: dict[str, BindRule]

    @property
    def rules(self) -> dict[str, SriovRule]:
        """The rules that bring VFs back, by PF address."""
        return sriov_rules.parse(self.rules_text)


@dataclass(frozen=True)
class Target:
    """A PF as it is (``now``, ``settings``, ``eswitch_now``, ``is_up``) and as it is to be."""

    device: Device
    now: Sriov
    settings: dict[int, dict[str, Any]]
    eswitch_now: str | None
    is_up: bool
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
        """Whether the mode of the eswitch is to change."""
        mode = self.eswitch_mode or self.eswitch_now
        return mode != (self.eswitch_now or eswitch.LEGACY) and mode is not None

    @property
    def remakes(self) -> bool:
        """Whether the VFs that are there go, and others are made."""
        return self.num_vfs != self.now.num_vfs or (self.switches and self.num_vfs > 0)


def named(want: Want, records: Mapping[str, record.Record], devices: Collection[str]) -> Want:
    """Name all PFs that were ever changed, where PFs are to be given back and none is named."""
    if not want.restored or want.pfs:
        return want
    changed = [address for address, known in sorted(records.items()) if known.vfs and address in devices]
    return replace(want, pfs=tuple(PfWant(address, None, None) for address in changed))


def read(host: Host, want: Want) -> Have:
    """Read the host."""
    drivers = sorted({vf.driver for pf in want.pfs for vf in pf.vfs.values() if vf.driver})
    for driver in drivers:
        _driver.require_name(driver)
    devices = _device.scan_without_vfs(host)
    record_text = host.read(record.PATH)
    want = named(want, record.parse(record_text), devices)
    pfs = [each for each in devices.values() if each.sriov is not None]
    switching = want.restored or any(pf.eswitch_mode for pf in want.pfs)
    have = Have(
        devices=devices,
        network=None,
        holders={},
        modules={name: _module.read(host, name) for name in drivers if not _driver.exists(host, name)},
        settings=vf_admin.read(host) if any(each.interfaces for each in pfs) else {},
        eswitch={each.address: eswitch.read(host, each.address) for each in pfs if switching},
        up=frozenset(port.name for each in pfs for port in each.interfaces if admin_state.is_up(host, port.name)),
        owners=vf_owners.read(host),
        enable_sriov=vfio.sriov_enabled(host),
        sriov_at_boot=_sriov_at_boot(host),
        record_text=record_text,
        rules_text=host.read(sriov_rules.PATH),
        bind_rules=bind_rules.parse_bind(host.read(bind_rules.BIND_PATH)),
    )
    targets = resolve(have, want)
    concerned = _device.read(host, (vf for target in targets for vf in _concerned(target)))
    have = replace(have, devices={**devices, **concerned})
    if any(taken(have, target) for target in targets):
        return replace(have, network=_usage.read(host), holders=_holders.scan(host, concerned.values()))
    return have


def _concerned(target: Target) -> list[str]:
    """Return the addresses of the VFs that go, or of which something is wanted."""
    return [vf for index, vf in enumerate(target.now.vfs) if target.remakes or index in target.vfs]


def taken(have: Have, target: Target) -> list[Device]:
    """Return the VFs that would go, or be taken from their driver."""
    found = []
    for index, address in enumerate(target.now.vfs):
        vf = have.devices.get(address)
        driver = target.vfs[index].driver if index in target.vfs else None
        if vf is not None and (target.remakes or driver not in (None, vf.driver)):
            found.append(vf)
    return found


def _sriov_at_boot(host: Host) -> bool:
    """Whether vfio-pci will have enable_sriov after a reboot, by a file of modprobe.d or by a boot parameter."""
    option = modprobe_d.read(host).option("vfio_pci", "enable_sriov")
    return option is not None and option.on


def resolve(have: Have, want: Want) -> list[Target]:
    """Find the PFs; raise HostError for what is unknown, no PF, or named twice."""
    records = record.parse(have.record_text)
    targets: dict[str, Target] = {}
    for pf in want.pfs:
        device = _selector.find(have.devices, records, pf.device)
        _device.require_sriov(device)
        if device.address in targets:
            raise HostError(f"{device.label} is named twice.", "Name each PF once.")
        found = records[device.address].vfs if device.address in records else None
        targets[device.address] = _target(have, device, pf, found if want.restored else None)
    return list(targets.values())


def by_address(have: Have, want: Want) -> Want:
    """Name the PFs by their addresses, which stay when interfaces are renamed and records dropped."""
    want = named(want, record.parse(have.record_text), have.devices)
    found = zip(want.pfs, resolve(have, want))
    return replace(want, pfs=tuple(replace(pf, device=target.device.address) for pf, target in found))


def _target(have: Have, device: Device, pf: PfWant, found: record.Vfs | None) -> Target:
    """Return a PF with what is wanted of it; what was found first goes before what is there now."""
    now = _device.require_sriov(device)
    first = found or record.Vfs(now.num_vfs, now.drivers_autoprobe)
    return Target(
        device=device,
        now=now,
        settings=have.settings.get(device.interfaces[0].name, {}) if device.interfaces else {},
        eswitch_now=have.eswitch.get(device.address),
        is_up=any(port.name in have.up for port in device.interfaces),
        num_vfs=first.num_vfs if pf.num_vfs is None else pf.num_vfs,
        drivers_autoprobe=first.drivers_autoprobe if pf.drivers_autoprobe is None else pf.drivers_autoprobe,
        eswitch_mode=pf.eswitch_mode or first.eswitch_mode,
        up=pf.up,
        vfs=pf.vfs,
    )
