# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan that brings a module to what is wanted of it, and its state before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import guard, noiommu, resolve, steps
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.want import IF_IDLE, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that load the module with its parameters and keep it so, or that take all of it away."""
    if want.absent:
        return _taking_away(have, want)
    raise_all(guard.refusals(have, want))
    late = resolve.late(have, want)
    reloads = bool(late) and want.reload == IF_IDLE and have.module.loaded
    todo = steps.files(have, want)
    if have.module.present:
        todo += [*steps.live(have, want), *([steps.load_again(have, want)] if reloads else [])]
    else:
        todo.append(steps.load(have, want))
    waiting = () if reloads else late
    return Plan(
        tuple(todo),
        describe(_after(have, want, waiting), want),
        tuple(_warnings(have, want, waiting)),
        _facts(have, want, waiting),
    )


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state of a module, of the parameters that the task names: before, after, and as predicted."""
    return {
        "loaded": have.module.present,
        "params": {key: have.module.parameters.get(key) for key in want.params},
        "persistent": have.module.builtin or have.load_text is not None,
        "persistent_params": dict(sorted(have.saved.items())),
    }


def _taking_away(have: Have, want: Want) -> Plan:
    unloads = have.module.loaded and have.users.idle
    # While its file is there: modprobe does not remove what it does not find.
    first = [steps.unload(have)] if unloads else steps.noiommu_off(have)
    stays = have.module.loaded and not unloads
    after = replace(have, module=replace(have.module, loaded=stays), options_text=None, load_text=None)
    warnings = (f"{want.name} stays loaded, because it is in use: {have.users}.",) if stays else ()
    return Plan((*first, *steps.files(have, want)), describe(after, want), warnings, _facts(have, want, ()))


def _after(have: Have, want: Want, waiting: Sequence[str]) -> Have:
    """Return the host as it will be; what cannot be read is not shown afterwards either."""
    module = have.module
    shown = {
        key: value
        for key, value in want.params.items()
        if key not in waiting and not resolve.is_unreadable(module, key)
    }
    return replace(
        have,
        module=replace(module, loaded=not module.builtin, parameters={**module.parameters, **shown}),
        options_text=resolve.options_text(have, want),
        load_text=resolve.load_text(have, want),
    )


def _facts(have: Have, want: Want, waiting: Sequence[str]) -> dict[str, Any]:
    tokens = _boot_parameters(have, want)
    return {
        "kernel_args": {"present": tokens, "absent": [token.partition("=")[0] for token in tokens]},
        "reload_required": bool(waiting) and have.module.loaded,
        "reboot_required": bool(waiting) and have.module.builtin,
        "foreign": [str(each) for each in have.foreign],
    }


def _boot_parameters(have: Have, want: Want) -> list[str]:
    """Return the boot parameters that keep the values of a module which is built in."""
    kept = have.module.builtin and want.persistent and not want.absent
    return [f"{want.name}.{key}={value}" for key, value in want.params.items()] if kept else []


def _warnings(have: Have, want: Want, waiting: Sequence[str]) -> Iterator[str]:
    if want.name == noiommu.MODULE and noiommu.PARAMETER in want.params:
        yield from _noiommu_warnings(have, want.params[noiommu.PARAMETER])
    missing = cmdline.lacking(have.booted, _boot_parameters(have, want))
    if missing:
        yield f"{want.name} is built into the kernel; to keep its parameters, add {' '.join(missing)} with kernel_args."
    if waiting and have.module.loaded:
        users = "It is idle now, so reload: if_idle would do." if have.users.idle else f"It is in use: {have.users}."
        yield (
            f"{', '.join(f'{want.name}.{key}' for key in waiting)} will count once the module is loaded again, "
            f"at the latest after a reboot. {users}"
        )


def _noiommu_warnings(have: Have, value: str) -> Iterator[str]:
    bound = noiommu.left_bound(have.groups)
    if value == "Y":
        changes = not parameter.same(have.module.parameters.get(noiommu.PARAMETER), value)
        yield from [noiommu.TAINT] if changes else []
    elif bound:
        yield f"Bound in no-IOMMU mode and still so: {', '.join(bound)}. Unbind them with dataplane.dpdk.dpdk_bind."
