# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host has: its devices, and all that decides whether and how they may change drivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import named, native
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import owners as _owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.owners import Owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import KERNEL, NONE, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import firmware, vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import lockdown as _lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.lockdown import Lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, inventory, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network


@dataclass(frozen=True)
class Have:
    """All that the plan rests on, read once.

    ``modules`` are those of drivers that are not there yet, and of PMDs; ``natives`` are the kernel's own drivers, by
    address, of devices for which they are wanted.
    """

    devices: dict[str, Device]
    groups: dict[int, Group]
    network: Network
    modules: dict[str, Module]
    natives: dict[str, str]
    holders: dict[str, list[Holder]]
    owners: Owners
    lockdown: Lockdown
    platform: str | None
    noiommu: bool
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
    return Have(
        devices=devices,
        groups=_group.scan(host),
        network=_usage.read(host),
        modules=_modules(host, want, devices),
        natives=_natives(host, want, devices, record.parse(record_text)),
        holders=_holders.scan(host, devices.values()),
        owners=_owners.read(host),
        lockdown=_lockdown.read(host),
        platform=firmware.read(host).platform,
        noiommu=vfio.noiommu_enabled(host),
        record_text=record_text,
        rules_text=host.read(bind_rules.BIND_PATH),
    )


def _modules(host: Host, want: Want, devices: Mapping[str, Device]) -> dict[str, Module]:
    if want.restored:
        return {}
    buses = {device.bus for device in devices.values()}
    wanted = {entry.driver or drivers.default(bus) for entry in want.entries for bus in buses}
    absent = [name for name in wanted - {KERNEL, NONE} if not _driver.exists(host, name)]
    needed = [name for driver in {device.driver for device in devices.values()} for name in drivers.needs(driver)]
    return {name: _module.read(host, name) for name in sorted({*absent, *needed})}


def _natives(host: Host, want: Want, devices: Mapping[str, Device], records: Mapping[str, Record]) -> dict[str, str]:
    if want.restored:
        return {}
    wanted = [entry.selector for entry in want.entries if entry.driver == KERNEL]
    found = [
        each.device for selector in wanted for each in named.find(devices, records, selector, want.assume_prepared)
    ]
    return {device.address: native.find(host, device, records.get(device.address)) for device in found}
