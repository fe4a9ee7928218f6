# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parameters of kernel modules: how values compare, and when the kernel looks at them."""

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import MODULES, Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step

_TRUE = ("y", "1", "on", "true", "yes")
_FALSE = ("n", "0", "off", "false", "no")
# The write is taken and shown, but vfio_pci_core got the value when the module was loaded (vfio_pci_init).
_COPIED_AT_LOAD = {"vfio_pci": ("disable_idle_d3", "nointxmask")}
_APPLICATIONS = "it counts for applications that are started from now on"
# When the kernel looks at a value that was written while the module is there (vfio_iommu_type1.c, group.c).
_COUNTS = {
    ("vfio", "enable_unsafe_noiommu_mode"): "it counts for devices that are bound from now on",
    ("vfio_iommu_type1", "allow_unsafe_interrupts"): _APPLICATIONS,
    ("vfio_iommu_type1", "disable_hugepages"): _APPLICATIONS,
    ("vfio_iommu_type1", "dma_entry_limit"): _APPLICATIONS,
}


def text(value: Any) -> str:
    """Return a value from a task as text."""
    return ("Y" if value else "N") if isinstance(value, bool) else str(value)


def check(key: str, value: str) -> None:
    """Raise HostError for a text that cannot be part of a line of modprobe.d."""
    if not value or any(letter.isspace() or letter in "#'\"\\" for letter in key + value):
        raise HostError(
            f"{key}={value!r} is no module parameter.",
            "Give one value without white space for each.",
            "Leave out quotes, backslashes and #.",
        )


def same(live: str | None, wanted_value: str) -> bool:
    """Whether a live value is the wanted one; the kernel prints booleans as Y and N."""
    return live is not None and _truth(live) == _truth(wanted_value)


def predicted(module: Module, key: str, value: str) -> str:
    """Return a wanted value as the kernel will print it: booleans as Y and N, all else as it is."""
    live = module.parameters.get(key)
    if live is not None and same(live, value):
        return live
    boolean = live in ("Y", "N") if live is not None else module.kinds.get(key) == "bool"
    return _truth(value) if boolean else value


def takes_writes(module: Module, key: str) -> bool:
    """Whether a value written while the module is there has an effect."""
    return key in module.writable and key not in _COPIED_AT_LOAD.get(module.name, ())


def unknown(module: Module, key: str) -> HostError | None:
    """Return the error that a module has no such parameter, or None where it has it."""
    if module.knows(key):
        return None
    known = ", ".join(sorted({*module.parameters, *module.kinds})) or "none"
    return HostError(
        f"The module {module.name} of this kernel has no parameter {key}; it has {known}.",
        "Correct the name, or use a kernel that was built with the feature.",
    )


def set_step(module: Module, key: str, value: str) -> Step:
    """Return the step that writes a live value and reads it back."""
    path = f"{MODULES}/{module.name}/parameters/{key}"
    old = module.parameters[key] or ""

    def do(host: Host) -> None:
        try:
            host.write_attr(path, value)
        except WriteError as error:
            raise HostError(
                f"{error.message} The kernel does not take this value for {module.name}.{key} now.",
                "Correct the value; if it is right, look into the kernel log.",
            ) from error
        now = host.attr(path)
        if not same(now, value):
            raise HostError(f"Wrote {value} to {path}, but it reads {now}.", "Look into the kernel log.")

    counts = _COUNTS.get((module.name, key))
    action = f"Set {module.name}.{key} to {value} (was {old})" + (f"; {counts}" if counts else "")
    return Step(action, do, lambda host: host.write_attr(path, old))


def _truth(value: str) -> str:
    lower = value.lower()
    return "Y" if lower in _TRUE else "N" if lower in _FALSE else value
