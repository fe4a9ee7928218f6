# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists as people write them. Pure."""

from __future__ import annotations

from typing import Any


def entries(given: Any) -> list[Any]:
    """Return the entries of a list; what is none is one entry by itself, with its commas, at which Ansible splits a text."""
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]
