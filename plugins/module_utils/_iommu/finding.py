# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is found out about a host or a device, with what to do about it; apart again only in the result."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass


@dataclass(frozen=True)
class Finding:
    """A sentence or two, and imperative sentences; ``remedy`` is empty where all is well, or nothing can be done."""

    text: str
    remedy: tuple[str, ...] = ()


def texts(findings: Iterable[Finding]) -> list[str]:
    """Return what was found."""
    return [each.text for each in findings]


def remedies(findings: Iterable[Finding]) -> list[str]:
    """Return what to do, in the same order."""
    return [remedy for each in findings for remedy in each.remedy]
