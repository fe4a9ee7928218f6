# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernel modules: loaded, built in, their parameters, and the files that bring them back.

A module's name has underscores (``vfio_pci``); the kernel and modprobe take dashes for the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import modules as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step

MODULES = "/sys/module"
# The write is taken, but the value was copied when the module was loaded (vfio_pci_init).
_COPIED_AT_LOAD = {"vfio_pci": ("disable_idle_d3", "nointxmask", "ids")}
_TRUE = ("y", "1", "on", "true", "yes")
_FALSE = ("n", "0", "off", "false", "no")


@dataclass(frozen=True)
class Module:
    """A module as the kernel has it.

    ``parameters`` are the live values, None where unreadable; ``kinds`` are the types (bool, int)
    that the module's file names, read only where the module is not there yet.
    """

    name: str
    release: str
    loaded: bool
    builtin: bool
    available: bool
    parameters: dict[str, str | None]
    kinds: dict[str, str]
    modprobe_text: str | None
    load_text: str | None


@dataclass(frozen=True)
class Want:
    """A module to be loaded with these parameters, now and, where persistent, after each boot."""

    name: str
    params: dict[str, str]
    persistent: bool


def wanted(name: str, params: Mapping[str, Any] | None, persistent: bool) -> Want:
    """Check what the user wrote."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise HostError(f"{name!r} is no module name.", "Use letters, digits, dashes and underscores.")
    values = {canonical(key): _text(value) for key, value in (params or {}).items()}
    for key, value in values.items():
        if not value or any(letter.isspace() or letter in "#'\"\\" for letter in key + value):
            raise HostError(
                f"{key}={value!r} is no module parameter.",
                "Give one value without white space for each.",
                "Leave out quotes, backslashes and #.",
            )
    return Want(canonical(name), values, persistent)


def canonical(name: str) -> str:
    """Return a module's or parameter's name as sysfs spells it."""
    return name.replace("-", "_")


def read(host: Host, name: str) -> Module:
    """Read a module's state."""
    name = canonical(name)
    path = f"{MODULES}/{name}"
    loaded = host.exists(f"{path}/initstate")
    builtin = not loaded and (host.exists(path) or _listed_builtin(host, name))
    return Module(
        name=name,
        release=host.release(),
        loaded=loaded,
        builtin=builtin,
        available=loaded or builtin or host.run("modinfo", "-F", "filename", name).rc == 0,
        kinds={} if loaded or builtin else _kinds(host, name),
        parameters={each: host.attr(f"{path}/parameters/{each}") for each in host.names(f"{path}/parameters")},
        modprobe_text=host.read(_files.modprobe_path(name)),
        load_text=host.read(_files.load_path(name)),
    )


def load(host: Host, name: str) -> None:
    """Load a module and verify that it is there: modprobe's return code is no proof."""
    done = host.run("modprobe", canonical(name))
    now = read(host, name)
    if not (now.loaded or now.builtin):
        said = done.err.strip() or f"return code {done.rc}"
        raise HostError(
            f"'modprobe {name}' did not load the module: {said}.",
            "Look into the kernel log; under Secure Boot the module has to be signed.",
        )


def missing(module: Module) -> HostError | None:
    """Return the error that the running kernel has no such module, or None where it has it."""
    if module.available:
        return None
    return HostError(
        f"The running kernel ({module.release}) has no module {module.name}.",
        f"Correct the name, or install the package that holds {module.name}.ko for this kernel.",
    )


