# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why something is in use: the one shape in which every finder reports it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass

Found = TypeVar("Found")


@dataclass(frozen=True)
class Reason:
    """A predicate such as ``is mounted at /``; ``vital`` where losing it may lose the host."""

    text: str
    vital: bool = False


def merge(*reports: Mapping[str, tuple[Found, ...]]) -> dict[str, tuple[Found, ...]]:
    """Return what several finders report by name, together and in their order."""
    names: Iterable[str] = dict.fromkeys(name for each in reports for name in each)
    return {name: tuple(found for each in reports for found in each.get(name, ())) for name in names}
