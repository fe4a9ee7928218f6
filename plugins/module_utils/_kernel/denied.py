# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules that the host's configuration keeps from being loaded, though modprobe may end with 0.

modprobe runs an install command instead of loading a module, also for one that another depends on (kmod_module_probe_insert_module
in libkmod-module.c); the kernel itself heeds module_blacklist (blacklisted in kernel/module/main.c). A blacklist line of
modprobe.d keeps a module only from being loaded for its devices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.modprobe_d import CMDLINE, Configuration
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import canonical

# What a hardened host runs instead (CIS benchmarks: /bin/true, /bin/false); any other command may load the module itself.
_NOTHING = ("true", "false", ":", "exit", "echo", "null")
_LOADERS = ("modprobe", "insmod")
_BY_KERNEL = "module_blacklist"


def refusal(host: Host, found: Configuration, module: str) -> HostError | None:
    """Return why loading a module would load nothing; None where nothing that is known keeps it, or those it depends on."""
    if not (any(_denies(each.command) for each in found.install) or any(_refused(found))):
        return None
    for name in [canonical(module), *_depends(host, canonical(module))]:
        error = _reason(found, canonical(module), name)
        if error is not None:
            return error
    return None


def _reason(found: Configuration, module: str, name: str) -> HostError | None:
    needed = f"{module} cannot be loaded" + ("" if name == module else f", because it needs {name}")
    line = next(iter(found.install_of(name)), None)
    if line is not None and _denies(line.command):
        return HostError(
            f"{needed}: {line.path} says 'install {line.text}', and modprobe runs that instead.",
            f"Take that line out of {line.path}, if {name} may be used on this host.",
        )
    if name in _refused(found):
        return HostError(
            f"{needed}: the kernel was booted with {_BY_KERNEL}, which names {name}.",
            f"Take {name} out of {_BY_KERNEL} on the kernel command line, and reboot.",
        )
    return None


def _denies(command: str) -> bool:
    words: Sequence[str] = command.split()
    return bool(words) and words[0].rsplit("/", 1)[-1] in _NOTHING and not any(each in command for each in _LOADERS)


def _refused(found: Configuration) -> set[str]:
    return {each.module for each in found.blacklist if each.path == CMDLINE and each.text.startswith(_BY_KERNEL)}


def _depends(host: Host, module: str) -> Iterator[str]:
    """Yield the modules that one depends on that are not there yet, as depmod wrote them down."""
    for line in (host.read(f"/lib/modules/{host.release()}/modules.dep") or "").splitlines():
        path, _colon, others = line.partition(":")
        if _name(path) == module:
            names = map(_name, others.split())
            yield from (each for each in names if not host.exists(f"/sys/module/{each}/initstate"))


def _name(path: str) -> str:
    return canonical(path.rsplit("/", 1)[-1].partition(".ko")[0])
