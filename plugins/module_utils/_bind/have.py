# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host has: its devices, and all that decides whether and how they may change drivers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import named
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import owners as _owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.owners import Owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.resolve import resolve, targets
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import KERNEL, NONE, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import firmware, modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import lockdown as _lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.lockdown import Lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.modprobe_d import Configuration
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, handover, inventory, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Region, Vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.pmds import Pmd
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network


@dataclass(frozen=True)
class Have:
    """All that the plan rests on, read once. Who uses what is looked up only where a device changes its driver.

    ``modules`` are those of drivers that are not there yet, and of PMDs, and ``denied`` says why one of them cannot be loaded;
    ``instead`` is what runs instead of loading one, by the module's name;
    ``unlisted`` are addresses with drivers that do not know the device; ``natives`` are the kernel's own drivers, by
    address, of devices for which they are wanted; ``pmds`` are DPDK's, by the IDs of devices that should be on UIO;
    ``regions`` are those of the IOMMU groups of the named devices.
    """

    devices: dict[str, Device]
    vfio: Vfio
    network: Network | None
    modules: dict[str, Module]
    denied: dict[str, HostError]
    instead: dict[str, tuple[str, ...]]
    natives: dict[str, str]
    unlisted: frozenset[tuple[str, str]]
    pmds: dict[str, list[Pmd]]
    regions: dict[int, tuple[Region, ...]]
    holders: dict[str, list[Holder]]
    owners: Owners
    lockdown: Lockdown
    platform: str | None
    record_text: str | None
    rules_text: str | None

    @property
    def records(self) -> dict[str, Record]:
        """What the devices were before the first change, by address."""
        return record.parse(self.record_text)

    @property
    def rules(self) -> dict[str, BindRule]:
        """The rules that keep devices on their drivers, by address."""
        return bind_rules.parse_bind(self.rules_text)


def read(host: Host, want: Want) -> Have:
    """Read the host."""
    devices = inventory.scan(host)
    record_text = host.read(record.PATH)
    records = record.parse(record_text)
    meant = _meant(want, devices, records)
    natives = _natives(host, meant, records)
    modules = _modules(host, _wanted(want, records, meant, natives), {} if want.restored else devices)
    configured = modprobe_d.read(host)
    have = Have(
        devices=devices,
        vfio=handover.read(host, _group.scan(host), not want.restored),
        network=None,
        modules=modules,
        denied=_denied(host, configured, modules),
        instead=_instead(configured, modules.values()),
        natives=natives,
        pmds=_pmds(meant),
        unlisted=_unlisted(host, meant, records),
        regions=_regions(host, [device for device, dummy in meant]),
        holders={},
        owners=_owners.read(host),
        lockdown=_lockdown.read(host),
        platform=firmware.read(host).platform,
        record_text=record_text,
        rules_text=host.read(bind_rules.BIND_PATH),
    )
    moving = any(target.rebinds for target in targets(have, resolve(have, want)))
    return _with_users(host, have) if moving else have


def _with_users(host: Host, have: Have) -> Have:
    """Read who uses what; imported here, since that is a third of all code and a ready host does without it."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders, usage

    return replace(have, network=usage.read(host), holders=holders.scan(host, have.devices.values()))


def _meant(want: Want, devices: Mapping[str, Device], records: Mapping[str, Record]) -> list[tuple[Device, str | None]]:
    """Return the devices that the task names, each with the driver or word that it gives for it."""
    if want.restored:
        return []
    return [
        (each.device, entry.driver)
        for entry in want.entries
        for each in named.find(devices, records, entry.selector, want.assume_prepared)
    ]


def _wanted(
    want: Want,
    records: Mapping[str, Record],
    meant: Iterable[tuple[Device, str | None]],
    natives: Mapping[str, str],
) -> set[str]:
    """Return the drivers that devices are to have, or may get back."""
    if want.restored:
        return {each.binding.driver for each in records.values() if each.binding and each.binding.driver}
    named_here = {driver or drivers.default(device.bus) for device, driver in meant}
    return {*(named_here - {KERNEL, NONE}), *natives.values()}


def _modules(host: Host, wanted: Iterable[str], devices: Mapping[str, Device]) -> dict[str, Module]:
    absent = [name for name in wanted if not _driver.exists(host, name)]
    needed = [name for driver in {device.driver for device in devices.values()} for name in drivers.needs(driver)]
    return {name: _module.read(host, name, keys=()) for name in sorted({*absent, *needed})}


def _denied(host: Host, configured: Configuration, modules: Mapping[str, Module]) -> dict[str, HostError]:
    absent = {name: module.name for name, module in modules.items() if not module.present}
    if not absent:
        return {}
    from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import denied

    found = {name: denied.refusal(host, configured, module) for name, module in absent.items()}
    return {name: error for name, error in found.items() if error is not None}


def _instead(configured: Configuration, modules: Iterable[Module]) -> dict[str, tuple[str, ...]]:
    found = {module.name: configured.install_of(module.name) for module in modules}
    return {
        name: tuple(f"{each.path}: install {each.text}" for each in lines) for name, lines in found.items() if lines
    }


def _natives(host: Host, meant: Iterable[tuple[Device, str | None]], records: Mapping[str, Record]) -> dict[str, str]:
    wanted = [device for device, driver in meant if driver == KERNEL]
    if not wanted:
        return {}
    from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import native

    return {device.address: native.find(host, device, records.get(device.address)) for device in wanted}


def _unlisted(
    host: Host, meant: Iterable[tuple[Device, str | None]], records: Mapping[str, Record]
) -> frozenset[tuple[str, str]]:
    doubtful = list(_doubtful(meant, records))
    if not doubtful:
        return frozenset()
    from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import native

    return native.unlisted(host, doubtful)


def _doubtful(
    meant: Iterable[tuple[Device, str | None]], records: Mapping[str, Record]
) -> Iterable[tuple[Device, str]]:
    """Yield the devices that a driver of the kernel is named for, which it has not and never had."""
    for device, driver in meant:
        known = records.get(device.address, Record()).binding
        if driver not in (None, KERNEL, NONE, device.driver, known and known.driver):
            yield device, str(driver)


def _pmds(meant: Iterable[tuple[Device, str | None]]) -> dict[str, list[Pmd]]:
    ids = {device.ids for device, driver in meant if drivers.is_uio(driver) and device.bus == drivers.PCI}
    if not ids:
        return {}
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import pmds  # large, and rarely needed

    return pmds.find(ids)


def _regions(host: Host, meant: Iterable[Device]) -> dict[int, tuple[Region, ...]]:
    found = {device.iommu_group for device in meant}
    return {number: handover.regions(host, number) for number in found if number is not None}
