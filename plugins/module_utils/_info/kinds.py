# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of device that DPDK has drivers for, and how a PCI function shows that it is one.

They are those of dpdk-devbind.py: by class, or by ID where the class says too little.
"""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

KINDS = ("net", "baseband", "crypto", "dma", "event", "mempool", "compress", "regex", "ml", "misc")
_CLASSES = {"02": "net", "10": "crypto", "12": "baseband"}
_INTEL_PROCESSOR = ("0b", "8086")  # QuickAssist
_CAVIUM = {
    "net": ("a049", "a0dd"),  # packet input and output
    "dma": ("a081", "a08c"),
    "event": ("a04b", "a04d", "a051", "a0f9", "a0fa"),  # schedulers and timers
    "mempool": ("a053", "a0fb", "a0fc"),
    "compress": ("a037",),
    "regex": ("a0f4",),
    "ml": ("a092",),
    "misc": ("a059", "a060", "a089", "a0f0", "a0f1"),  # baseband PHY, inline IPsec
}
_INTEL = {
    "net": ("0b30",),  # FPGA cards
    # I/OAT of Broadwell, Skylake and Ice Lake, and DSA
    "dma": (
        *("6f20", "6f21", "6f22", "6f23", "6f24", "6f25", "6f26", "6f27", "6f2e", "6f2f"),
        *("2021", "0b00", "0b25", "11fb", "1212"),
    ),
    "event": ("270b", "2710", "2714"),  # DLB
    "misc": ("201c", "347e"),  # NTB
}
_OTHERS = {"1af4:1110": "net", "1af4:1001": "misc", "1af4:1042": "misc", "19e5:a122": "dma"}
_IDS = {
    **{f"177d:{device}": kind for kind, devices in _CAVIUM.items() for device in devices},
    **{f"8086:{device}": kind for kind, devices in _INTEL.items() for device in devices},
    **_OTHERS,
}


def kind(device: Device) -> str | None:
    """Return the kind of a function, or None where DPDK has no use for it; an ID says more than a class."""
    if device.ids in _IDS:
        return _IDS[device.ids]
    base = device.class_code[:2]
    return "crypto" if (base, device.vendor_id) == _INTEL_PROCESSOR else _CLASSES.get(base)
