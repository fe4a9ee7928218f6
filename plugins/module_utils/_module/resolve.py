# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wanted of a module, in terms of what the host has: values, files, and what cannot count at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import Module
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import dma_limit, noiommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as _files

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._module.have import (
        Have,
    )  # which is read by these functions

# Their files have the mode 0 (vfio_pci.c, igb_uio.c), which shows only once the module is there.
_UNREADABLE = {"vfio_pci": ("ids",), "igb_uio": ("wc_activate",)}


def resolve(have: Have, want: Want) -> Want:
    """Fill in what depends on the host, and write each value as the kernel will print it."""
    params = dict(want.params)
    if (want.name, params.get(dma_limit.PARAMETER)) == (dma_limit.MODULE, dma_limit.AUTO):
        params[dma_limit.PARAMETER] = str(have.entries)
    if want.noiommu:
        value = noiommu.value(want.noiommu, have.groups)
        # A kernel without the mode has it off.
        if value == "Y" or have.module.knows(noiommu.PARAMETER):
            params[noiommu.PARAMETER] = value
    printed = {key: parameter.predicted(have.module, key, value) for key, value in sorted(params.items())}
    return replace(want, params=printed, noiommu=None)


def late(have: Have, want: Want) -> tuple[str, ...]:
    """Return the parameters that differ from what is wanted and that only loading the module again can set."""
    return tuple(
        key
        for key, value in want.params.items()
        if have.module.present
        and have.module.knows(key)
        and not parameter.takes_writes(have.module, key)
        and not _in_effect(have, key, value)
    )


def options_text(have: Have, want: Want) -> str | None:
    """Return the text that our file in modprobe.d should have."""
    if want.absent:
        return None
    return _files.render_options(want.name, {**have.saved, **want.params}) if keeps(have, want) else have.options_text


def load_text(have: Have, want: Want) -> str | None:
    """Return the text that our file in modules-load.d should have."""
    if want.absent:
        return None
    return _files.render_load(want.name) if keeps(have, want) else have.load_text


def keeps(have: Have, want: Want) -> bool:
    """Whether files keep the module and its parameters; no file is read for what is built in."""
    return want.persistent and not want.absent and not have.module.builtin


def is_unreadable(module: Module, key: str) -> bool:
    """Whether the kernel does not show a parameter's value."""
    return key not in module.parameters if module.present else key in _UNREADABLE.get(module.name, ())


def _in_effect(have: Have, key: str, value: str) -> bool:
    """Whether a parameter has a value; one that cannot be read has what it was given at the last boot or load."""
    if not is_unreadable(have.module, key):
        return parameter.same(have.module.parameters[key], value)
    if have.module.builtin:
        return not cmdline.lacking(have.booted, [f"{have.module.name}.{key}={value}"])
    return have.saved.get(key) == value
