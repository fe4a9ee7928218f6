# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan that brings a module to what is wanted of it: reasons not to, steps, and the state they lead to."""

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, initramfs, module_file, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import lockdown as _lockdown
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import foreign, noiommu
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import have as loading
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import users as _users
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.have import Have, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, write_step


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that load the module with its parameters and keep it so, or that take all of it away."""
    if want.absent:
        return _plan_absent(have, want)
    given = loading.params(have, want)
    late = loading.late(have, want)
    reloads = bool(late) and want.reload == loading.IF_IDLE and have.module.loaded
    raise_all(_refusals(have, want, given, late))
    steps = _file_steps(have, want)
    if not have.module.present:
        steps.append(_load_step(have, want, given))
    else:
        steps += [
            parameter.set_step(have.module, key, value)
            for key, value in given.items()
            if parameter.takes_writes(have.module, key) and not parameter.same(have.module.parameters[key], value)
        ]
        steps += [_reload_step(have, want, given, late)] if reloads else []
    waiting = [] if reloads else late
    facts = _facts(have, want, given, waiting)
    return Plan(tuple(steps), _after(have, want, given, waiting), tuple(_warnings(have, want, given, waiting)), facts)


def _refusals(have: Have, want: Want, given: dict[str, str], late: list[str]) -> list[HostError | None]:
    module = have.module
    if have.file is not None:
        wrong = module_file.refusal(have.file, want.name, module.release)
        if wrong:
            return [wrong]
    absent = _module.missing(module)
    if absent:
        return [absent]
    turns_on = given.get(noiommu.PARAMETER) == "Y" and want.name == noiommu.MODULE
    barred = noiommu.refusal(module, have.config, have.groups) if turns_on else None
    unknown = [parameter.unknown(module, key) for key in given if not (barred and key == noiommu.PARAMETER)]
    return [
        barred,
        *unknown,
        _lockdown.useless(want.name, drivers.is_uio(want.name), have.lockdown),
        None if module.present else _lockdown.unsigned(want.name, have.signer, have.keys, have.lockdown),
        foreign.refusal(have.foreign, want.name, given) if want.persistent else None,
        _cannot_wait(have, want, late) if late else None,
    ]


def _cannot_wait(have: Have, want: Want, late: list[str]) -> HostError | None:
    """Refuse what only loading the module anew brings, where that must not be done and nothing would remain for later."""
    name, users = want.name, have.users
    told = "; ".join(f"{name}.{key} is {have.module.parameters.get(key) or 'not readable'}" for key in late)
    message = f"{told}; the kernel reads it only while the module is loaded."
    if have.module.builtin:
        remedy = f"Set persistent to true, and add the boot parameters that this module returns: {name} is built in."
        return None if want.persistent else HostError(message, remedy)
    if want.reload == loading.IF_IDLE and not users.idle:
        return HostError(
            f"{message} It is in use and was not unloaded: {users}.",
            "Stop the processes, give the devices back with dataplane.dpdk.dpdk_bind, and run this again.",
            f"With reload: {loading.NEVER} and persistent: true it counts from the next boot on.",
        )
    if want.reload == loading.NEVER and not want.persistent:
        remedy = f"Set reload to {loading.IF_IDLE}" + ("." if users.idle else f", once these are gone: {users}.")
        return HostError(message, remedy, "Set persistent to true, and it counts from the next boot on.")
    return None


def _plan_absent(have: Have, want: Want) -> Plan:
    unloads = have.module.loaded and have.users.idle
    stays = have.module.present and not unloads
    # While its file is there: modprobe does not remove what it does not find.
    steps = [_unload_step(have)] if unloads else _noiommu_off(have)
    steps += _file_steps(have, want)
    after = {"loaded": stays, "params": {}, "persistent": have.module.builtin, "persistent_params": {}}
    warnings = (
        [f"{want.name} stays loaded, because it is in use: {have.users}."] if stays and have.module.loaded else []
    )
    return Plan(tuple(steps), after, tuple(warnings), _facts(have, want, {}, []))


def _noiommu_off(have: Have) -> list[Step]:
    """Turn no-IOMMU mode off where the module stays: so much power must not outlast the file that gave it."""
    key = noiommu.PARAMETER
    kept = have.module.name == noiommu.MODULE and parameter.same(have.saved.get(key), "Y")
    on = kept and parameter.same(have.module.parameters.get(key), "Y")
    return [parameter.set_step(have.module, key, "N")] if on else []


def _file_steps(have: Have, want: Want) -> list[Step]:
    name = want.name
    options = loading.options_text(have, want)
    keeps = want.persistent and not have.module.builtin
    load = None if want.absent else _files.render_load(name) if keeps else have.load_text
    steps: list[Step] = []
    if want.absent and have.installed is not None:
        steps.append(module_file.remove_step(have.installed, have.module.release))
    elif have.file is not None and keeps and have.file.text != (have.installed.text if have.installed else None):
        steps.append(module_file.install_step(have.file, have.installed))
    if options != have.options_text:
        steps.append(write_step(_files.modprobe_path(name), have.options_text, options))
        steps += [initramfs.rebuild_step(have.initramfs, name)] if have.initramfs else []
    if load != have.load_text:
        steps.append(write_step(_files.load_path(name), have.load_text, load))
    return steps


def _load_step(have: Have, want: Want, given: dict[str, str]) -> Step:
    options = [f"{key}={value}" for key, value in given.items()]
    suffix = f" with {' '.join(options)}" if options else ""
    return Step(
        f"Loaded {want.name}{suffix}",
        lambda host: _bring(host, have, want, given, given),
        lambda host: _take(host, want.name),
    )


def _reload_step(have: Have, want: Want, given: dict[str, str], late: list[str]) -> Step:
    """Unload and load: parameters that this task does not name get what our file says, or keep what they have now."""
    now = {key: value for key, value in have.module.parameters.items() if value and value != "(null)"}

    def do(host: Host) -> None:
        _require_idle(host, want.name)
        host.must("rmmod", want.name)
        _bring(host, have, want, {**now, **have.saved, **given}, given)

    def undo(host: Host) -> None:
        if _module.read(host, want.name).loaded:
            _require_idle(host, want.name)
            host.must("rmmod", want.name)
        _bring(host, have, want, now, {})

    told = " ".join(f"{key}={given[key]}" for key in late)
    return Step(f"Loaded {want.name} anew with {told}", do, undo)


def _unload_step(have: Have) -> Step:
    name = have.module.name
    now = [f"{key}={value}" for key, value in have.module.parameters.items() if value and value != "(null)"]

    def do(host: Host) -> None:
        _require_idle(host, name)
        _take(host, name)

    def undo(host: Host) -> None:
        if not _module.read(host, name).loaded:
            host.must("modprobe", name, *now)

    return Step(f"Unloaded {name}", do, undo)


def _bring(host: Host, have: Have, want: Want, options: dict[str, str], proven: dict[str, str]) -> None:
    """Load the module and read back what was asked for: a return code is no proof, nor is a file's name."""
    words = [f"{key}={value}" for key, value in sorted(options.items())]
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
        *[
            f"Look at what is to be done instead of loading it: {each}."
            for each in have.foreign
            if each.word == "install"
        ],
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


