# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host has of PFs and VFs, and what else decides over them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d, vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import admin_state, carrier, eswitch, vf_admin
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules, sriov_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.bind_rules import BindRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.sriov_rules import SriovRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import owners as vf_owners
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.owners import Owner
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import (
    Target,
    concerned,
    resolve,
    taken,
    targets,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.want import Want

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network


@dataclass(frozen=True)
class Have:
    """All that the plan rests on, read once. Who uses what is looked up only where VFs are taken away.

    ``settings`` are read where the task names some, or VFs are made again.

    ``devices`` holds all but the VFs that nothing is done with, which can be hundreds.
    ``up`` holds the interfaces of PFs that are set up, ``linked`` those that have a link.
    """

    devices: dict[str, Device]
    network: Network | None
    holders: dict[str, list[Holder]]
    modules: dict[str, Module]
    settings: dict[str, dict[int, dict[str, Any]]]
    eswitch: dict[str, str | None]
    up: frozenset[str]
    linked: frozenset[str]
    owners: list[Owner]
    enable_sriov: bool
    sriov_at_boot: bool
    record_text: str | None
    rules_text: str | None
    bind_rules: dict[str, BindRule]

    @property
    def records(self) -> dict[str, Record]:
        """What the devices were before the first change, by address."""
        return record.parse(self.record_text)

    @property
    def rules(self) -> dict[str, SriovRule]:
        """The rules that bring VFs back, by PF address."""
        return sriov_rules.parse(self.rules_text)


def read(host: Host, want: Want) -> Have:
    """Read the host."""
    devices = _device.scan_without_vfs(host)
    pfs = [each for each in devices.values() if each.sriov is not None]
    names = [port.name for each in pfs for port in each.interfaces]
    switching = want.restored or any(pf.eswitch_mode for pf in want.pfs)
    have = Have(
        devices=devices,
        network=None,
        holders={},
        modules={name: _module.read(host, name, keys=()) for name in want.drivers if not _driver.exists(host, name)},
        settings={},
        eswitch={each.address: eswitch.read(host, each.address) for each in pfs if switching},
        up=frozenset(name for name in names if admin_state.is_up(host, name)),
        linked=frozenset(name for name in names if carrier.has(host, name)),
        owners=vf_owners.read(host),
        enable_sriov=vfio.sriov_enabled(host),
        sriov_at_boot=_sriov_at_boot(host),
        record_text=host.read(record.PATH),
        rules_text=host.read(sriov_rules.PATH),
        bind_rules=bind_rules.parse_bind(host.read(bind_rules.BIND_PATH)),
    )
    return _with_vfs(host, have, targets(have, resolve(have, want)))


def _with_vfs(host: Host, have: Have, pfs: list[Target]) -> Have:
    """Read the VFs that something is done with, their settings, and who uses what where some are taken away."""
    vfs = _device.read(host, (vf for target in pfs for vf in concerned(target)))
    settled = not any(target.interface and (target.remakes or target.has_settings) for target in pfs)
    have = replace(have, devices={**have.devices, **vfs}, settings={} if settled else vf_admin.read(host))
    if not any(taken(have, target) for target in pfs):
        return have
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders, usage

    return replace(have, network=usage.read(host), holders=holders.scan(host, vfs.values()))


def _sriov_at_boot(host: Host) -> bool:
    """Whether vfio-pci will have enable_sriov after a reboot, by a file of modprobe.d or by a boot parameter."""
    option = modprobe_d.read(host).option("vfio_pci", "enable_sriov")
    return option is not None and option.on
