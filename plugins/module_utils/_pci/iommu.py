# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is DMA protection effective on this host, and if not, why and what to do.

The verdict rests on what the kernel has set up (/sys/class/iommu, IOMMU groups), never on the
command line alone: ``intel_iommu=on`` is accepted on hosts that have no IOMMU.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, config
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group

TABLES = "/sys/firmware/acpi/tables"
# The ACPI table by which firmware tells of each kind of IOMMU.
PLATFORMS = {"DMAR": "intel", "IVRS": "amd", "VIOT": "virtio", "IORT": "arm"}
NOIOMMU_PARAMETER = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
_NAMES = {"intel": "Intel VT-d", "amd": "AMD-Vi", "virtio": "virtio-iommu", "arm": "Arm SMMU"}
_OPTIONS = {"intel": "INTEL_IOMMU", "amd": "AMD_IOMMU", "virtio": "VIRTIO_IOMMU", "arm": "ARM_SMMU_V3"}


@dataclass(frozen=True)
class Facts:
    """All that the verdict rests on."""

    units: tuple[str, ...]
    class_exists: bool
    groups: dict[int, Group]
    platform: str | None
    tokens: tuple[str, ...]
    options: dict[str, str]
    config_path: str | None
    hypervisor: bool
    noiommu: bool


@dataclass(frozen=True)
class Verdict:
    """The judgement: one word, whether DMA is protected, why (not), what to do, boot parameters."""

    name: str
    effective: bool
    causes: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    kernel_args: dict[str, list[str]] = field(default_factory=dict)


def read(host: Host) -> Facts:
    """Gather the facts."""
    kernel = config.read(host)
    cpuinfo = host.attr("/proc/cpuinfo") or ""
    return Facts(
        units=tuple(host.names("/sys/class/iommu")),
        class_exists=host.exists("/sys/class/iommu"),
        groups={number: group for number, group in _group.scan(host).items() if group.protects},
        platform=platform(host),
        tokens=cmdline.parse(host.attr("/proc/cmdline") or ""),
        options={name: kernel.get(name) or "" for name in _OPTIONS.values()},
        config_path=kernel.path,
        hypervisor=" hypervisor" in cpuinfo or host.exists("/sys/hypervisor/type"),
        noiommu=noiommu_enabled(host),
    )


def platform(host: Host) -> str | None:
    """Return the kind of IOMMU that the firmware tells of: intel, amd, virtio, arm, or None."""
    tables = host.names(TABLES)
    return next((name for table, name in PLATFORMS.items() if table in tables), None)


def noiommu_enabled(host: Host) -> bool:
    """Whether vfio takes devices that have no IOMMU group."""
    return (host.attr(NOIOMMU_PARAMETER) or "N").upper() in ("Y", "1")


def judge(facts: Facts) -> Verdict:
    """Return the verdict on a host."""
    args = _kernel_args(facts)
    # Older POWER kernels have groups, but name no unit below /sys/class/iommu.
    if facts.groups:
        return _effective(facts, args)
    cause = _why_off(facts)
    if facts.noiommu:
        return Verdict(
            "noiommu",
            False,
            (cause.causes[0], "vfio runs in no-IOMMU mode: a device can read and write all memory."),
            ("Turn no-IOMMU mode off where the host has an IOMMU.", *cause.remedies),
            args,
        )
    return cause


def judge_device(facts: Facts, device: Device) -> dict[str, Any]:
    """Return the verdict on one device: it is protected where it is in a real IOMMU group."""
    group = facts.groups.get(device.iommu_group) if device.iommu_group is not None else None
    return {
        "address": device.address,
        "protected": group is not None,
        "iommu_group": device.iommu_group,
        "group_type": group.type if group else None,
        "group_members": list(group.members) if group else [],
    }


def complaint(seen: dict[str, Any]) -> HostError | None:
    """Return why a host, as judged, does not protect DMA; None where it does."""
    bare = [each["address"] for each in seen["devices"] if not each["protected"]]
    if not seen["effective"]:
        return HostError(
            f"The IOMMU does not protect DMA ({seen['verdict']}). {' '.join(seen['causes'])}", *seen["remedies"]
        )
    if bare:
        return HostError(f"No IOMMU group holds {', '.join(bare)}.", "Move the card to a slot behind an IOMMU.")
    return None


