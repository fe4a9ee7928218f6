# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which VFs of a PF are meant, as people write it. Pure."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import lists

ALL = "all"
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_MOST = 1 << 16  # sriov_numvfs is a u16


def parse(given: Any) -> tuple[int, ...] | None:
    """Return the indexes that 0, 0-3, "0,2" or [0, 2] name, in order and each once; None for all VFs that there are."""
    texts = [part.strip() for each in lists.entries(given) for part in _text(given, each).split(",")]
    if texts == [ALL]:
        return None
    if not texts:
        raise _no_vfs(given)
    return tuple(sorted({index for text in texts for index in _indexes(given, text)}))


def shown(given: Any) -> str:
    """Return how a list of VFs is named in a message."""
    return ",".join(str(each).strip() for each in lists.entries(given))


def _text(given: Any, entry: Any) -> str:
    if isinstance(entry, bool) or not isinstance(entry, (int, str)):
        raise _no_vfs(given)
    return str(entry)


def _indexes(given: Any, text: str) -> range:
    match = _RANGE.fullmatch(text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if not first <= last < _MOST:
        raise _no_vfs(given)
    return range(first, last + 1)


def _no_vfs(given: Any) -> HostError:
    return HostError(
        f"{given!r} names no VFs.",
        "Write the index of a VF, such as 0, or a range, such as 0-3.",
        "Write several as [0, 2] or 0,2, or all VFs as all.",
    )
