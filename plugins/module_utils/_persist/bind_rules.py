# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""udev rules that keep drivers as they were set, rendered and parsed back.

Events drive them, so a reboot, a hot-plug, a reloaded driver and re-created VFs are covered alike,
and no agent is needed. One file a noun, one block a device; the vendor and device ID are part of
each match, so that another card that appears at the same address is left alone. A network device of the
VMBus has a GUID for an address, which is its own, and its class instead of the IDs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address

BIND_PATH = "/etc/udev/rules.d/65-dataplane-dpdk-bind.rules"
_HEAD = """\
# Written by the Ansible module dataplane.dpdk.{module}; changes made here are lost.
# These rules also undo a change by hand: remove them with the module, not around it.
"""
# The driver that the initramfs let in first is moved aside; an override alone never unbinds.
# A device that its driver refuses stays without one, and the reason is in the kernel log.
_BIND = """\

# {address} {driver}
ACTION=="add", SUBSYSTEM=="{bus}", KERNEL=="{address}", {ids}, ATTR{{driver_override}}="{driver}"
ACTION=="add|bind", SUBSYSTEM=="{bus}", KERNEL=="{address}", {ids}, DRIVER!="{driver}", \
RUN{{builtin}}+="kmod load {module}", RUN+="/bin/sh -c 'cd /sys/bus/{bus}/devices/%k && \
echo {driver} > driver_override; if [ -e driver ]; then echo %k > driver/unbind; fi; \
echo %k > /sys/bus/{bus}/drivers_probe'"
"""
# The name none matches no driver, so nothing takes the device; one that was there before is made to let go.
_UNBIND = """\

# {address} {driver}
ACTION=="add", SUBSYSTEM=="{bus}", KERNEL=="{address}", {ids}, ATTR{{driver_override}}="{driver}"
ACTION=="add|bind", SUBSYSTEM=="{bus}", KERNEL=="{address}", {ids}, DRIVER=="?*", \
RUN+="/bin/sh -c 'echo %k > /sys/bus/{bus}/devices/%k/driver/unbind'"
"""
_IDS = 'ATTR{{vendor}}=="0x{vendor}", ATTR{{device}}=="0x{device}"'
_NETWORK = 'ATTR{class_id}=="{f8615163-df3e-46c5-913f-f2d2f965ed0e}"'
_BIND_MARK = re.compile(
    r'^# (\S+) (\S+)\n.*?(?:ATTR\{vendor\}=="0x(\w+)", ATTR\{device\}=="0x(\w+)"|ATTR\{class_id\}==)', re.MULTILINE
)


@dataclass(frozen=True)
class BindRule:
    """A device that is to be on a driver, whoever takes it first."""

    address: str
    vendor_id: str
    device_id: str
    driver: str


def render_bind(rules: Iterable[BindRule]) -> str | None:
    """Return the text of the file, or None where there is no rule and no file is needed."""
    blocks = [
        (_UNBIND if rule.driver == "none" else _BIND).format(
            address=rule.address,
            driver=rule.driver,
            module=rule.driver.replace("-", "_"),
            bus=_address.bus(rule.address),
            ids=_IDS.format(vendor=rule.vendor_id, device=rule.device_id) if rule.vendor_id else _NETWORK,
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
