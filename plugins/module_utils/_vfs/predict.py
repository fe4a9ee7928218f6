# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host as it will be once PFs have what they should have, as far as that is described."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import Target


def predict(have: Have, targets: Iterable[Target]) -> Have:
    """Return what will be read of the host once the targets have what is wanted; its files are not part of this."""
    for target in targets:
        have = replace(
            have,
            devices={**have.devices, target.device.address: _pf(target), **_vfs(have, target)},
            settings={**have.settings, target.interface: _settings(target)} if target.interface else have.settings,
            eswitch={**have.eswitch, target.device.address: _mode(target)},
            up=have.up | {port.name for port in target.device.interfaces if target.up},
        )
    return have


def _pf(target: Target) -> Device:
    vfs = tuple(_address(target, index) for index in range(target.num_vfs))
    sriov = replace(target.now, num_vfs=len(vfs), vfs=vfs, drivers_autoprobe=target.drivers_autoprobe)
    return replace(target.device, sriov=sriov)


def _vfs(have: Have, target: Target) -> dict[str, Device]:
    """Return the VFs whose driver is named. One that is yet to be made is known by its address and its PF alone."""
    found = {}
    for index, vf in target.vfs.items():
        if vf.driver is not None:
            address = _address(target, index)
            pf = replace(
                target.device, address=address, interfaces=(), representors=(), pf=target.device.address, sriov=None
            )
            found[address] = replace(have.devices.get(address, pf), driver=vf.driver)
    return found


def _address(target: Target, index: int) -> str:
    return target.existing(index) or _selector.predicted_vf_address(target.device, index)


def _settings(target: Target) -> dict[int, dict[str, Any]]:
    wanted = {index: vf.settings for index, vf in target.vfs.items()}
    return {
        index: {**target.settings.get(index, {}), **wanted.get(index, {})}
        for index in sorted({*target.settings, *wanted})
    }


def _mode(target: Target) -> str | None:
    return target.eswitch_mode if target.switches else target.eswitch_now
