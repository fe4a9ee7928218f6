# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many pages there were before the first change, kept on the host."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils import _stored
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Key, Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

RECORD = "/var/lib/dataplane-dpdk/hugepages.json"
_MOST = 2**40
_SCHEMA = _stored.items(
    _stored.fields(
        {"node": _stored.number(2**16), "size_kb": _stored.number(_MOST), "total": _stored.number(_MOST)},
    )
)


def parse(text: str | None) -> dict[Key, int]:
    """Return the counts before the first change; raise HostError where the file is damaged."""
    if text is None:
        return {}
    entries = _stored.load(RECORD, text, _SCHEMA, "the numbers of before are then forgotten")
    return {(entry["node"], entry["size_kb"]): entry["total"] for entry in entries}


def remember_step(text: str | None, pools: Iterable[Pool], changed: Iterable[Key]) -> list[Step]:
    """Return the step that records what changed pools are now, or none where an earlier number of each is known."""
    known = parse(text)
    found = {pool.key: pool.total for pool in pools}
    new = {**{key: found[key] for key in changed}, **known}
    return [] if new == known else [write_step(RECORD, text, _render(new))]


def _render(counts: Mapping[Key, int]) -> str:
    entries = [{"node": node, "size_kb": size, "total": total} for (node, size), total in sorted(counts.items())]
    return json.dumps(entries, indent=2) + "\n"
