# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for: a module with its parameters, or none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module_file, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import canonical
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import noiommu

NEVER, IF_IDLE = "never", "if_idle"
PRESENT = "present"


# The options of the module, as Ansible checks them before anything here does.
OPTIONS: dict[str, Any] = {
    "name": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent", "restored"], "default": "present"},
    "params": {"type": "dict", "default": {}},
    "persistent": {"type": "bool", "default": True},
    "reload": {"type": "str", "choices": ["never", "if_idle"], "default": "never"},
    "noiommu": {"type": "str", "choices": ["enabled", "disabled", "where_needed"]},
    "path": {"type": "path"},
}


@dataclass(frozen=True)
class Want:
    """A module with these parameters, now and, where persistent, after each boot; or none of it.

    ``reload`` says what to do about parameters that count only while the module is loaded; ``path``
    is the file to load, where modprobe does not find it by its name. ``noiommu`` is the choice of
    no-IOMMU mode, until it is resolved to its parameter.
    """

    name: str
    params: dict[str, str] = field(default_factory=dict)
    persistent: bool = True
    absent: bool = False
    reload: str = NEVER
    noiommu: str | None = None
    path: str | None = None


def parse(params: Mapping[str, Any]) -> Want:
    """Check what the user wrote."""
    name, choice = params["name"], params["noiommu"]
    if name is None:
        name = noiommu.MODULE if choice else "vfio-pci"
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise HostError(f"{name!r} is no module name.", "Use letters, digits, dashes and underscores.")
    values = {canonical(key): parameter.text(value) for key, value in params["params"].items()}
    for key, value in values.items():
        parameter.check(key, value)
    want = Want(
        name=canonical(name),
        params=values,
        persistent=params["persistent"],
        absent=params["state"] != PRESENT,
        reload=params["reload"],
        noiommu=choice,
        path=params["path"],
    )
    _check_together(want)
    return want


def _check_together(want: Want) -> None:
    if want.noiommu and want.name != noiommu.MODULE:
        raise HostError(
            f"No-IOMMU mode is a parameter of the module {noiommu.MODULE}, not of {want.name}.",
            f"Write a task of its own for it, with name: {noiommu.MODULE}, or leave out name.",
        )
    if want.noiommu and noiommu.PARAMETER in want.params:
        raise HostError(f"noiommu and {noiommu.PARAMETER} say the same.", "Give only one of them.")
    if want.absent and (want.params or want.noiommu or want.path):
        raise HostError(
            f"{want.name} should be absent, but parameters or a file are given.",
            "Leave out params, noiommu and path.",
        )
    if want.path and not module_file.is_one(want.path):
        raise HostError(
            f"{want.path} is no module file.", f"Name a file that ends in {', '.join(module_file.SUFFIXES)}."
        )
