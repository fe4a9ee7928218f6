# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many pages there were before the first change, kept on the host."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Key, Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

RECORD = "/var/lib/dataplane-dpdk/hugepages.json"


def parse(text: str | None) -> dict[Key, int]:
    """Return the counts before the first change."""
    try:
        entries = json.loads(text or "[]")
        return {(int(entry["node"]), int(entry["size_kb"])): int(entry["total"]) for entry in entries}
    except (ValueError, TypeError, KeyError) as error:
        raise HostError(
            f"{RECORD} does not hold what this collection writes there: {error!r}.",
            f"Bring {RECORD} back from a backup, or remove it; the numbers of before are then forgotten.",
        ) from error


def remember_step(text: str | None, pools: Iterable[Pool], changed: Iterable[Key]) -> list[Step]:
    """Return the step that records what changed pools are now, or none where an earlier number of each is known."""
    known = parse(text)
    found = {pool.key: pool.total for pool in pools}
    new = {**{key: found[key] for key in changed}, **known}
    return [] if new == known else [write_step(RECORD, text, _render(new))]


def _render(counts: Mapping[Key, int]) -> str:
    entries = [{"node": node, "size_kb": size, "total": total} for (node, size), total in sorted(counts.items())]
    return json.dumps(entries, indent=2) + "\n"
