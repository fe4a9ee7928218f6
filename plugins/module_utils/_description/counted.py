# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many VFs all of a PF's will be: imported only where a port is named like that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import arguments, given
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record


def ports(host: Host, entries: Iterable[Any], results: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Return entries of ports in which vf: all is the VFs that the PF has once sriov_vfs did what it is planned to do."""
    devices = _device.scan_without_vfs(host)
    records = record.parse(host.read(record.PATH))
    numbers = {pf["address"]: pf["num_vfs"] for each in results for pf in (each.get("after") or {}).get("pfs", ())}
    found = list(entries)
    for place, entry in enumerate(found):
        pfs = given.addresses(devices, records, {**entry, "vf": None}) if arguments.names_all_vfs(entry) else []
        if pfs and numbers.get(pfs[0]):
            found[place] = {**entry, "vf": list(range(numbers[pfs[0]]))}
    return found
