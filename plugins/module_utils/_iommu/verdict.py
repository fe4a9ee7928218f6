# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is DMA protection effective on this host, and if not, why and what to do.

The verdict rests on what the kernel has set up (/sys/class/iommu, IOMMU groups), never on the
command line alone: ``intel_iommu=on`` is accepted on hosts that have no IOMMU.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import args as iommu_args
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, config, firmware, log, vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.firmware import PLATFORMS, Firmware
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group

_NAMES = {"intel": "Intel VT-d", "amd": "AMD-Vi", "virtio": "virtio-iommu", "arm": "Arm SMMU"}
_OPTIONS = {"intel": "INTEL_IOMMU", "amd": "AMD_IOMMU", "virtio": "VIRTIO_IOMMU", "arm": "ARM_SMMU_V3"}
_EMULATORS = ("QEMU", "VMware, Inc.", "Xen", "innotek GmbH")
_LOG_LINES = 4


@dataclass(frozen=True)
class Facts:
    """All that the verdict rests on; ``remapping`` is None where it cannot be told whether interrupts are remapped."""

    units: tuple[str, ...]
    class_exists: bool
    groups: dict[int, Group]
    firmware: Firmware
    tokens: tuple[str, ...]
    options: dict[str, str]
    config_path: str | None
    hypervisor: bool
    noiommu: bool
    remapping: bool | None
    unsafe_interrupts: bool
    log: tuple[str, ...]

    @property
    def platform(self) -> str | None:
        """The kind of IOMMU that the firmware tells of."""
        return self.firmware.platform


@dataclass(frozen=True)
class Verdict:
    """The judgement: one word, whether DMA is protected, why (not), what to do."""

    name: str
    effective: bool
    causes: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()


def read(host: Host) -> Facts:
    """Gather the facts."""
    kernel = config.read(host)
    seen = firmware.read(host)
    return Facts(
        units=tuple(host.names("/sys/class/iommu")),
        class_exists=host.exists("/sys/class/iommu"),
        groups={number: group for number, group in _group.scan(host).items() if group.protects},
        firmware=seen,
        tokens=cmdline.parse(host.attr("/proc/cmdline") or ""),
        options={name: kernel.get(name) or "" for name in _OPTIONS.values()},
        config_path=kernel.path,
        hypervisor=_is_virtual(host),
        noiommu=vfio.noiommu_enabled(host),
        remapping=_remapping(host.attr("/proc/interrupts") or ""),
        unsafe_interrupts=vfio.unsafe_interrupts_allowed(host),
        log=log.lines(host),
    )


def judge(facts: Facts, passthrough: bool = False) -> Verdict:
    """Return the verdict on a host; ``passthrough`` says that identity domains are asked for too."""
    # Older POWER kernels have groups, but name no unit below /sys/class/iommu.
    if facts.groups:
        return _effective(facts)
    args = iommu_args.needed(facts.tokens, facts.platform, passthrough)
    cause = _why_off(facts, args)
    if facts.noiommu:
        return Verdict(
            "noiommu",
            False,
            (*cause.causes, "vfio runs in no-IOMMU mode: a device can read and write all memory."),
            ("Turn no-IOMMU mode off once the host has an IOMMU.", *cause.remedies),
        )
    return cause


def _is_virtual(host: Host) -> bool:
    """Arm's processors do not tell of a hypervisor; there the firmware's vendor does."""
    return (
        " hypervisor" in (host.attr("/proc/cpuinfo") or "")
        or host.exists("/sys/hypervisor/type")
        or host.attr("/sys/class/dmi/id/sys_vendor") in _EMULATORS
    )


def _remapping(interrupts: str) -> bool | None:
    """Tell by the names of the interrupt controllers: IR- on x86 and the ITS on Arm remap, PCI-MSI alone does not."""
    if "IR-PCI-MSI" in interrupts or "IR-IO-APIC" in interrupts or "ITS-" in interrupts:
        return True
    return False if "IO-APIC" in interrupts else None


def _effective(facts: Facts) -> Verdict:
    units = ", ".join(facts.units) or "an IOMMU"
    identity = all(group.type == "identity" for group in facts.groups.values())
    cause = f"The kernel drives {units} and has {len(facts.groups)} IOMMU groups"
    remedies: list[str] = []
    causes = [f"{cause}, all of type identity; VFIO makes domains of its own." if identity else f"{cause}."]
    if facts.remapping is False:
        why, what = _no_remapping(facts)
        causes.append(why)
        remedies += what
    if facts.noiommu:
        causes.append(
            "vfio is in no-IOMMU mode all the same, so DPDK uses physical addresses and needs the right to read them."
        )
        remedies.append("Turn no-IOMMU mode off with dataplane.dpdk.vfio_module (noiommu: disabled).")
    return Verdict("passthrough" if identity else "active", True, tuple(causes), tuple(remedies))


