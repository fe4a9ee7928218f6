# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host has of a module: the module itself, our files, what others wrote, and who uses it."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import (
    cmdline,
    config,
    hugepages,
    modprobe_d,
    module_file,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import lockdown as _lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.config import Config
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.lockdown import Lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module_file import Installed, ModuleFile
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.parameter import same
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import dma_limit, foreign, noiommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import resolve as _resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import users as _users
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.foreign import Foreign
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.users import Users
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import group as _group
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.group import Group
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as _files


@dataclass(frozen=True)
class Have:
    """All that the plan rests on; ``initramfs`` is the command that renews it, where it holds the module.

    ``entries`` is the limit of DMA mappings that the hugepages need, and 0 where nobody asks for it.
    """

    module: Module
    options_text: str | None
    load_text: str | None
    foreign: tuple[Foreign, ...]
    denied: HostError | None
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


def read(host: Host, want: Want) -> Have:
    """Read the host; what takes long only where the plan depends on it."""
    keys = {*want.params, *([noiommu.PARAMETER] if want.noiommu else [])}
    module = _module.read(host, want.name, want.path, keys)
    lockdown = _lockdown.read(host)
    checks_signature = lockdown.signed_only and not module.present and not want.absent
    named = want.path or want.name
    have = Have(
        module=module,
        options_text=host.read(_files.modprobe_path(want.name)),
        load_text=host.read(_files.load_path(want.name)),
        foreign=foreign.read(host, want.name),
        denied=None if module.present or want.absent else _denied(host, want),
        users=Users(),
        groups=_group.scan(host) if want.name == noiommu.MODULE else {},
        config=config.read(host) if _may_turn_noiommu_on(want) else Config(),
        lockdown=lockdown,
        signer=host.run("modinfo", "-F", "signer", named).out.strip() if checks_signature else "",
        keys=(host.attr("/proc/keys") or "") if checks_signature else "",
        entries=dma_limit.limit(hugepages.read(host)) if dma_limit.AUTO in want.params.values() else 0,
        booted=tuple(cmdline.parse(host.attr("/proc/cmdline") or "")),
        file=module_file.read(host, want.path) if want.path else None,
        installed=module_file.installed(host, want.name),
    )
    return _read_more(host, have, _resolve.resolve(have, want))


def _read_more(host: Host, have: Have, want: Want) -> Have:
    """Look for users where the module may have to be unloaded, and into the initramfs where its options change."""
    if have.module.loaded and (want.absent or _resolve.late(have, want)):
        have = replace(have, users=_users.read(host, want.name))
    if _resolve.options_text(have, want) != have.options_text:
        from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import initramfs

        have = replace(have, initramfs=initramfs.rebuilding(host, want.name))
    return have


def _denied(host: Host, want: Want) -> HostError | None:
    """Whether loading it would load nothing; insmod, which loads a file that is not kept, asks no configuration."""
    if want.path is not None and not want.persistent:
        return None
    from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import denied

    return denied.refusal(host, modprobe_d.read(host), want.name)


def _may_turn_noiommu_on(want: Want) -> bool:
    chosen = want.noiommu in (noiommu.ENABLED, noiommu.WHERE_NEEDED)
    return chosen or same(want.params.get(noiommu.PARAMETER), "Y")
