# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DPDK's own drivers (PMDs) for PCI: the devices that each knows, and the kernel drivers or modules that it declares.

The table is what RTE_PMD_REGISTER_PCI_TABLE and RTE_PMD_REGISTER_KMOD_DEP of DPDK's source say; tests/tools/pmds compares it with
a source tree and writes it. In a declaration, drivers between bars are alternatives, and modules between ampersands all needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.pmds_table import TABLE

_WORD = re.compile(r"[\w-]+")
# How a declaration may call a driver besides its name.
_ALSO = {"vfio": "vfio-pci"}


@dataclass(frozen=True)
class Pmd:
    """A driver of DPDK; ``kernel`` is its declaration, empty where it has none, ``devices`` are vendor:device."""

    name: str
    kernel: str
    devices: tuple[str, ...]

    @property
    def needs(self) -> str:
        """The declaration in words."""
        return self.kernel.replace("|", "or").replace("&", "and")

    def names(self, driver: str) -> bool:
        """Whether the declaration names a driver."""
        return driver in (_ALSO.get(word, word) for word in _WORD.findall(self.kernel))


def read() -> Iterator[Pmd]:
    """Return all of the table."""
    for row in re.split(r"\n(?=\S)", TABLE.rstrip("\n")):
        head, *listing = row.splitlines()
        name, _colon, kernel = head.partition(":")
        found: list[str] = []
        vendor = ""
        for word in " ".join(listing).split():
            if word.endswith(":"):
                vendor = word
            else:
                found.append(vendor + word)
        yield Pmd(name, kernel.strip(), tuple(found))


def find(ids: Iterable[str]) -> dict[str, list[Pmd]]:
    """Return the drivers that know each vendor:device, by name; none where DPDK has nothing for it."""
    wanted = set(ids)
    found: dict[str, list[Pmd]] = {each: [] for each in wanted}
    for pmd in read():
        for each in wanted.intersection(pmd.devices):
            found[each].append(pmd)
    return found
