# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether this is a virtual machine, by what the kernel, the firmware and the devices show of it.

No single sign is everywhere. Processors of x86 report a hypervisor; Arm's do not, and there guests are known by the names
that their makers give them. A cloud may give those of its bare metal the same vendor (systemd's detect-virt.c knows that of
Amazon EC2), so a vendor that also has hardware needs a second sign.
"""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_DMI = "/sys/class/dmi/id"
# The first table of SMBIOS (BIOS information): in its second extension byte, bit 4 says that this is a virtual machine.
_BIOS = "/sys/firmware/dmi/entries/0-0/raw"
_EXTENSION, _VIRTUAL = 0x13, 1 << 4
# The FADT names a hypervisor in the last eight bytes that ACPI 6.0 gave it; zeros are none.
_FADT, _HYPERVISOR = "/sys/firmware/acpi/tables/FACP", slice(268, 276)
_TREE = "/proc/device-tree/hypervisor"
_DETECT_VIRT = "/usr/bin/systemd-detect-virt"
_METAL = "metal"
# How product names of machines begin that only exist as guests.
_PRODUCTS = (
    "AHV",
    "Alibaba Cloud ECS",
    "Apple Virtualization",
    "BHYVE",
    "CVM",
    "Droplet",
    "Google Compute Engine",
    "HVM domU",
    "KVM",
    "KubeVirt",
    "OpenStack",
    "Parallels",
    "QEMU",
    "RHEL",
    "Standard PC",
    "Virtual Machine",
    "VirtualBox",
    "VMware",
    "oVirt",
    "vServer",
)
# Vendors that only make guests, whatever the product is called.
_VENDORS = (
    "Amazon EC2",
    "KubeVirt",
    "OpenStack Foundation",
    "Parallels",
    "QEMU",
    "VMware, Inc.",
    "Xen",
    "innotek GmbH",
)


def is_virtual(host: Host) -> bool:
    """Whether the host is a virtual machine; only bare metal that hides it is taken for one."""
    processor = host.attr("/proc/cpuinfo") or ""
    if " hypervisor" in processor or host.exists("/sys/hypervisor/type") or host.exists(_TREE):
        return True
    product, vendor = (host.attr(f"{_DMI}/{name}") or "" for name in ("product_name", "sys_vendor"))
    told = _smbios(host)
    if told or (host.read_bytes(_FADT) or b"")[_HYPERVISOR].strip(b"\0"):
        return True
    if _METAL in product or (told is False and vendor.startswith("Amazon")):
        return False
    return product.startswith(_PRODUCTS) or vendor.startswith(_VENDORS) or _detected(host)


def _smbios(host: Host) -> bool | None:
    """Return what the firmware says of itself; None where it does not."""
    table = host.read_bytes(_BIOS) if host.exists(_BIOS) else None
    return bool(table[_EXTENSION] & _VIRTUAL) if table and len(table) > _EXTENSION else None


def _detected(host: Host) -> bool:
    """Ask systemd, which knows more makers, and the emulators by their devices; it ends with 1 on bare metal."""
    return host.exists(_DETECT_VIRT) and host.run("systemd-detect-virt", "--vm").rc == 0
