# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot parameters of IOMMUs: which of them turned one off, and which a platform needs.

``iommu=on`` is no x86 option and ``amd_iommu=on`` is none either (iommu_setup in arch/x86/kernel/pci-dma.c,
parse_amd_iommu_options): AMD, Arm and virtio need no parameter.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

_ON = {"intel": ["intel_iommu=on"]}
# iommu= is read on x86 alone, and each driver reads only its own option.
_OFF = {"intel": ["intel_iommu=off", "iommu=off"], "amd": ["amd_iommu=off", "iommu=off"]}
# iommu.passthrough is read on every platform; on x86 iommu=pt means the same and has always been there.
_PASSTHROUGH = {"intel": "iommu=pt", "amd": "iommu=pt"}
_ANYWHERE = "iommu.passthrough=1"
_TRANSLATING = {"arm": ["iommu.passthrough=0"]}
_UNDONE_BY = {"intel_iommu=on": "off", "iommu=pt": "nopt", "iommu.passthrough=1": "0"}
_NO_REMAPPING = ("intremap=off", "nointremap")


def off_tokens(tokens: Sequence[str], platform: str | None) -> list[str]:
    """Return the boot parameters that turned this platform's IOMMU off; each may be an item of a comma list.

    intel_iommu is read from left to right, and the last on or off counts; the others cannot be taken back.
    """
    keys = [token.partition("=")[0] for token in _OFF.get(platform or "", [])]
    named = [token for token in cmdline.kernel_part(tokens) if cmdline.key(token) in keys]
    off = [token for token in named if any(item.startswith("off") for item in _items(token))]
    taken_back = _counting(tokens, "intel_iommu=on") is not None
    return [token for token in off if not (taken_back and cmdline.key(token) == "intel_iommu")]


def no_remapping_tokens(tokens: Sequence[str]) -> list[str]:
    """Return the boot parameters that turned interrupt remapping off."""
    return [token for token in cmdline.kernel_part(tokens) if cmdline.plain(token) in _NO_REMAPPING]


def needed(tokens: Sequence[str], platform: str | None, passthrough: bool, x86: bool = False) -> dict[str, list[str]]:
    """Return what has to be on the command line, as it stands there where it does (intel_iommu=on,sm_on); and what must not be.

    ``x86`` is whether the kernel is one for x86, whose iommu= it reads for every IOMMU (iommu_setup).
    """
    name = platform or ""
    present = list(_ON.get(name, []))
    absent = list(_OFF.get(name, []))
    absent += [each for each in off_tokens(tokens, platform) if each not in absent]
    if passthrough and platform:
        usual = _PASSTHROUGH.get(name, _ANYWHERE)
        same = [usual, _ANYWHERE, *(["iommu=pt"] if x86 else [])]
        present.append(next((each for each in same if _counting(tokens, each)), usual))
        absent += _TRANSLATING.get(name, ["iommu=nopt", "iommu.passthrough=0"])
    return {"present": [_counting(tokens, each) or each for each in present], "absent": absent}


def _counting(tokens: Sequence[str], wanted: str) -> str | None:
    """Return the token by which a wanted item counts, in whatever list it is; None where it does not.

    The kernel compares the beginnings of items (intel_iommu_setup, iommu_setup) and takes them from left to right.
    """
    key, _equals, item = wanted.partition("=")
    found = None
    for token in cmdline.kernel_part(tokens):
        for each in _items(token) if cmdline.key(token) == key else ():
            if each.startswith(item):
                found = token
            elif each.startswith(_UNDONE_BY.get(wanted, wanted)):
                found = None
    return found


def _items(token: str) -> list[str]:
    return cmdline.plain(token).partition("=")[2].split(",")
