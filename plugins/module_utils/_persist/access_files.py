# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that let members of a group run DPDK applications, rendered and parsed back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address

RULES = "/etc/udev/rules.d/66-dataplane-dpdk-access.rules"
LIMITS = "/etc/security/limits.d/dataplane-dpdk.conf"
UNITS = "/etc/systemd/system"
DROP_IN = "50-dataplane-dpdk.conf"
MODE = "0660"
UNLIMITED = "unlimited"
HEAD = "# Written by the Ansible module dataplane.dpdk.access; changes made here are lost.\n"
_MARK = "# For the group {group}. Users added to it: {users}\n"
_COMMON = """
ACTION!="remove", SUBSYSTEM=="misc", KERNEL=="iommu", GROUP="{group}", MODE="{mode}"
"""
# The number of an IOMMU group differs from boot to boot, and a group node says nothing of its devices: sysfs does.
# A node is named by the number alone (%k), for which udev's %n is empty, and noiommu-0 in no-IOMMU mode.
_PCI = """
# {address}
ACTION!="remove", SUBSYSTEM=="vfio", TEST=="/sys/kernel/iommu_groups/%k/devices/{address}", GROUP="{group}", MODE="{mode}"
ACTION!="remove", SUBSYSTEM=="vfio", KERNEL=="noiommu-*", TEST=="/sys/kernel/iommu_groups/%n/devices/{address}", \
GROUP="{group}", MODE="{mode}"
ACTION!="remove", SUBSYSTEM=="vfio-dev", KERNELS=="{address}", GROUP="{group}", MODE="{mode}"
"""
# The numbers of such nodes differ from boot to boot too; the device that a node belongs to is above it in sysfs.
_NODES = """\
ACTION!="remove", SUBSYSTEM=="{subsystem}", KERNELS=="{address}", GROUP="{group}", MODE="{mode}"
"""
_VMBUS = "\n# {address}\n"
_BUSES = {"pci": _PCI, "vmbus": _VMBUS}
_MARKED = re.compile(r"^# For the group (\S+)\. Users added to it: (.*)$", re.MULTILINE)
_ADDRESS = re.compile(r"^# (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Rules:
    """The group, the users that were added to it, and the devices.

    ``nodes`` are the udev subsystems of nodes beside those of VFIO, for devices that have some, by address.
    """

    group: str
    users: tuple[str, ...]
    devices: tuple[str, ...]
    nodes: Mapping[str, str] = field(default_factory=dict)


def render_rules(rules: Rules) -> str:
    """Return the text of the udev rules."""
    blocks = []
    for address in sorted(rules.devices):
        given = {"address": address, "group": rules.group, "mode": MODE}
        blocks.append(_BUSES[_address.bus(address)].format(**given))
        if address in rules.nodes:
            blocks.append(_NODES.format(subsystem=rules.nodes[address], **given))
    mark = _MARK.format(group=rules.group, users=" ".join(rules.users) or "none")
    return HEAD + mark + _COMMON.format(group=rules.group, mode=MODE) + "".join(blocks)


def parse_rules(text: str | None) -> Rules | None:
    """Return what ``render_rules`` wrote, or None where there is no such file."""
    match = _MARKED.search(text or "")
    if text is None or match is None:
        return None
    users = tuple(each for each in match[2].split() if each != "none")
    devices = tuple(each for each in _ADDRESS.findall(text) if _address.parse(each) == each)
    return Rules(match[1], users, devices)


def render_limits(group: str, memlock: str | None) -> str | None:
    """Return the limits of the group's logins; ``memlock`` is in KiB or unlimited, None for no limit of ours."""
    return None if memlock is None else f"{HEAD}@{group} - memlock {memlock}\n"


def render_drop_in(group: str, memlock: str | None) -> str:
    """Return the drop-in of a service: PAM's limits do not reach services."""
    limit = "infinity" if memlock == UNLIMITED else f"{memlock}K"
    return f"{HEAD}[Service]\nSupplementaryGroups={group}\n" + (f"LimitMEMLOCK={limit}\n" if memlock else "")


def drop_in_path(service: str) -> str:
    """Return the file that belongs to a service."""
    return f"{UNITS}/{service}.d/{DROP_IN}"


def services_of(texts: Iterable[tuple[str, str | None]]) -> list[str]:
    """Return the services among files of ``drop_in_path`` that this collection wrote."""
    return sorted(path.split("/")[-2][: -len(".d")] for path, text in texts if text and text.startswith(HEAD))
