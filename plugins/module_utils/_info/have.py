# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that is shown of a host, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._info import kinds, names, offer
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.offer import Offer
from ansible_collections.dataplane.dpdk.plugins.module_utils._info.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages, modalias
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_admin
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import (
    buses,
    drivers,
    handover,
    inventory,
    nearby,
    pmds,
    record,
    vmbus,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.buses import Bus
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.handover import Region, Vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.pmds import Pmd
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import find_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules as _bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules as _sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network

# The modules through which DPDK takes PCI devices, and the one that maps memory for VFIO.
MODULES = ("vfio", "vfio_pci", "vfio_iommu_type1", "uio_pci_generic", "igb_uio")


@dataclass(frozen=True)
class Module:
    """Whether a module is loaded, and the live values of its parameters."""

    loaded: bool
    parameters: Mapping[str, str | None]


@dataclass(frozen=True)
class Kernel:
    """The running kernel, its boot parameters, and the identity of this boot."""

    release: str
    cmdline: str
    boot_id: str


@dataclass(frozen=True)
class Have:
    """A host; ``shown`` are the devices that the task asks about, ``devices`` those and all that say something of them, by
    address; ``addresses`` are those of all devices.

    ``names`` are those of vendor and device by vendor:device, ``known_by`` the kernel's drivers by the modalias that
    they know, ``pmds`` DPDK's drivers by vendor:device, ``offers`` what drivers that DPDK works on top of have for it, by
    address, ``regions`` those of the IOMMU groups of devices on VFIO, ``any_device`` the drivers that take any device of
    a bus, ``vf_settings`` those of a PF's VFs by its interface and their index.
    """

    devices: Mapping[str, Device]
    addresses: frozenset[str]
    shown: Sequence[Device]
    names: Mapping[str, tuple[str, str | None]]
    known_by: Mapping[str, Sequence[str]]
    pmds: Mapping[str, Sequence[Pmd]]
    offers: Mapping[str, Offer]
    vfio: Vfio
    regions: Mapping[int, Sequence[Region]]
    network: Network
    holders: Mapping[str, Sequence[Holder]]
    loaded: frozenset[str]
    any_device: Mapping[str, Sequence[str]]
    records: Mapping[str, Record]
    bind_rules: Mapping[str, BindRule]
    sriov_rules: Mapping[str, SriovRule]
    vf_settings: Mapping[str, Mapping[int, Mapping[str, Any]]]
    kernel: Kernel
    modules: Mapping[str, Module]
    hugepages: Sequence[Pool]


def read(host: Host, want: Want) -> Have:
    """Read the host; raise HostError where it lacks a device that the task names."""
    records = record.parse(host.read(record.PATH))
    near = nearby.read(host, want.devices, records)
    devices = inventory.scan(host) if near is None else {**near, **vmbus.scan(host)}
    groups = _group.scan(host) if near is None else _group.read(host, nearby.groups(near.values()))
    shown = _shown(devices, records, want)
    sriov_rules = _sriov_rules.parse(host.read(_sriov_rules.PATH))
    return Have(
        devices=devices,
        addresses=frozenset(devices).union(host.names(DEVICES)),
        shown=shown,
        names=names.read(host, (each.ids for each in shown)),
        known_by=_known_by(host, shown),
        pmds=pmds.find(each.ids for each in shown if each.bus == buses.PCI),
        offers={each.address: offer.read(host, each) for each in shown if drivers.is_bifurcated(each.driver)},
        vfio=handover.read(host, groups, any(drivers.is_vfio(each.driver) for each in devices.values())),
        regions=_regions(host, devices.values()),
        network=_usage.read(host, devices),
        holders=_holders.scan(host, devices.values()),
        loaded=frozenset(host.names("/sys/module")),
        any_device={bus.name: _any_device(host, bus) for bus in buses.TABLE},
        records=records,
        bind_rules=_bind_rules.parse_bind(host.read(_bind_rules.BIND_PATH)),
        sriov_rules=sriov_rules,
        vf_settings=vf_admin.read(host) if any(rule.vfs for rule in sriov_rules.values()) else {},
        kernel=Kernel(
            host.release(), host.attr("/proc/cmdline") or "", host.attr("/proc/sys/kernel/random/boot_id") or ""
        ),
        modules={name: _module(host, name) for name in MODULES},
        hugepages=hugepages.read(host),
    )


def _regions(host: Host, devices: Iterable[Device]) -> dict[int, tuple[Region, ...]]:
    found = {each.iommu_group for each in devices if drivers.kind(each.driver) == drivers.VFIO}
    return {number: handover.regions(host, number) for number in found if number is not None}


def _shown(devices: Mapping[str, Device], records: Mapping[str, Record], want: Want) -> list[Device]:
    named = [each for selector in want.devices for each in find_all(devices, records, selector)]
    return named or [each for each in devices.values() if each.bus == drivers.PCI and kinds.kind(each)]


def _known_by(host: Host, shown: Sequence[Device]) -> dict[str, list[str]]:
    modules = modalias.read(host, {each.modalias for each in shown})
    named = {module: _driver.of_module(host, module) for found in modules.values() for module in found}
    return {alias: [name for module in found for name in named[module]] for alias, found in modules.items()}


def _any_device(host: Host, bus: Bus) -> list[str]:
    """Return the drivers that take any device of a bus and that the kernel has now: its own, and those for DPDK."""
    known = [*([bus.native] if bus.native else []), *drivers.names(bus.name)]
    return [name for name in known if host.exists(f"/sys/bus/{bus.name}/drivers/{name}")]


def _module(host: Host, name: str) -> Module:
    path = f"/sys/module/{name}"
    values = {each: host.attr(f"{path}/parameters/{each}") for each in host.names(f"{path}/parameters")}
    return Module(host.exists(path), values)
