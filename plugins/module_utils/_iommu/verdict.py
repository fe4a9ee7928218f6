# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is DMA protection effective on this host, and if not, why and what to do.

The verdict rests on what the kernel has set up (/sys/class/iommu, IOMMU groups), never on the
command line alone: ``intel_iommu=on`` is accepted on hosts that have no IOMMU.
"""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import args as iommu_args
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import finding
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.finding import Finding
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.have import OPTIONS, Facts
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.firmware import PLATFORMS

_NAMES = {"intel": "Intel VT-d", "amd": "AMD-Vi", "virtio": "virtio-iommu", "arm": "Arm SMMU"}
# What the drivers of IOMMUs begin their messages with, and how many of the last are shown.
_LOG_WORDS = ("DMAR", "AMD-Vi", "iommu", "smmu")
_LOG_LINES = 4


@dataclass(frozen=True)
class Verdict:
    """The judgement: one word, whether DMA is protected, and why (not), each reason with what to do about it."""

    name: str
    effective: bool
    findings: tuple[Finding, ...] = ()

    @property
    def causes(self) -> tuple[str, ...]:
        """Why the verdict is what it is."""
        return tuple(finding.texts(self.findings))

    @property
    def remedies(self) -> tuple[str, ...]:
        """What to do about it."""
        return tuple(finding.remedies(self.findings))


def judge(facts: Facts, passthrough: bool = False) -> Verdict:
    """Return the verdict on a host; ``passthrough`` says that identity domains are asked for too."""
    # Older POWER kernels have groups, but name no unit below /sys/class/iommu.
    if facts.groups:
        return _effective(facts)
    why = _why_off(facts, iommu_args.needed(facts.tokens, facts.platform, passthrough, facts.x86))
    if not facts.noiommu:
        return why
    price = Finding(
        "vfio runs in no-IOMMU mode: a device can read and write all memory.",
        ("Turn no-IOMMU mode off once the host has an IOMMU.",),
    )
    return Verdict("noiommu", False, (*why.findings, price))


def _effective(facts: Facts) -> Verdict:
    units = ", ".join(facts.units) or "an IOMMU"
    identity = all(group.type == "identity" for group in facts.groups.values())
    how = ", all of type identity; VFIO makes domains of its own" if identity else ""
    found = [Finding(f"The kernel drives {units} and has {len(facts.groups)} IOMMU groups{how}.")]
    if facts.remapping is False:
        found.append(_no_remapping(facts))
    if facts.noiommu:
        found.append(
            Finding(
                "vfio is in no-IOMMU mode all the same, so DPDK uses physical addresses and needs the right to read them.",
                ("Turn no-IOMMU mode off with dataplane.dpdk.vfio_module (noiommu: disabled).",),
            )
        )
    return Verdict("passthrough" if identity else "active", True, tuple(found))


def _no_remapping(facts: Facts) -> Finding:
    """Predict what an application meets where interrupts are not remapped (vfio_iommu_type1_attach_group)."""
    if facts.unsafe_interrupts:
        return Finding(
            "Interrupts are not remapped, and allow_unsafe_interrupts is set: whoever has a device can send any interrupt to "
            "the host."
        )
    off = iommu_args.no_remapping_tokens(facts.tokens)
    remedy = [f"Remove {' '.join(off)} from the kernel command line and reboot."] if off else []
    if facts.firmware.remaps_interrupts is False:
        remedy.append("Enable interrupt remapping (x2APIC, VT-d) in the firmware setup.")
    remedy.append(
        "Set allow_unsafe_interrupts of vfio_iommu_type1 with dataplane.dpdk.vfio_module. Its price: whoever has a device can "
        "send any interrupt to the host, so give devices only to those who are trusted with the host."
    )
    return Finding(
        "Interrupts are not remapped: devices bind to vfio-pci, but every application is refused (No interrupt remapping "
        "support; DPDK says 'failed to select IOMMU type').",
        tuple(remedy),
    )


def _off(name: str, text: str, remedy: str) -> Verdict:
    return Verdict(name, False, (Finding(text, (remedy,)),))


def _why_off(facts: Facts, args: dict[str, list[str]]) -> Verdict:
    if not facts.class_exists:
        return _off(
            "kernel_unsupported",
            "This kernel was built without IOMMU support: /sys/class/iommu is missing.",
            "Boot a kernel with CONFIG_IOMMU_API and the driver for this platform.",
        )
    if facts.platform is None:
        return _no_firmware(facts)
    name = _NAMES[facts.platform]
    off = " ".join(iommu_args.off_tokens(facts.tokens, facts.platform))
    if off:
        adding = f", add {' '.join(args['present'])}" if args["present"] else ""
        return _off(
            "off_by_cmdline",
            f"{name} was turned off by the boot parameter {off}.",
            f"Remove {off} from the kernel command line{adding} and reboot.",
        )
    option = OPTIONS[facts.platform]
    if facts.options.get(option) == "n":
        return _off(
            "kernel_unsupported",
            f"CONFIG_{option} is not set in {facts.config_path}.",
            f"Boot a kernel built with CONFIG_{option}.",
        )
    return _not_enabled(facts, name, args["present"])


def _not_enabled(facts: Facts, name: str, present: list[str]) -> Verdict:
    text = f"The firmware offers {name}, but the kernel has no IOMMU groups."
    missing = cmdline.lacking(facts.tokens, present)
    if missing:
        return _off(
            "supported_but_not_enabled", text, f"Add {' '.join(missing)} to the kernel command line and reboot."
        )
    remedy = f"Look into the kernel log for messages of the {name} driver; no boot parameter is missing."
    said = [line.strip() for line in facts.log if any(word in line for word in _LOG_WORDS)]
    found = [Finding(text, (remedy,))]
    found += [Finding(f"The kernel said: {'; '.join(said[-_LOG_LINES:])}.")] if said else []
    return Verdict("supported_but_not_enabled", False, tuple(found))


def _no_firmware(facts: Facts) -> Verdict:
    guest_of_tree = facts.firmware.tree and facts.hypervisor
    places = "device tree" if guest_of_tree else f"ACPI tables ({', '.join(PLATFORMS)})"
    if not facts.firmware.acpi and not guest_of_tree:
        return _off(
            "unknown",
            "There are no ACPI tables to ask, and the kernel has no IOMMU groups.",
            "Run this on the host itself, not in a container. On a machine with a device tree, look there for an IOMMU.",
        )
    if facts.hypervisor:
        return _off(
            "vm_no_viommu",
            f"This is a virtual machine without a virtual IOMMU: none in the {places}.",
            "Give the virtual machine an IOMMU (QEMU: -device intel-iommu, and on arm64 -machine virt,iommu=smmuv3), or use "
            "no-IOMMU mode and accept its risk (noiommu of dataplane.dpdk.vfio_module).",
        )
    return _off(
        "firmware_absent",
        f"The firmware reports no IOMMU: none in the {places}.",
        "Enable the IOMMU in the firmware setup: VT-d (Intel), AMD-Vi or IOMMU (AMD), SMMU (Arm).",
    )