def _no_remapping(facts: Facts) -> tuple[str, list[str]]:
    """Foretell what an application meets where interrupts are not remapped (vfio_iommu_type1_attach_group)."""
    if facts.unsafe_interrupts:
        return (
            "Interrupts are not remapped, and allow_unsafe_interrupts is set: whoever has a device can send any interrupt to "
            "the host.",
            [],
        )
    off = iommu_args.no_remapping_tokens(facts.tokens)
    remedies = [f"Remove {' '.join(off)} from the kernel command line and reboot."] if off else []
    if facts.firmware.remaps_interrupts is False:
        remedies.append("Enable interrupt remapping (x2APIC, VT-d) in the firmware setup.")
    remedies.append(
        "Set allow_unsafe_interrupts of vfio_iommu_type1 with dataplane.dpdk.vfio_module. Its price: whoever has a device can "
        "send any interrupt to the host, so give devices only to those who are trusted with the host."
    )
    return (
        "Interrupts are not remapped: devices bind to vfio-pci, but every application is refused (No interrupt remapping "
        "support; DPDK says 'failed to select IOMMU type').",
        remedies,
    )


def _why_off(facts: Facts, args: dict[str, list[str]]) -> Verdict:
    off = iommu_args.off_tokens(facts.tokens, facts.platform)
    if not facts.class_exists:
        return Verdict(
            "kernel_unsupported",
            False,
            ("This kernel was built without IOMMU support: /sys/class/iommu is missing.",),
            ("Boot a kernel with CONFIG_IOMMU_API and the driver for this platform.",),
        )
    if facts.platform is None:
        return _no_firmware(facts)
    name = _NAMES[facts.platform]
    if off:
        adding = f", add {' '.join(args['present'])}" if args["present"] else ""
        return Verdict(
            "off_by_cmdline",
            False,
            (f"{name} was turned off by the boot parameter {' '.join(off)}.",),
            (f"Remove {' '.join(off)} from the kernel command line{adding} and reboot.",),
        )
    option = _OPTIONS[facts.platform]
    if facts.options.get(option) == "n":
        return Verdict(
            "kernel_unsupported",
            False,
            (f"CONFIG_{option} is not set in {facts.config_path}.",),
            (f"Boot a kernel built with CONFIG_{option}.",),
        )
    return _not_enabled(facts, name, args)


def _not_enabled(facts: Facts, name: str, args: dict[str, list[str]]) -> Verdict:
    missing = cmdline.lacking(facts.tokens, args["present"])
    causes = [f"The firmware offers {name}, but the kernel has no IOMMU groups."]
    if missing:
        remedy = f"Add {' '.join(missing)} to the kernel command line and reboot."
    else:
        said = [line.strip() for line in facts.log if any(word in line for word in ("DMAR", "AMD-Vi", "iommu", "smmu"))]
        causes += [f"The kernel said: {'; '.join(said[-_LOG_LINES:])}."] if said else []
        remedy = f"Look into the kernel log for messages of the {name} driver; no boot parameter is missing."
    return Verdict("supported_but_not_enabled", False, tuple(causes), (remedy,))


def _no_firmware(facts: Facts) -> Verdict:
    tables = ", ".join(PLATFORMS)
    if not facts.firmware.acpi:
        return Verdict(
            "unknown",
            False,
            ("There are no ACPI tables to ask, and the kernel has no IOMMU groups.",),
            (
                "Run this on the host itself, not in a container. On a machine with a device tree, look there for an IOMMU.",
            ),
        )
    if facts.hypervisor:
        return Verdict(
            "vm_no_viommu",
            False,
            (f"This is a virtual machine without a virtual IOMMU: none in the ACPI tables ({tables}).",),
            (
                "Give the virtual machine an IOMMU (QEMU: -device intel-iommu, and on arm64 -machine virt,iommu=smmuv3), or use "
                "no-IOMMU mode and accept its risk (noiommu of dataplane.dpdk.vfio_module).",
            ),
        )
    return Verdict(
        "firmware_absent",
        False,
        (f"The firmware tells of no IOMMU: none in the ACPI tables ({tables}).",),
        ("Enable the IOMMU in the firmware setup: VT-d (Intel), AMD-Vi or IOMMU (AMD), SMMU (Arm).",),
    )
