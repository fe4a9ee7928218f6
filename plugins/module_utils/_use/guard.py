# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses a device, and whether it may be taken from them: for every feature that moves devices or removes VFs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use.holders import Holder
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Network


@dataclass(frozen=True)
class Consent:
    """What the user allowed that is refused otherwise."""

    force: bool = False
    management: bool = False
    bifurcated: bool = False
    unlisted: bool = False


NONE = Consent()


def in_use(device: Device, network: Network | None, consent: Consent) -> HostError | None:
    """Refuse a port by which the host is managed, a disk it lives on, or what something else uses."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use import usage

    if network is None:
        raise HostError(f"Nobody looked who uses {device.label}.", "Report this as an error of the collection.")
    found = usage.device_usage(network, device)
    if found.management and not consent.management:
        what, whole = ("port", "management path") if device.class_code.startswith("02") else ("device", "system")
        return HostError(
            f"{device.label} carries the {whole} of this host: {found.management}.",
            f"Name another {what}; force does not cover this. "
            "With out-of-band access to the host, allow_management does.",
        )
    if found.other and not (consent.force or consent.management):
        return HostError(
            f"{device.label} is in use: {found.other}.",
            "Take it out of use first, or set force to take it away from its users.",
        )
    return None


def held(device: Device, holders: list[Holder]) -> HostError | None:
    """Refuse a device that a process has open: the kernel would block the unbind until it lets go."""
    if not holders:
        return None
    return HostError(
        f"{device.label} is held open by {', '.join(map(str, holders))}; "
        "the kernel would block the unbind until the process closes it.",
        "Stop the process first.",
    )