def _effective(facts: Facts, args: dict[str, list[str]]) -> Verdict:
    units = ", ".join(facts.units) or "an IOMMU"
    identity = all(group.type == "identity" for group in facts.groups.values())
    cause = f"The kernel drives {units} and has {len(facts.groups)} IOMMU groups"
    if identity:
        return Verdict(
            "passthrough", True, (f"{cause}, all of type identity; VFIO makes domains of its own.",), (), args
        )
    return Verdict("active", True, (f"{cause}.",), (), args)


def _why_off(facts: Facts) -> Verdict:
    args = _kernel_args(facts)
    name = _NAMES.get(facts.platform or "", "an IOMMU")
    off = off_tokens(facts.tokens)
    if not facts.class_exists:
        return Verdict(
            "kernel_unsupported",
            False,
            ("This kernel was built without IOMMU support: /sys/class/iommu is missing.",),
            ("Boot a kernel with CONFIG_IOMMU_API and the driver for this platform.",),
            args,
        )
    if off and facts.platform:
        return Verdict(
            "off_by_cmdline",
            False,
            (f"{name} was turned off by the boot parameter {' '.join(off)}.",),
            (f"Remove {' '.join(off)} from the kernel command line{_adding(args)} and reboot.",),
            args,
        )
    if facts.platform is None:
        return _no_firmware(facts, args)
    option = _OPTIONS[facts.platform]
    if facts.options.get(option) == "n":
        return Verdict(
            "kernel_unsupported",
            False,
            (f"CONFIG_{option} is not set in {facts.config_path}.",),
            (f"Boot a kernel built with CONFIG_{option}.",),
            args,
        )
    return Verdict(
        "supported_but_not_enabled",
        False,
        (f"The firmware offers {name}, but the kernel has no IOMMU groups.",),
        (_enable(facts.platform, args),),
        args,
    )


def _no_firmware(facts: Facts, args: dict[str, list[str]]) -> Verdict:
    tables = ", ".join(PLATFORMS)
    if facts.hypervisor:
        return Verdict(
            "vm_no_viommu",
            False,
            (f"This is a virtual machine without a virtual IOMMU: no ACPI table {tables}.",),
            (
                "Give the virtual machine an IOMMU (QEMU: -device intel-iommu), or use no-IOMMU mode and accept its risk.",
            ),
            args,
        )
    return Verdict(
        "firmware_absent",
        False,
        (f"The firmware tells of no IOMMU: no ACPI table {tables}.",),
        ("Enable the IOMMU in the firmware setup: VT-d (Intel), AMD-Vi or IOMMU (AMD), SMMU (Arm).",),
        args,
    )


def _enable(platform: str, args: dict[str, list[str]]) -> str:
    if args["present"]:
        return f"Add {' '.join(args['present'])} to the kernel command line and reboot."
    return f"Look into the kernel log for messages of the {_NAMES[platform]} driver."


def _adding(args: dict[str, list[str]]) -> str:
    return f", add {' '.join(args['present'])}" if args["present"] else ""


def _kernel_args(facts: Facts) -> dict[str, list[str]]:
    """Return the boot parameters that turn this platform's IOMMU on, and those that must go for it.

    ``iommu=on`` is no x86 option and ``amd_iommu=on`` is none either (iommu_setup in
    arch/x86/kernel/pci-dma.c, parse_amd_iommu_options): AMD, Arm and virtio need no parameter.
    """
    present = ["intel_iommu=on"] if facts.platform == "intel" else []
    known = {"intel": ["intel_iommu=off", "iommu=off"], "amd": ["amd_iommu=off", "iommu=off"]}
    off = known.get(facts.platform or "", [])
    return {"present": present, "absent": off + [each for each in off_tokens(facts.tokens) if each not in off]}


def off_tokens(tokens: tuple[str, ...]) -> list[str]:
    """Return the boot parameters that turn an x86 IOMMU off; each may be an item of a comma list."""
    keys = ("iommu", "intel_iommu", "amd_iommu")
    return [
        token
        for token in cmdline.kernel_part(tokens)
        if cmdline.key(token) in keys
        and any(item.startswith("off") for item in cmdline.plain(token).partition("=")[2].split(","))
    ]
