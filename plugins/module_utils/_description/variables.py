# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role dpdk_host by their names: what looks like one and is none is a mistake. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, nearest, raise_all

PREFIX = "dpdk_host_"
KNOWN = frozenset(
    f"{PREFIX}{name}"
    for name in (
        *("ports", "pfs", "vfs", "driver", "iommu", "iommu_passthrough", "modules"),
        *("hugepages", "hugepages_mounts", "access"),
        *("vf_token", "kernel_args", "kernel_args_absent", "kernel_args_replace", "fail_on_drift", "restore"),
        *("persistent", "group_policy", "all_or_nothing", "takeover", "force"),
        *("allow_management", "allow_bifurcated", "allow_unlisted", "allow_recreate", "confirm_within"),
        *("reboot_ok", "reboot_timeout", "reboot_throttle", "before_reboot", "after_reboot", "trial_boot"),
        *("smoke_sender", "smoke_receiver", "smoke_packets", "smoke_memory", "smoke_vf_token_file", "smoke_start_only"),
        *("smoke_max_loss", "rehearse", "assume", "capture_file", "capture_anonymize"),
        # Facts that the role sets.
        *("reboot_required", "problems", "drift", "smoke_result"),
    )
)


def check(names: Iterable[str]) -> None:
    """Raise HostError for names that begin like a variable of the role and are none."""
    raise_all(_unknown(name) for name in sorted(names) if name.startswith(PREFIX) and name not in KNOWN)


def _unknown(name: str) -> HostError:
    near = nearest(name[len(PREFIX) :], (each[len(PREFIX) :] for each in KNOWN))
    return HostError(
        f"{name} is no variable of the role dpdk_host.",
        f"Write {PREFIX}{near}." if near else f"Remove it, or give it a name that does not begin with {PREFIX}.",
    )
