# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernel modules of the fake machine: /sys/module, modprobe and modinfo."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

MODULES = "/sys/module"


@dataclass
class Parameter:
    """A parameter: its type, its value, and the mode of its file (0: no file)."""

    value: str
    kind: str = "bool"
    mode: int = 0o644


@dataclass
class Module:
    """A module that the running kernel has; ``rejected`` is what the kernel says to loading it."""

    name: str
    parameters: dict[str, Parameter] = field(default_factory=dict)
    depends: tuple[str, ...] = ()
    builtin: bool = False
    rejected: str | None = None
    in_use: bool = False


class Modules:
    """The modules; ``loaded`` and ``unloaded`` are called with the name of one that comes or goes."""

    def __init__(
        self, tree: Tree, release: str, loaded: Callable[[str], None], unloaded: Callable[[str], None]
    ) -> None:
        self.tree = tree
        self.release = release
        self.known: dict[str, Module] = {}
        self._loaded = loaded
        self._unloaded = unloaded
        self.old_booleans = False  # kernels before 5.19 take y, n, 1, 0, on and off, but neither true nor false
        tree.mkdir(MODULES)

    def add(self, module: Module) -> Module:
        """Install a module, or build it in."""
        self.known[module.name] = module
        if module.builtin:
            path = f"/lib/modules/{self.release}/modules.builtin"
            listing = self.tree.read(path)
            line = f"kernel/drivers/vfio/{module.name.replace('_', '-')}.ko"
            self.tree.write(path, "".join(f"{each}\n" for each in [listing, line] if each))
            self._write_parameters(module)
            self._loaded(module.name)
        return module

    def is_loaded(self, name: str) -> bool:
        return self.tree.exists(f"{MODULES}/{name}/initstate")

    def is_present(self, name: str) -> bool:
        return self.is_loaded(name) or (name in self.known and self.known[name].builtin)

    def value(self, name: str, parameter: str) -> str | None:
        return self.tree.read(f"{MODULES}/{name}/parameters/{parameter}")

    def load(self, name: str, **values: str) -> None:
        """Load a module with its dependencies, as modprobe does with /etc/modprobe.d."""
        module = self.known[name]
        if self.is_present(name):
            return
        for other in module.depends:
            self.load(other)
        for key, value in [*self._configured(name).items(), *values.items()]:  # each is parsed, the last counts
            if key in module.parameters:
                module.parameters[key].value = self._parse(module.parameters[key], value)
        self.tree.write(f"{MODULES}/{name}/initstate", "live\n")
        self._write_parameters(module)
        self._loaded(name)

    def unload(self, name: str) -> None:
        self.tree.remove(f"{MODULES}/{name}")
        self._unloaded(name)

    def store(self, name: str, parameter: str, value: str) -> None:
        """React to a write to a parameter's file."""
        known = self.known[name].parameters[parameter]
        if not known.mode & 0o200:
            raise OSError(errno.EACCES, "not writable")
        known.value = self._parse(known, value)
        self.tree.write(f"{MODULES}/{name}/parameters/{parameter}", f"{known.value}\n", known.mode)

    def modprobe(self, words: list[str]) -> tuple[int, str, str]:
        if words[0] == "--remove":
            return self._remove(words[1])
        name = words[0].replace("-", "_")
        module = self.known.get(name)
        if module is None:
            missing = f"modprobe: FATAL: Module {name} not found in directory /lib/modules/{self.release}\n"
            return 1, "", missing
        if module.rejected and not self.is_loaded(name):
            return 1, "", f"modprobe: ERROR: could not insert '{name}': {module.rejected}\n"
        values = dict(word.split("=", 1) for word in words[1:])
        try:
            self.load(name, **values)
        except OSError:
            return 1, "", f"modprobe: ERROR: could not insert '{name}': Invalid argument\n"
        return 0, "", ""

    def modinfo(self, words: list[str]) -> tuple[int, str, str]:
        wanted, name = words[1], words[2]
        module = self.known.get(name)
        if module is None:
            return 1, "", f"modinfo: ERROR: Module {name} not found.\n"
        if wanted == "filename":
            return 0, "(builtin)\n" if module.builtin else f"/lib/modules/{self.release}/kernel/{name}.ko\n", ""
        return 0, "".join(f"{key}:{each.kind}\n" for key, each in module.parameters.items()), ""

    def _remove(self, name: str) -> tuple[int, str, str]:
        if not self.is_loaded(name):
            return 0, "", ""  # what is not there is no error, unless --first-time is said
        if self.known[name].in_use:
            return 1, "", f"modprobe: FATAL: Module {name} is in use.\n"
        self.unload(name)
        return 0, "", ""

    def _configured(self, name: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for file in self.tree.names("/etc/modprobe.d"):
            for line in (self.tree.read(f"/etc/modprobe.d/{file}") or "").splitlines():
                words = line.split()
                if words[:1] == ["options"] and words[1].replace("-", "_") == name:
                    found.update({key: value for key, _eq, value in (word.partition("=") for word in words[2:])})
        return found

    def _write_parameters(self, module: Module) -> None:
        for key, known in module.parameters.items():
            if known.mode:
                self.tree.write(f"{MODULES}/{module.name}/parameters/{key}", f"{known.value}\n", known.mode)

    def _parse(self, known: Parameter, value: str) -> str:
        """Return what the file shows after a value was taken: kstrtobool and kstrtoint (lib/kstrtox.c)."""
        if known.kind == "int":
            try:
                return str(int(value, 0))
            except ValueError:
                raise OSError(errno.EINVAL, "no number") from None
        if known.kind != "bool":
            return value
        lower = value.strip().lower()
        if lower[:1] in ("y", "1") or lower[:2] == "on" or (lower[:1] == "t" and not self.old_booleans):
            return "Y"
        if lower[:1] in ("n", "0") or lower[:2] == "of" or (lower[:1] == "f" and not self.old_booleans):
            return "N"
        raise OSError(errno.EINVAL, "no boolean")
