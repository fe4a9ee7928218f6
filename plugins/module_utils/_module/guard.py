# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every reason not to load a module, or not to load it again."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import lockdown as _lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module_file, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import foreign, noiommu, resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.want import IF_IDLE, NEVER, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers


def refusals(have: Have, want: Want) -> list[HostError | None]:
    """Return all reasons not to; only the first where the others would follow from it."""
    module = have.module
    wrong = module_file.refusal(have.file, want.name, module.release) if have.file else None
    missing = wrong or _module.missing(module)
    if missing:
        return [missing]
    turns_on = want.name == noiommu.MODULE and want.params.get(noiommu.PARAMETER) == "Y"
    barred = noiommu.refusal(module, have.config, have.groups) if turns_on else None
    unknown = [parameter.unknown(module, key) for key in want.params if not (barred and key == noiommu.PARAMETER)]
    return [
        barred,
        *unknown,
        _lockdown.useless(want.name, drivers.is_uio(want.name), have.lockdown),
        None if module.present else _lockdown.unsigned(want.name, have.signer, have.keys, have.lockdown),
        have.denied,
        foreign.refusal(have.foreign, want.name, want.params, module.builtin) if want.persistent else None,
        _cannot_wait(have, want),
    ]


def _cannot_wait(have: Have, want: Want) -> HostError | None:
    """Refuse what only loading the module again brings, where that must not be done and nothing would remain for later."""
    name, users, late = want.name, have.users, resolve.late(have, want)
    if not late:
        return None
    values = "; ".join(f"{name}.{key} is {have.module.parameters.get(key) or 'not readable'}" for key in late)
    message = f"{values}; the kernel reads it only while the module is loaded."
    if have.module.builtin:
        remedy = f"Set persistent to true, and add the boot parameters that this module returns: {name} is built in."
        return None if want.persistent else HostError(message, remedy)
    if want.reload == IF_IDLE and not users.idle:
        return HostError(
            f"{message} It is in use and was not unloaded: {users}.",
            "Stop the processes, give the devices back with dataplane.dpdk.dpdk_bind, and run this again.",
            f"With reload: {NEVER} and persistent: true it counts from the next boot on.",
        )
    if want.reload == NEVER and not want.persistent:
        remedy = f"Set reload to {IF_IDLE}" + ("." if users.idle else f", once these are gone: {users}.")
        return HostError(message, remedy, "Set persistent to true, and it counts from the next boot on.")
    return None
