# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look at a host as every plan would, and keep what it answered."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import form
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import want as _want
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture.anonymous import anonymous
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import look
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages, module
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory, remember
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_admin
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, inventory
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import TRACES
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders, usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes as _sizes

_NAME = "/proc/sys/kernel/hostname"


def read(host: Host, asked: Want) -> dict[str, Any]:
    """Return the capture of a host, with the problems that the description has on it."""
    memory = host if isinstance(host, Memory) else remember(host)
    problems = look.read(memory, asked.description)["problems"]
    for each in _others(memory):
        look.read(memory, each)
    for ask in _asking(memory):
        with contextlib.suppress(HostError):
            ask(memory)
    taken = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    name = memory.attr(_NAME) or "a host"
    memory.release()
    document = form.render(name, taken, memory.answers, _notices(memory))
    if asked.anonymize:
        key = secrets.token_bytes(32)
        document, problems = anonymous(document, key), []
    return {"capture": document, "problems": problems}


def _asking(host: Host) -> Iterable[Callable[[Host], Any]]:
    """Yield the readers that come late: a plan asks them only where something is changed, which no description here does."""
    yield vf_admin.read
    yield usage.read
    yield lambda memory: holders.scan(memory, inventory.scan(memory).values())
    for driver in drivers.TABLE:
        yield lambda memory, name=driver.module: module.read(memory, name)  # type: ignore[misc]


def _notices(memory: Memory) -> list[str]:
    """Return what to say of runs that were cut off; what they had written down stays on the host."""
    there = [memory.exists(each) for each in TRACES]
    if not any(there):
        return []
    from ansible_collections.dataplane.dpdk.plugins.module_utils import _journal

    return _journal.notices(memory.asked)


def describe(seen: Mapping[str, Any], asked: Want) -> dict[str, Any]:
    """Return what was read: it is the result already."""
    return dict(seen)


def _others(host: Host) -> Iterable[Description]:
    """Yield descriptions of this very host that ask for all that can be asked for, so that their answers are kept.

    What stands in the way of them is of no interest.
    """
    yield _want.describe(restore=["all"])
    try:
        devices = list(inventory.scan(host).values())
        sizes = {each.size_kb for each in hugepages.read(host)}
    except HostError:
        return
    pfs = [(each.address, each.sriov.total_vfs) for each in devices if each.sriov]
    yield _want.describe(
        ports=[each.address for each in devices if not each.is_bridge],
        access={"group": "root"},
        pfs=[{"device": address, "num_vfs": total, "eswitch_mode": "legacy"} for address, total in pfs],
        modules=[{"name": "vfio-pci", "params": {"enable_sriov": True}}, {"noiommu": "where_needed"}],
        hugepages=[{"size": _sizes.name(each), "count": 1, "boot_parameter": False} for each in sorted(sizes)],
        iommu=False,
        kernel_args_absent=["dataplane.nothing"],  # so that all is read, and GRUB's generator need not be run
    )