def describe(module: Module, want: Want) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``."""
    saved = _files.parse_options(module.modprobe_text, module.name)
    return {
        "loaded": module.loaded or module.builtin,
        "params": {key: module.parameters.get(key) for key in sorted(want.params)},
        "persistent": module.builtin or module.load_text is not None,
        "persistent_params": dict(sorted(saved.items())),
    }


def plan(module: Module, want: Want) -> Plan:
    """Return the steps that load the module with its parameters and keep it so."""
    raise_all([missing(module)])
    _require_settable(module, want)
    steps = _file_steps(module, want) if want.persistent and not module.builtin else []
    if not (module.loaded or module.builtin):
        steps.append(_load_step(module, want))
    else:
        steps.extend(
            _set_step(module, key, value)
            for key, value in sorted(want.params.items())
            if not same(module.parameters.get(key), value)
        )
    return Plan(tuple(steps), _after(module, want), _built_in_warnings(module, want))


def _built_in_warnings(module: Module, want: Want) -> tuple[str, ...]:
    """Say how to keep parameters of a module that is part of the kernel: modprobe.d does not reach it."""
    if not (module.builtin and want.persistent and want.params):
        return ()
    tokens = " ".join(f"{module.name}.{key}={value}" for key, value in sorted(want.params.items()))
    return (f"{module.name} is built into the kernel; to keep its parameters, add {tokens} with kernel_args.",)


def same(live: str | None, wanted_value: str) -> bool:
    """Whether a live value is the wanted one; the kernel prints booleans as Y and N."""
    return live is not None and _truth(live) == _truth(wanted_value)


def _require_settable(module: Module, want: Want) -> None:
    present = module.loaded or module.builtin
    known = module.parameters if present else module.kinds
    for key, value in want.params.items():
        if key not in known:
            raise HostError(
                f"The module {module.name} of this kernel has no parameter {key}; it has {', '.join(sorted(known)) or 'none'}.",
                "Correct the name, or use a kernel that was built with the feature.",
            )
        if present and not same(module.parameters[key], value) and key in _COPIED_AT_LOAD.get(module.name, ()):
            raise HostError(
                f"{module.name}.{key} is {module.parameters[key]}; the kernel reads it only while the module is loaded.",
                f"Give back all devices of the driver, unload {module.name}, and run this again.",
            )


def _file_steps(module: Module, want: Want) -> list[Step]:
    given = {key: _foretold(module, key, value) or value for key, value in want.params.items()}
    options = {**_files.parse_options(module.modprobe_text, module.name), **given}
    texts = [
        (_files.modprobe_path(module.name), module.modprobe_text, _files.render_options(module.name, options)),
        (_files.load_path(module.name), module.load_text, _files.render_load(module.name)),
    ]
    return [write_step(path, before, after) for path, before, after in texts if before != after]


def _load_step(module: Module, want: Want) -> Step:
    options = [f"{key}={_foretold(module, key, value)}" for key, value in sorted(want.params.items())]

    def do(host: Host) -> None:
        done = host.run("modprobe", want.name, *options)
        now = read(host, want.name)
        wrong = [key for key, value in want.params.items() if not same(now.parameters.get(key), value)]
        if not (now.loaded or now.builtin) or wrong:
            missed = f", with {', '.join(wrong)} not as wanted" if wrong else ""
            raise HostError(
                f"'modprobe {' '.join([want.name, *options])}' did not load the module{missed}: "
                f"{done.err.strip() or f'return code {done.rc}'}.",
                "Look into the kernel log; under Secure Boot the module has to be signed.",
            )

    suffix = f" with {' '.join(options)}" if options else ""
    return Step(f"Loaded {want.name}{suffix}", do, lambda host: _unload(host, want.name))


def _unload(host: Host, name: str) -> None:
    host.must("modprobe", "--remove", name)


def _set_step(module: Module, key: str, value: str) -> Step:
    path = f"{MODULES}/{module.name}/parameters/{key}"
    old = module.parameters[key] or ""
    value = _foretold(module, key, value) or value

    def do(host: Host) -> None:
        try:
            host.write_attr(path, value)
        except WriteError as error:
            raise HostError(
                f"{error.message} The kernel takes {key} only while {module.name} is loaded.",
                f"Give back all devices of the driver, unload {module.name}, and run this again.",
            ) from error
        now = host.attr(path)
        if not same(now, value):
            raise HostError(f"Wrote {value} to {path}, but it reads {now}.", "Look into the kernel log.")

    return Step(f"Set {module.name}.{key} to {value} (was {old})", do, lambda host: host.write_attr(path, old))


def _after(module: Module, want: Want) -> dict[str, Any]:
    saved = _files.parse_options(module.modprobe_text, module.name)
    if want.persistent and not module.builtin:
        saved.update({key: _foretold(module, key, value) or value for key, value in want.params.items()})
    return {
        "loaded": True,
        "params": {key: _foretold(module, key, value) for key, value in sorted(want.params.items())},
        "persistent": want.persistent or module.builtin or module.load_text is not None,
        "persistent_params": dict(sorted(saved.items())),
    }


def _truth(value: str) -> str:
    lower = value.lower()
    return "Y" if lower in _TRUE else "N" if lower in _FALSE else value


def _foretold(module: Module, key: str, value: str) -> str | None:
    """Return a wanted value as the kernel will print it: booleans as Y and N, all else as it is."""
    live = module.parameters.get(key)
    if same(live, value):
        return live
    boolean = live in ("Y", "N") if live is not None else module.kinds.get(key) == "bool"
    return _truth(value) if boolean else value


def _kinds(host: Host, name: str) -> dict[str, str]:
    lines = host.run("modinfo", "-F", "parmtype", name).out.splitlines()
    return {key: kind for key, _colon, kind in (line.partition(":") for line in lines) if kind}


def _text(value: Any) -> str:
    return ("Y" if value else "N") if isinstance(value, bool) else str(value)


def _listed_builtin(host: Host, name: str) -> bool:
    listing = host.read(f"/lib/modules/{host.release()}/modules.builtin") or ""
    return any(canonical(line.rsplit("/", 1)[-1]).startswith(f"{name}.ko") for line in listing.splitlines())
