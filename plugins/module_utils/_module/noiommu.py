# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No-IOMMU mode of vfio: devices that no IOMMU protects, given to userspace all the same."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.config import Config
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group

MODULE, PARAMETER = "vfio", "enable_unsafe_noiommu_mode"
ENABLED, DISABLED, WHERE_NEEDED = "enabled", "disabled", "where_needed"
CHOICES = (ENABLED, DISABLED, WHERE_NEEDED)
_OPTION = "VFIO_NOIOMMU"

TAINT = (
    "No-IOMMU mode: an application that has such a device can read and write all memory of the host through it, and needs "
    "CAP_SYS_RAWIO to open it. The kernel is tainted (TAINT_USER) when the first device is bound."
)


def value(choice: str, groups: Mapping[int, Group]) -> str:
    """Return the value of the parameter that a choice stands for on this host."""
    on = choice == ENABLED or (choice == WHERE_NEEDED and not _protecting(groups))
    return "Y" if on else "N"


def refusal(module: Module, config: Config, groups: Mapping[int, Group]) -> HostError | None:
    """Return why the mode cannot or must not be turned on here, or None."""
    if not module.knows(PARAMETER):
        unset = config.get(_OPTION) == "n"
        why = f"CONFIG_{_OPTION} is not set in {config.path}" if unset else f"its module has no parameter {PARAMETER}"
        return HostError(
            f"The running kernel ({module.release}) was built without no-IOMMU mode: {why}.",
            "Turn the IOMMU on instead; dataplane.dpdk.iommu_check shows how.",
            f"Where there is none, boot a kernel that was built with CONFIG_{_OPTION}.",
        )
    found = _protecting(groups)
    if found:
        return HostError(
            f"The IOMMU of this host is effective ({len(found)} IOMMU groups), so no-IOMMU mode would gain nothing and cost much: "
            "DPDK would give physical addresses to every VFIO device, which takes the right to read them, and a device outside "
            "of all groups could reach all memory.",
            f"Leave the mode off, or choose {WHERE_NEEDED}, which turns it on only on hosts without an IOMMU.",
        )
    return None


def left_bound(groups: Mapping[int, Group]) -> list[str]:
    """Return the devices that were bound in the mode: turning it off does not release them."""
    return [address for group in groups.values() if not group.protects for address in group.members]


def _protecting(groups: Mapping[int, Group]) -> list[Group]:
    return [group for group in groups.values() if group.protects]
