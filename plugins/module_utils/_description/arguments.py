# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of each module for a description: all that matter are named, so that no default of a play slips in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._description import pages
from ansible_collections.dataplane.dpdk.plugins.module_utils._description.want import Description
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import vf_lists

Options = dict[str, Any]
# What one entry of the description may say for itself.
OF_A_PORT = (
    *("persistent", "group_policy", "takeover"),
    *("force", "allow_management", "allow_bifurcated", "allow_unlisted"),
)
OF_A_PF = ("persistent", "force", "allow_recreate")


def of_ports(asked: Description, ports: Sequence[Any]) -> Options:
    """Return the options of dpdk_bind."""
    consent = asked.consent
    return {
        "devices": list(ports),
        **_given(driver=asked.driver),
        **{name: consent[name] for name in (*OF_A_PORT, "all_or_nothing")},
        "state": "present",
        "assume_prepared": True,
    }


def of_restored_ports(asked: Description) -> Options:
    """Return the options of dpdk_bind that give every port back."""
    return {**of_ports(asked, ()), "state": "restored", "assume_prepared": False}


def of_vfs(asked: Description) -> Iterator[Options]:
    """Yield the options of sriov_vfs, once for all PFs with which it may go equally far."""
    tasks: list[Options] = []
    for pf in asked.vfs:
        terms = {name: pf.get(name, asked.consent[name]) for name in OF_A_PF}
        entry = {key: value for key, value in pf.items() if key not in OF_A_PF}
        same = next((each for each in tasks if all(each[name] == terms[name] for name in OF_A_PF)), None)
        if same is None:
            tasks.append({"pfs": [entry], "state": "present", **terms})
        else:
            same["pfs"].append(entry)
    yield from tasks


def of_restored_vfs(asked: Description) -> Options:
    """Return the options of sriov_vfs that give every PF back."""
    return {"pfs": [], "state": "restored", **{name: asked.consent[name] for name in OF_A_PF}}


def of_freed_pfs(asked: Description, addresses: Sequence[str]) -> Options:
    """Return the options of sriov_vfs that leave PFs without VFs, for as long as they change their driver."""
    pfs = [{"device": address, "num_vfs": 0} for address in addresses]
    return {**of_restored_vfs(asked), "pfs": pfs, "state": "present", "persistent": False}


def of_module(asked: Description, entry: Mapping[str, Any]) -> Options:
    """Return the options of vfio_module for an entry of the description."""
    given = {"params": {}, "reload": "never", "persistent": asked.consent["persistent"], **_given(**entry)}
    return {**given, "state": "present"}


def of_restored_module(name: str) -> Options:
    """Return the options of vfio_module that unload a module and remove its files."""
    return {"name": name, "params": {}, "reload": "never", "persistent": True, "state": "restored"}


def of_access(asked: Description, vfs: Sequence[Mapping[str, Any]]) -> Options:
    """Return the options of access, for the ports and ``vfs``; what an entry says of its driver does not help to find it."""
    given = asked.access or {}
    return {
        "group": given["group"],
        "users": given.get("users") or [],
        "services": given.get("services") or [],
        "devices": [*map(selector, asked.ports), *vfs],
        "memlock": given.get("memlock") or pages.memlock(asked.hugepages),
        "state": "present",
    }


def of_vf_token(asked: Description) -> Options:
    """Return the options of vf_token; its group is that of access where none is named."""
    given = _given(**(asked.vf_token or {}))
    own = {"path": _path_of_token(), "group": (asked.access or {}).get("group") or "root"}
    return {**own, **given, "rotate": False, "return_token": False, "state": "present"}


def of_restored_vf_token(asked: Description) -> Options:
    """Return the options of vf_token that remove the token."""
    return {**of_vf_token(asked), "group": "root", "state": "restored"}


def selector(entry: Any) -> Any:
    """Return what finds the device of an entry of ports."""
    if not isinstance(entry, Mapping):
        return entry
    return {key: value for key, value in entry.items() if key not in ("driver", "group", *OF_A_PORT)}


def names_all_vfs(entry: Any) -> bool:
    """Whether an entry of ports is for all VFs of a PF."""
    return isinstance(entry, Mapping) and vf_lists.shown(entry.get("vf")) == vf_lists.ALL


def needs_sriov(modules: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the modules with enable_sriov of vfio_pci, which a PF on vfio-pci needs for its VFs."""
    found = [dict(each) for each in modules]
    ours = next((each for each in found if name_of_module(each) == "vfio_pci"), None)
    if ours is None:
        return [*found, {"name": "vfio_pci", "params": {"enable_sriov": True}}]
    ours["params"] = {"enable_sriov": True, **(ours.get("params") or {})}
    return [*found]


def name_of_module(entry: Mapping[str, Any]) -> str:
    """Return the module that an entry of the description is for, as vfio_module would name it."""
    name = entry.get("name") or ("vfio" if entry.get("noiommu") else drivers.default(drivers.PCI))
    return str(name).replace("-", "_")


def _given(**options: Any) -> Options:
    return {name: value for name, value in options.items() if value is not None}


def _path_of_token() -> str:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file

    return token_file.PATH
