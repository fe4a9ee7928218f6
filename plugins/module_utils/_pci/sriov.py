# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verbs that give a PF its VFs. One verb, one write, and what the kernel says to it."""

from __future__ import annotations

import errno

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import log, udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, driver_of
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.driver import DRIVERS

_SECONDS = 120.0  # drivers make VFs one by one, with firmware in between
_MELLANOX = "0x15b3"
# What sriov_numvfs_store and sriov_enable (drivers/pci/iov.c) and the drivers behind them answer.
_REMEDIES = {
    errno.ERANGE: "Ask for no more VFs than sriov_totalvfs says; the firmware of some cards limits it.",
    errno.ENOENT: "Bind the PF to a driver that can make VFs; on vfio-pci, set its parameter enable_sriov.",
    errno.EBUSY: "Set the number of VFs to 0 first, and look whether the card's firmware has SR-IOV enabled.",
    errno.ENOMEM: "Enable SR-IOV and Above 4G Decoding in the firmware setup, or add the boot parameter pci=realloc.",
    errno.ENOSPC: "Ask for fewer VFs: the driver is out of a resource such as MSI-X vectors.",
    errno.EIO: "Update the card's firmware: its SR-IOV capability does not fit what the driver asks for.",
    errno.EPERM: "Look whether VFs are assigned to virtual machines, or the card is in a mode that has no VFs.",
    errno.EINVAL: "Look whether the card is in a mode (eswitch, storage, lockdown of the firmware) that has no VFs.",
}
# The limit of a ConnectX sits in its firmware, whatever the errno.
_FIRMWARE_LIMITED = (errno.ERANGE, errno.EBUSY, errno.ENOMEM, errno.ENOENT, errno.EINVAL)


def set_autoprobe(host: Host, address: str, enabled: bool) -> None:
    """Say whether native drivers may take the VFs that are made from now on."""
    path = f"{DEVICES}/{address}/sriov_drivers_autoprobe"
    _write(host, path, str(int(enabled)))
    now = host.attr(path)
    if now != str(int(enabled)):
        raise HostError(
            f"Wrote {int(enabled)} to {path}, but it reads {now}.",
            "Look for another tool that sets the VFs of this PF.",
        )


def set_num_vfs(host: Host, address: str, number: int) -> None:
    """Set a PF's number of VFs, from 0 or to 0, and count them afterwards.

    A driver that makes fewer VFs than asked still lets the write succeed. The attribute is never read: that waits,
    without a deadline, for a write that is stuck (sriov_numvfs_show takes the lock of the device).
    """
    path, before = f"{DEVICES}/{address}/sriov_numvfs", log.lines(host)
    try:
        host.write_attr(path, str(number), _SECONDS)
    except WriteError as error:
        said = log.about(host, address, before)
        raise HostError(
            f"{address} did not get {number} VFs. {error.message}" + (f" The kernel said: {said}." if said else ""),
            *_remedies(host, address, number, error),
        ) from error
    made = len(addresses(host, address))
    if made != number:
        raise HostError(
            f"{address} should have {number} VFs, but its driver made {made}.",
            f"Ask for {made} VFs, or look into the kernel log for what the driver is out of.",
        )


def addresses(host: Host, address: str) -> list[str]:
    """Return the VFs that a PF has now, by its own links."""
    links = (name for name in host.names(f"{DEVICES}/{address}") if name.startswith("virtfn"))
    return [vf for vf in (host.link(f"{DEVICES}/{address}/{name}") for name in links) if vf is not None]


def firmware_remedy(address: str, number: int) -> str:
    """Return how to set the firmware of a ConnectX or BlueField so that it offers VFs."""
    return (
        f"Raise the firmware's limit with 'mlxconfig -d {address} set SRIOV_EN=1 NUM_OF_VFS={number}', "
        "then run mlxfwreset or switch the host off and on."
    )


def vf_address(host: Host, pf: str, index: int) -> str:
    """Return where a VF is, by the PF's own link."""
    found = host.link(f"{DEVICES}/{pf}/virtfn{index}")
    if found is None:
        raise HostError(
            f"VF {index} of {pf} is not there.", f"Look into the kernel log for what {pf} did with its VFs."
        )
    return found


def release(host: Host, address: str) -> None:
    """Let native drivers take the VFs that have none; that none wants them is no failure."""
    set_autoprobe(host, address, True)
    for vf in addresses(host, address):
        if driver_of(host, vf) is None:
            _write(host, f"{DRIVERS}_probe", vf)
    udev.settle(host)


def _write(host: Host, path: str, value: str) -> None:
    try:
        host.write_attr(path, value)
    except WriteError as error:
        remedy = error.remedy or ("Look into the kernel log, and whether the PF is still there.",)
        raise WriteError(error.message, error.errno, *remedy) from error


def _remedies(host: Host, address: str, number: int, error: WriteError) -> list[str]:
    cause = _REMEDIES.get(error.errno or 0)
    firmware = error.errno in _FIRMWARE_LIMITED and host.attr(f"{DEVICES}/{address}/vendor") == _MELLANOX
    found = [cause] if cause else []
    found += [firmware_remedy(address, number)] if firmware else []
    return [*found, *error.remedy] or ["Look into the kernel log for the reason that the PF's driver gives."]
