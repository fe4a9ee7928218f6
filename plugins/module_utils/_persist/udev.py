# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""udev rules that keep drivers and VFs as they were set, rendered and parsed back.

Events drive them, so a reboot, a hot-plug, a reloaded driver and re-created VFs are covered alike,
and no agent is needed. One file a noun, one block a device; the vendor and device ID are part of
each match, so that another card that appears at the same address is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

BIND_PATH = "/etc/udev/rules.d/65-dataplane-dpdk-bind.rules"
SRIOV_PATH = "/etc/udev/rules.d/65-dataplane-dpdk-sriov.rules"
_HEAD = """\
# Written by the Ansible module dataplane.dpdk.{module}; changes made here are lost.
# These rules also undo a change by hand: remove them with the module, not around it.
"""
# The driver that the initramfs let in first is moved aside; an override alone never unbinds.
# A device that its driver refuses stays without one, and the reason is in the kernel log.
_BIND = """\

# {address} {driver}
ACTION=="add", SUBSYSTEM=="pci", KERNEL=="{address}", {ids}, ATTR{{driver_override}}="{driver}"
ACTION=="add|bind", SUBSYSTEM=="pci", KERNEL=="{address}", {ids}, DRIVER!="{driver}", \
RUN{{builtin}}+="kmod load {module}", RUN+="/bin/sh -c 'cd /sys/bus/pci/devices/%k && \
echo {driver} > driver_override; if [ -e driver ]; then echo %k > driver/unbind; fi; \
echo %k > /sys/bus/pci/drivers_probe'"
"""
# The name none matches no driver, so nothing takes the device; one that was there before is made to let go.
_UNBIND = """\

# {address} {driver}
ACTION=="add", SUBSYSTEM=="pci", KERNEL=="{address}", {ids}, ATTR{{driver_override}}="{driver}"
ACTION=="add|bind", SUBSYSTEM=="pci", KERNEL=="{address}", {ids}, DRIVER=="?*", \
RUN+="/bin/sh -c 'echo %k > /sys/bus/pci/devices/%k/driver/unbind'"
"""
# The PF's driver has to be there before VFs can be: its network interface says that it is.
_SRIOV = """\

# {address} {num_vfs} {autoprobe}
ACTION=="add", SUBSYSTEM=="net", KERNELS=="{address}", ATTRS{{vendor}}=="0x{vendor}", \
ATTRS{{device}}=="0x{device}", ATTR{{device/sriov_drivers_autoprobe}}="{autoprobe}", \
ATTR{{device/sriov_numvfs}}="{num_vfs}"
"""
_BIND_MARK = re.compile(r'^# (\S+) (\S+)\n.*?ATTR\{vendor\}=="0x(\w+)", ATTR\{device\}=="0x(\w+)"', re.MULTILINE)
_SRIOV_MARK = re.compile(
    r'^# (\S+) (\d+) ([01])\n.*?ATTRS\{vendor\}=="0x(\w+)", ATTRS\{device\}=="0x(\w+)"', re.MULTILINE
)


@dataclass(frozen=True)
class BindRule:
    """A device that is to be on a driver, whoever takes it first."""

    address: str
    vendor_id: str
    device_id: str
    driver: str


@dataclass(frozen=True)
class SriovRule:
    """A PF that is to have a number of VFs as soon as its own driver is there."""

    address: str
    vendor_id: str
    device_id: str
    num_vfs: int
    drivers_autoprobe: bool


def render_bind(rules: Iterable[BindRule]) -> str | None:
    """Return the text of the file, or None where there is no rule and no file is needed."""
    blocks = [
        (_UNBIND if rule.driver == "none" else _BIND).format(
            address=rule.address,
            driver=rule.driver,
            module=rule.driver.replace("-", "_"),
            ids=f'ATTR{{vendor}}=="0x{rule.vendor_id}", ATTR{{device}}=="0x{rule.device_id}"',
        )
        for rule in sorted(rules, key=lambda rule: rule.address)
    ]
    return _HEAD.format(module="dpdk_bind") + "".join(blocks) if blocks else None


def parse_bind(text: str | None) -> dict[str, BindRule]:
    """Return the rules of a file by address; what ``render_bind`` did not write is passed over."""
    found = (
        BindRule(address, vendor, device, driver) for address, driver, vendor, device in _BIND_MARK.findall(text or "")
    )
    return {rule.address: rule for rule in found}


def render_sriov(rules: Iterable[SriovRule]) -> str | None:
    """Return the text of the file, or None where there is no rule and no file is needed."""
    blocks = [
        _SRIOV.format(
            address=rule.address,
            vendor=rule.vendor_id,
            device=rule.device_id,
            num_vfs=rule.num_vfs,
            autoprobe=int(rule.drivers_autoprobe),
        )
        for rule in sorted(rules, key=lambda rule: rule.address)
    ]
    return _HEAD.format(module="sriov_vfs") + "".join(blocks) if blocks else None


def parse_sriov(text: str | None) -> dict[str, SriovRule]:
    """Return the rules of a file by address; what ``render_sriov`` did not write is passed over."""
    found = (
        SriovRule(address, vendor, device, int(num_vfs), autoprobe == "1")
        for address, num_vfs, autoprobe, vendor, device in _SRIOV_MARK.findall(text or "")
    )
    return {rule.address: rule for rule in found}