def _after(have: Have, want: Want, given: dict[str, str], waiting: list[str]) -> dict[str, Any]:
    module = have.module
    live = {
        key: module.parameters.get(key) if key in waiting or loading.is_unreadable(module, key) else value
        for key, value in given.items()
    }
    keeps = want.persistent and not module.builtin
    return {
        "loaded": True,
        "params": live,
        "persistent": want.persistent or module.builtin or have.load_text is not None,
        "persistent_params": dict(sorted({**have.saved, **(given if keeps else {})}.items())),
    }


def _facts(have: Have, want: Want, given: dict[str, str], waiting: list[str]) -> dict[str, Any]:
    kept_by_boot = have.module.builtin and want.persistent and not want.absent
    tokens = [f"{want.name}.{key}={value}" for key, value in given.items()] if kept_by_boot else []
    return {
        "kernel_args": {"present": tokens, "absent": [token.partition("=")[0] for token in tokens]},
        "reload_required": bool(waiting) and have.module.loaded,
        "reboot_required": bool(waiting) and have.module.builtin,
        "foreign": [str(each) for each in have.foreign],
    }


def _warnings(have: Have, want: Want, given: dict[str, str], waiting: list[str]) -> list[str]:
    module, found = have.module, []
    if want.name == noiommu.MODULE and noiommu.PARAMETER in given:
        found += _noiommu_warnings(have, given[noiommu.PARAMETER])
    tokens = [f"{want.name}.{key}={value}" for key, value in given.items()]
    missing = cmdline.lacking(have.booted, tokens) if module.builtin and want.persistent else []
    if missing:
        found.append(
            f"{want.name} is built into the kernel; to keep its parameters, add {' '.join(missing)} with kernel_args."
        )
    if waiting and module.loaded:
        users = "It is idle now, so reload: if_idle would do." if have.users.idle else f"It is in use: {have.users}."
        found.append(
            f"{', '.join(f'{want.name}.{key}' for key in waiting)} will count once the module is loaded anew, "
            f"at the latest after a reboot. {users}"
        )
    return found


def _noiommu_warnings(have: Have, value: str) -> list[str]:
    changes = not parameter.same(have.module.parameters.get(noiommu.PARAMETER), value)
    if value == "Y":
        return [noiommu.TAINT] if changes else []
    bound = noiommu.left_bound(have.groups)
    return (
        [f"Bound in no-IOMMU mode and still so: {', '.join(bound)}. Unbind them with dataplane.dpdk.dpdk_bind."]
        if bound
        else []
    )
