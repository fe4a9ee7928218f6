# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a module: its files, and to load it, load it again or unload it."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module_file, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import noiommu, resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import users as _users
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step


def files(have: Have, want: Want) -> list[Step]:
    """Return the steps that bring the files to what they should be: the module's own, its options, and its loading."""
    name = want.name
    options, load = resolve.options_text(have, want), resolve.load_text(have, want)
    steps: list[Step] = []
    if want.absent and have.installed is not None:
        steps.append(module_file.remove_step(have.installed, have.module.release))
    elif have.file and resolve.keeps(have, want) and have.file.text != (have.installed and have.installed.text):
        steps.append(module_file.install_step(have.file, have.installed))
    if options != have.options_text:
        steps.append(write_step(_files.modprobe_path(name), have.options_text, options))
        steps += _rebuilt(have, name)
    if load != have.load_text:
        steps.append(write_step(_files.load_path(name), have.load_text, load))
    return steps


def _rebuilt(have: Have, name: str) -> list[Step]:
    if have.initramfs is None:
        return []
    from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import initramfs

    return [initramfs.rebuild_step(have.initramfs, name)]


def live(have: Have, want: Want) -> list[Step]:
    """Return the steps that write the values which a present module takes at once."""
    module = have.module
    return [
        parameter.set_step(module, key, value)
        for key, value in want.params.items()
        if parameter.takes_writes(module, key) and not parameter.same(module.parameters[key], value)
    ]


def noiommu_off(have: Have) -> list[Step]:
    """Turn no-IOMMU mode off where the module stays: so much power must not outlast the file that gave it."""
    key = noiommu.PARAMETER
    kept = have.module.name == noiommu.MODULE and parameter.same(have.saved.get(key), "Y")
    on = kept and parameter.same(have.module.parameters.get(key), "Y")
    return [parameter.set_step(have.module, key, "N")] if on else []


def load(have: Have, want: Want) -> Step:
    """Return the step that loads the module with its parameters."""
    options = _words(want.params)
    return Step(
        " ".join([f"Loaded {want.name}", *(["with", *options] if options else [])]),
        lambda host: _bring(host, have, want, want.params, want.params),
        lambda host: _take(host, want.name),
    )


def load_again(have: Have, want: Want) -> Step:
    """Unload and load: parameters that this task does not name get what our file says, or keep what they have now."""
    now = _now(have)

    def do(host: Host) -> None:
        _require_idle(host, want.name)
        host.must("rmmod", want.name)
        _bring(host, have, want, {**now, **have.saved, **want.params}, want.params)

    def undo(host: Host) -> None:
        if _module.read(host, want.name).loaded:
            _require_idle(host, want.name)
            host.must("rmmod", want.name)
        _bring(host, have, want, now, {})

    changes = " ".join(f"{key}={want.params[key]}" for key in resolve.late(have, want))
    return Step(f"Loaded {want.name} again with {changes}", do, undo)


def unload(have: Have) -> Step:
    """Return the step that unloads the module."""
    name, now = have.module.name, _words(_now(have))

    def do(host: Host) -> None:
        _require_idle(host, name)
        _take(host, name)

    def undo(host: Host) -> None:
        if not _module.read(host, name).loaded:
            host.must("modprobe", name, *now)

    return Step(f"Unloaded {name}", do, undo)


def _now(have: Have) -> dict[str, str]:
    """Return the live values that can be given again; a text that was never set reads as (null)."""
    return {key: value for key, value in have.module.parameters.items() if value and value != "(null)"}


def _words(params: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in sorted(params.items())]


def _bring(host: Host, have: Have, want: Want, options: Mapping[str, str], proven: Mapping[str, str]) -> None:
    """Load the module and read back what was asked for: a return code is no proof, nor is a file's name."""
    words = _words(options)
    if have.file is not None and not want.persistent:
        command, said = f"insmod {have.file.path}", module_file.insert(host, have.file, words)
    else:
        done = host.run("modprobe", want.name, *words)
        command, said = f"modprobe {want.name}", done.err.strip() or f"return code {done.rc}"
    now = _module.read(host, want.name)
    wrong = [
        key for key, value in proven.items() if key in now.parameters and not parameter.same(now.parameters[key], value)
    ]
    if now.present and not wrong:
        return
    missed = f", with {', '.join(wrong)} not as wanted" if wrong else ""
    raise HostError(
        f"'{' '.join([command, *words])}' did not load the module{missed}: {said}.",
        "Look into the kernel log; under Secure Boot the module has to be signed.",
        *(f"Look at what runs instead of loading it: {each}." for each in have.foreign if each.word == "install"),
    )


def _take(host: Host, name: str) -> None:
    """Unload a module with what only it needed, or alone where it was loaded from a file that modprobe does not find."""
    host.run("modprobe", "--remove", name)
    if _module.read(host, name).loaded:
        host.must("rmmod", name)


def _require_idle(host: Host, name: str) -> None:
    """Look again right before: unloading does not ask whether devices are bound."""
    users = _users.read(host, name)
    if not users.idle:
        raise HostError(f"{name} came into use meanwhile and was not unloaded: {users}.", "Run this again.")
