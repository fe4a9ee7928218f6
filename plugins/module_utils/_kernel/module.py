# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernel modules: loaded, built in, and the parameters they have.

A module's name has underscores (``vfio_pci``); the kernel and modprobe take dashes for the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step

MODULES = "/sys/module"
_WRITABLE = 0o200


@dataclass(frozen=True)
class Module:
    """A module as the kernel has it.

    ``parameters`` are the live values, None where unreadable; ``writable`` are those whose files take
    a value; ``kinds`` are the types (bool, int) of all parameters that the module's file names, where it was asked.
    """

    name: str
    release: str
    loaded: bool
    builtin: bool
    available: bool
    parameters: dict[str, str | None]
    writable: frozenset[str]
    kinds: dict[str, str]

    @property
    def present(self) -> bool:
        """Whether the running kernel has it now."""
        return self.loaded or self.builtin

    def knows(self, key: str) -> bool:
        """Whether it has a parameter, be it one that cannot be read."""
        return key in self.parameters or key in self.kinds


def canonical(name: str) -> str:
    """Return a module's or parameter's name as sysfs spells it."""
    return name.replace("-", "_")


def read(host: Host, name: str, file: str | None = None, keys: Collection[str] | None = None) -> Module:
    """Read a module's state; ``file`` is where its file lies if modprobe does not find it by its name.

    ``keys`` are the parameters that matter, None for all: only of those that sysfs does not show the file is asked.
    """
    name = canonical(name)
    path = f"{MODULES}/{name}"
    loaded = host.exists(f"{path}/initstate")
    builtin = not loaded and (host.exists(path) or _listed_builtin(host, name))
    files = host.names(f"{path}/parameters")
    values = {each: host.attr(f"{path}/parameters/{each}") for each in files}
    hidden = keys is None or any(values.get(key) is None for key in keys)
    return Module(
        name=name,
        release=host.release(),
        loaded=loaded,
        builtin=builtin,
        available=loaded or builtin or host.run("modinfo", "-F", "filename", file or name).rc == 0,
        parameters=values,
        writable=frozenset(each for each in files if (host.mode(f"{path}/parameters/{each}") or 0) & _WRITABLE),
        kinds=_kinds(host, file or name) if hidden else {},
    )


def load(host: Host, name: str, instead: Sequence[str] = ()) -> None:
    """Load a module and verify that it is there: modprobe's return code is no proof.

    ``instead`` are the install lines by which modprobe runs something else.
    """
    done = host.run("modprobe", canonical(name))
    if not read(host, name).present:
        said = done.err.strip() or f"return code {done.rc}"
        raise HostError(
            f"'modprobe {name}' did not load the module: {said}.",
            "Look into the kernel log; under Secure Boot the module has to be signed.",
            *(f"Look at what runs instead of loading it: {each}." for each in instead),
        )


def load_step(name: str, instead: Sequence[str] = ()) -> Step:
    """Return the step that loads a module as it is; one that is loaded stays so."""
    return Step(f"Loaded the module {name}", lambda host: load(host, name, instead))


def missing(module: Module) -> HostError | None:
    """Return the error that the running kernel has no such module, or None where it has it."""
    if module.available:
        return None
    return HostError(
        f"The running kernel ({module.release}) has no module {module.name}.",
        f"Correct the name, or install the package that holds {module.name}.ko for this kernel.",
    )


def _kinds(host: Host, name: str) -> dict[str, str]:
    lines = host.run("modinfo", "-F", "parmtype", name).out.splitlines()
    return {key: kind for key, _colon, kind in (line.partition(":") for line in lines) if kind}


def _listed_builtin(host: Host, name: str) -> bool:
    listing = host.read(f"/lib/modules/{host.release()}/modules.builtin") or ""
    return any(canonical(line.rsplit("/", 1)[-1]).startswith(f"{name}.ko") for line in listing.splitlines())
