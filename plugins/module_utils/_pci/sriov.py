# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PFs and the VFs they are to have: read, plan, describe, and the one write behind it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import usage as _usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.usage import Network
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import holders as _holders
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.holders import Holder
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import record, udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.rules import rules_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.udev import SriovRule
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step

_ENABLE_SRIOV = "/sys/module/vfio_pci/parameters/enable_sriov"
_SECONDS = 120.0  # drivers make VFs one by one, with firmware in between
# What sriov_numvfs_store and sriov_enable (drivers/pci/iov.c) and the drivers behind them answer.
_REMEDIES = {
    errno.ERANGE: "Ask for no more VFs than sriov_totalvfs says; the firmware of some cards limits it.",
    errno.ENOENT: "Bind the PF to its native driver first; one on vfio-pci needs the parameter enable_sriov.",
    errno.EBUSY: "Set the number of VFs to 0 first, and look whether the card's firmware has SR-IOV enabled.",
    errno.ENOMEM: "Enable SR-IOV and Above 4G Decoding in the firmware setup, or add the boot parameter pci=realloc.",
    errno.ENOSPC: "Ask for fewer VFs: the driver is out of a resource such as MSI-X vectors.",
    errno.EIO: "Update the card's firmware: its SR-IOV capability does not fit what the driver asks for.",
}


@dataclass(frozen=True)
class PfWant:
    """One PF: its number of VFs, and whether native drivers may take them (None: as it is)."""

    device: str
    num_vfs: int
    drivers_autoprobe: bool | None


@dataclass(frozen=True)
class Want:
    """The PFs, and what may be done to them."""

    pfs: tuple[PfWant, ...]
    allow_recreate: bool = False
    persistent: bool = True
    consent: Consent = guard.NONE


@dataclass(frozen=True)
class Have:
    """All that the plan rests on, read once."""

    devices: dict[str, Device]
    network: Network
    holders: dict[str, list[Holder]]
    enable_sriov: bool
    record_text: str | None
    rules_text: str | None

    @property
    def rules(self) -> dict[str, SriovRule]:
        """The rules that bring VFs back, by PF address."""
        return udev.parse_sriov(self.rules_text)


@dataclass(frozen=True)
class Target:
    """A PF as it is and as it is to be."""

    device: Device
    have: _device.Sriov
    num_vfs: int
    drivers_autoprobe: bool


def read(host: Host) -> Have:
    """Read the host."""
    devices = _device.scan(host)
    return Have(
        devices=devices,
        network=_usage.read(host),
        holders=_holders.scan(host, devices.values()),
        enable_sriov=(host.attr(_ENABLE_SRIOV) or "N") in ("Y", "1"),
        record_text=host.read(record.PATH),
        rules_text=host.read(udev.SRIOV_PATH),
    )


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state of the named PFs for ``before`` and ``after``."""
    return {
        "pfs": [
            _state(
                target.device.address,
                target.have.drivers_autoprobe,
                target.have.vfs,
                have.rules.get(target.device.address),
            )
            for target in resolve(have, want)
        ]
    }


def resolve(have: Have, want: Want) -> list[Target]:
    """Find the PFs; raise HostError for what is unknown, no PF, or named twice."""
    records = record.parse(have.record_text)
    targets: dict[str, Target] = {}
    for pf in want.pfs:
        device = _selector.find(have.devices, records, pf.device)
        sriov = _device.require_sriov(device)
        if device.address in targets:
            raise HostError(f"{device.label} is named twice.", "Name each PF once.")
        autoprobe = sriov.drivers_autoprobe if pf.drivers_autoprobe is None else pf.drivers_autoprobe
        targets[device.address] = Target(device, sriov, pf.num_vfs, autoprobe)
    return list(targets.values())


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that give the PFs their VFs, or raise HostError with every reason not to."""
    targets = resolve(have, want)
    raise_all(problem for target in targets for problem in _refusals(have, want, target))
    changing = [target for target in targets if _target_steps(target)]
    steps = record.remember_step(have.record_text, {each.device.address: _found(each) for each in changing})
    for target in targets:
        steps += _target_steps(target)
    rules = _wanted_rules(have, want, targets)
    text = udev.render_sriov(rules.values())
    if text != have.rules_text:
        steps.append(rules_step(udev.SRIOV_PATH, have.rules_text, text))
    after = [
        _state(target.device.address, target.drivers_autoprobe, _foretold(target), rules.get(target.device.address))
        for target in targets
    ]
    return Plan(tuple(steps), {"pfs": after})


def set_autoprobe(host: Host, address: str, enabled: bool) -> None:
    """Say whether native drivers may take the VFs that are made from now on."""
    path = f"{DEVICES}/{address}/sriov_drivers_autoprobe"
    host.write_attr(path, str(int(enabled)))
    now = host.attr(path)
    if now != str(int(enabled)):
        raise HostError(f"Wrote {int(enabled)} to {path}, but it reads {now}.")


