# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that is to be there with its parameters, or to be gone: what is wanted, what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import (
    cmdline,
    config,
    hugepages,
    initramfs,
    modprobe_d,
    module_file,
    parameter,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import lockdown as _lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.config import Config
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.lockdown import Lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module_file import Installed, ModuleFile
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import dma_limit, foreign, noiommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import users as _users
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.foreign import Foreign
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.users import Users
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as _files

NEVER, IF_IDLE = "never", "if_idle"
RELOADS = (NEVER, IF_IDLE)
# Their files have the mode 0 (vfio_pci.c, igb_uio.c), which shows only once the module is there.
_UNREADABLE = {"vfio_pci": ("ids",), "igb_uio": ("wc_activate",)}


@dataclass(frozen=True)
class Want:
    """A module with these parameters, now and, where persistent, after each boot; or none of it.

    ``reload`` says what to do about parameters that count only while the module is loaded; ``path``
    is the file to load, where modprobe does not find it by its name.
    """

    name: str
    params: dict[str, str] = field(default_factory=dict)
    persistent: bool = True
    absent: bool = False
    reload: str = NEVER
    noiommu: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Have:
    """All that the plan rests on; ``initramfs`` is the command that renews it, where it holds the module."""

    module: Module
    options_text: str | None
    load_text: str | None
    foreign: tuple[Foreign, ...]
    users: Users
    groups: dict[int, Group]
    config: Config
    lockdown: Lockdown
    signer: str
    keys: str
    entries: int
    booted: tuple[str, ...]
    file: ModuleFile | None
    installed: Installed | None
    initramfs: tuple[str, ...] | None = None

    @property
    def saved(self) -> dict[str, str]:
        """The parameters in our own file."""
        name = self.module.name
        return modprobe_d.parse(self.options_text or "", _files.modprobe_path(name)).values_of(name)


def wanted(
    name: str | None,
    params: Mapping[str, Any] | None = None,
    persistent: bool = True,
    *,
    state: str = "present",
    reload: str = NEVER,
    choice: str | None = None,
    path: str | None = None,
) -> Want:
    """Check what the user wrote; ``choice`` is that of no-IOMMU mode."""
    name = name if name is not None else noiommu.MODULE if choice else "vfio-pci"
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise HostError(f"{name!r} is no module name.", "Use letters, digits, dashes and underscores.")
    values = {_module.canonical(key): parameter.text(value) for key, value in (params or {}).items()}
    for key, value in values.items():
        parameter.check(key, value)
    want = Want(_module.canonical(name), values, persistent, state == "absent", reload, choice, path)
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
            f"{want.name} is to be absent, and is given parameters or a file.", "Leave out params, noiommu and path."
        )
    if want.path and not module_file.is_one(want.path):
        raise HostError(
            f"{want.path} is no module file.", f"Name a file that ends in {', '.join(module_file.SUFFIXES)}."
        )


def read(host: Host, want: Want) -> Have:
    """Read the host; what takes long only where the plan depends on it."""
    file = module_file.read(host, want.path) if want.path else None
    module = _module.read(host, want.name, want.path)
    lockdown = _lockdown.read(host)
    checks_signature = lockdown.signed_only and not module.present and not want.absent
    named = want.path or want.name
    have = Have(
        module=module,
        options_text=host.read(_files.modprobe_path(want.name)),
        load_text=host.read(_files.load_path(want.name)),
        foreign=foreign.read(host, want.name),
        users=Users(),
        groups=_group.scan(host) if want.name == noiommu.MODULE else {},
        config=config.read(host) if _turns_on_noiommu(want) else Config(None, {}),
        lockdown=lockdown,
        signer=host.run("modinfo", "-F", "signer", named).out.strip() if checks_signature else "",
        keys=(host.attr("/proc/keys") or "") if checks_signature else "",
        entries=dma_limit.limit(hugepages.read(host)) if dma_limit.AUTO in want.params.values() else 0,
        booted=tuple(cmdline.parse(host.attr("/proc/cmdline") or "")),
        file=file,
        installed=module_file.installed(host, want.name),
    )
    if module.loaded and (want.absent or late(have, want)):
        have = replace(have, users=_users.read(host, want.name))
    if options_text(have, want) != have.options_text:
        have = replace(have, initramfs=initramfs.rebuilding(host, want.name))
    return have


def _turns_on_noiommu(want: Want) -> bool:
    return want.noiommu in (noiommu.ENABLED, noiommu.WHERE_NEEDED) or noiommu.PARAMETER in want.params


def params(have: Have, want: Want) -> dict[str, str]:
    """Return the parameters with what depends on the host filled in, as the kernel will print them."""
    given = dict(want.params)
    if (want.name, given.get(dma_limit.PARAMETER)) == (dma_limit.MODULE, dma_limit.AUTO):
        given[dma_limit.PARAMETER] = str(have.entries)
    if want.noiommu:
        value = noiommu.value(want.noiommu, have.groups)
        # A kernel without the mode has it off.
        if value == "Y" or have.module.knows(noiommu.PARAMETER):
            given[noiommu.PARAMETER] = value
    return {key: parameter.foretold(have.module, key, value) for key, value in sorted(given.items())}


def late(have: Have, want: Want) -> list[str]:
    """Return the parameters that are not as wanted and that only loading the module anew can set."""
    return [
        key
        for key, value in params(have, want).items()
        if have.module.present
        and have.module.knows(key)
        and not parameter.takes_writes(have.module, key)
        and not _in_effect(have, key, value)
    ]


def options_text(have: Have, want: Want) -> str | None:
    """Return the text that our file in modprobe.d is to have."""
    if want.absent:
        return None
    if not want.persistent or have.module.builtin:
        return have.options_text
    return _files.render_options(want.name, {**have.saved, **params(have, want)})


def is_unreadable(module: Module, key: str) -> bool:
    """Whether the kernel does not tell a parameter's value."""
    return key not in module.parameters if module.present else key in _UNREADABLE.get(module.name, ())


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``."""
    return {
        "loaded": have.module.present,
        "params": {key: have.module.parameters.get(key) for key in params(have, want)},
        "persistent": have.module.builtin or have.load_text is not None,
        "persistent_params": dict(sorted(have.saved.items())),
    }


def _in_effect(have: Have, key: str, value: str) -> bool:
    """Whether a parameter has a value; one that cannot be read has what the last boot or load was told."""
    if not is_unreadable(have.module, key):
        return parameter.same(have.module.parameters[key], value)
    if have.module.builtin:
        return not cmdline.lacking(have.booted, [f"{have.module.name}.{key}={value}"])
    return have.saved.get(key) == value
