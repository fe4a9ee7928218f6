# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices that vfio-pci denies: no earlier stage changes that, unless one sets the parameter that lifts its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import arguments
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import combined, failure
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import parameter, vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import handover
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

Result = Mapping[str, Any]


def refused(host: Host, found: Mapping[str, Sequence[Result]], bind: dict[str, Any]) -> dict[str, Any]:
    """Return the stage of the ports, as a failure where vfio-pci would deny a device that it does not have yet."""
    if bind.get("failed") or not vfio.denylist_in_force(host) or any(map(_lifts, found["modules"])):
        return bind
    made = {vf["address"]: pf["address"] for each in found["vfs"] for pf in _pfs(each) for vf in pf["vfs"]}
    has = {each["address"]: each["driver"] for each in bind["before"]["devices"]}
    moving = [each["address"] for each in bind["after"]["devices"] if each["driver"] == handover.VFIO]
    moving = [address for address in moving if has.get(address) != handover.VFIO]
    devices = _device.read(host, {*moving, *made.values()})
    denied = [
        handover.denied().about(each) for each in moving if _ids(devices, each, made.get(each, "")) in handover.DENIED
    ]
    return {**bind, "failed": True, **failure(combined(denied)), "actions": []} if denied else bind


def _lifts(module: Result) -> bool:
    """Whether a stage of a module lifts the list."""
    given = module["arguments"]
    named = arguments.name_of_module(given) == "vfio_pci"
    value = (given.get("params") or {}).get("disable_denylist")
    return named and not module.get("failed") and parameter.same("Y", parameter.text(value))


def _pfs(result: Result) -> Sequence[Result]:
    pfs: Sequence[Result] = (result.get("after") or {}).get("pfs", ())
    return pfs


def _ids(devices: Mapping[str, Device], address: str, pf: str) -> str:
    """Return vendor and device of a function; a VF, which may not be made yet, has those that its PF says."""
    maker = devices.get(pf)
    if maker is None or maker.sriov is None:
        return devices[address].ids
    return f"{maker.vendor_id}:{maker.sriov.vf_device_id}"