def set_num_vfs(host: Host, address: str, number: int) -> None:
    """Set a PF's number of VFs, by way of 0 where the kernel wants it; count them afterwards.

    A driver that makes fewer VFs than asked still lets the write succeed.
    """
    path = f"{DEVICES}/{address}/sriov_numvfs"
    try:
        if number and host.attr(path) not in ("0", str(number)):
            host.write_attr(path, "0", _SECONDS)
        if host.attr(path) != str(number):
            host.write_attr(path, str(number), _SECONDS)
    except WriteError as error:
        remedy = _REMEDIES.get(error.errno or 0, "Look into the kernel log for the reason that the PF's driver gives.")
        raise HostError(f"{address} did not get {number} VFs. {error.message}", remedy, *error.remedy) from error
    made = sum(1 for name in host.names(f"{DEVICES}/{address}") if name.startswith("virtfn"))
    if made != number:
        raise HostError(
            f"{address} was to have {number} VFs, but its driver made {made}.",
            f"Ask for {made} VFs, or look into the kernel log for what the driver is out of.",
        )


def _refusals(have: Have, want: Want, target: Target) -> Iterator[HostError | None]:
    device, now = target.device, target.have
    if not 0 <= target.num_vfs <= now.total_vfs:
        yield HostError(
            f"{device.label} cannot have {target.num_vfs} VFs: sriov_totalvfs is {now.total_vfs}.",
            f"Ask for 0 to {now.total_vfs} VFs.",
        )
    elif device.driver == "vfio-pci" and want.persistent and target.num_vfs:
        yield HostError(
            f"{device.label} is on vfio-pci, so no network interface announces at boot that its VFs can be made.",
            "Set persistent to false for this PF.",
        )
    elif target.num_vfs != now.num_vfs:
        yield from _resize_refusals(have, want, target)


def _resize_refusals(have: Have, want: Want, target: Target) -> Iterator[HostError | None]:
    device, now = target.device, target.have
    if device.driver is None:
        yield HostError(
            f"{device.address} has no driver, so it can have no VFs.", "Bind the PF to its native driver first."
        )
    if device.driver == "vfio-pci" and not have.enable_sriov:
        yield HostError(
            f"{device.address} is on vfio-pci, whose parameter enable_sriov is N.",
            "Set enable_sriov with dataplane.dpdk.vfio_module first.",
        )
    if now.num_vfs and target.num_vfs and not want.allow_recreate:
        yield HostError(
            f"{device.label} has {now.num_vfs} VFs ({', '.join(now.vfs)}); to get {target.num_vfs}, "
            "all of them would be removed with their settings.",
            "Set allow_recreate to accept that, when nothing uses the VFs.",
        )
    yield from _vf_refusals(have, want, now.vfs)


def _vf_refusals(have: Have, want: Want, vfs: tuple[str, ...]) -> Iterator[HostError | None]:
    for vf in (have.devices[address] for address in vfs if address in have.devices):
        yield guard.in_use(vf, have.network, want.consent)
        yield guard.held(vf, have.holders.get(vf.address, []))


def _target_steps(target: Target) -> list[Step]:
    address, label, old = target.device.address, target.device.label, target.have
    steps = []
    if target.drivers_autoprobe != old.drivers_autoprobe:
        steps.append(
            Step(
                f"Turned drivers_autoprobe of {label} {'on' if target.drivers_autoprobe else 'off'}",
                lambda host: set_autoprobe(host, address, target.drivers_autoprobe),
                lambda host: set_autoprobe(host, address, old.drivers_autoprobe),
            )
        )
    if target.num_vfs != old.num_vfs:
        steps.append(
            Step(
                f"Set the number of VFs of {label} to {target.num_vfs} (was {old.num_vfs})",
                lambda host: set_num_vfs(host, address, target.num_vfs),
                lambda host: set_num_vfs(host, address, old.num_vfs),
            )
        )
    return steps


def _found(target: Target) -> Record:
    port = target.device.interfaces[0] if target.device.interfaces else None
    vfs = record.Vfs(target.have.num_vfs, target.have.drivers_autoprobe)
    return Record(interface=port.name if port else None, mac=port.mac if port else None, vfs=vfs)


def _wanted_rules(have: Have, want: Want, targets: list[Target]) -> dict[str, SriovRule]:
    named = {target.device.address for target in targets}
    others = {address: rule for address, rule in have.rules.items() if address not in named}
    if not want.persistent:
        return others
    wanted = {
        target.device.address: SriovRule(
            target.device.address,
            target.device.vendor_id,
            target.device.device_id,
            target.num_vfs,
            target.drivers_autoprobe,
        )
        for target in targets
        if target.num_vfs
    }
    return {**others, **wanted}


def _foretold(target: Target) -> tuple[str, ...]:
    if target.num_vfs == target.have.num_vfs:
        return target.have.vfs
    return tuple(_selector.foretold_vf(target.device, index) for index in range(target.num_vfs))


def _state(address: str, autoprobe: bool, vfs: tuple[str, ...], rule: SriovRule | None) -> dict[str, Any]:
    return {
        "address": address,
        "num_vfs": len(vfs),
        "drivers_autoprobe": autoprobe,
        "vfs": list(vfs),
        "persistent_num_vfs": rule.num_vfs if rule else None,
    }
