# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which kernel modules know a device, by the aliases that depmod gathered from them.

The answer is that of ``modprobe --resolve-alias``, for all devices at the price of one read: a process
for each would take longer than everything else that is read from a host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

# v00008086d000010C9: how most aliases, and all modaliases of devices, begin.
_HEAD = len("v00008086d000010C9")
_NAMES_OF_FIELDS = re.compile("[a-z]+")


# Aliases of drivers that take a device only when they are named for it (PCI_DRIVER_OVERRIDE_DEVICE_VFIO): variants of vfio-pci.
BY_NAME = "vfio_pci"


def read(host: Host, modaliases: Iterable[str], kind: str = "pci") -> dict[str, list[str]]:
    """Return the modules that know each PCI modalias, in the order of the kernel's listing; ``kind`` is that of their aliases."""
    devices = {each: _fields(each[len("pci:") :]) for each in modaliases if each.startswith("pci:")}
    heads = {each[len("pci:") :][:_HEAD] for each in devices}
    known = [(_fields(alias), module) for alias, module in _aliases(host, heads, kind)]
    return {
        modalias: list(dict.fromkeys(module for alias, module in known if _matches(alias, device)))
        for modalias, device in devices.items()
    }


def _aliases(host: Host, heads: set[str], kind: str) -> Iterator[tuple[str, str]]:
    directory = f"/lib/modules/{host.release()}"
    for entry in (host.read(f"{directory}/modules.builtin.modinfo") or "").split("\0"):
        module, found, alias = entry.partition(f".alias={kind}:")
        if found and _may_match(alias, heads):
            yield alias, module
    for line in (host.read(f"{directory}/modules.alias") or "").split(f"alias {kind}:")[1:]:
        words = line.split(None, 2) if _may_match(line, heads) else []
        if len(words) > 1:
            yield words[0], words[1]


def _may_match(alias: str, heads: set[str]) -> bool:
    """Sort out most of ten thousand aliases cheaply: those of other vendors and devices."""
    return alias[:_HEAD] in heads or "*" in alias[:_HEAD]


def _fields(alias: str) -> list[str]:
    """Return vendor, device, their subsystem's and the class: digits and asterisks between lower-case names."""
    return _NAMES_OF_FIELDS.split(alias)


def _matches(alias: list[str], device: list[str]) -> bool:
    # An asterisk stands for a whole field, or follows the last one (i02*); numbers have as many digits everywhere.
    return len(alias) == len(device) and all(its.startswith(mine.rstrip("*")) for mine, its in zip(alias, device))
