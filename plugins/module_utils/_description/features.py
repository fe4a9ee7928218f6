# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The features that a description is made of, each with its rooms and the options of its module.

The rooms are imported by the function that needs them: a host pays only for what its description has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, failure, nearest, raise_all
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, as_written


@dataclass(frozen=True)
class Feature:
    """The rooms of a feature in the order of the way through them, as `_result.reconcile` takes them."""

    options: Mapping[str, Any]
    want: Callable[[Mapping[str, Any]], Any]
    read: Callable[[Host, Any], Any]
    resolve: Callable[[Any, Any], Any]
    plan: Callable[[Any, Any], Plan]
    describe: Callable[[Any, Any], dict[str, Any]]
    required_if: Sequence[tuple[str, Any, list[str]]] = ()


def _of(
    want: Any, have: Any, plan: Any, resolve: Callable[[Any, Any], Any], required_if: Sequence[Any] = ()
) -> Feature:
    """Return a feature of the files of its rooms."""
    return Feature(want.OPTIONS, want.parse, have.read, resolve, plan.plan, plan.describe, required_if)


def kernel_args() -> Feature:
    """Return the feature of boot parameters."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan, resolve, want

    return _of(want, have, plan, resolve.resolve)


def vfio_module() -> Feature:
    """Return the feature of kernel modules and their parameters."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._module import have, plan, resolve, want

    return _of(want, have, plan, resolve.resolve)


def sriov_vfs() -> Feature:
    """Return the feature of PFs and their VFs."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have, plan, resolve, want

    return _of(want, have, plan, resolve.resolve)


def dpdk_bind() -> Feature:
    """Return the feature of ports and their drivers."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have, plan, resolve, want

    return _of(want, have, plan, resolve.resolve)


def access() -> Feature:
    """Return the feature of a group that needs no root."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._access import have, plan, resolve, want

    return _of(want, have, plan, resolve.resolve, want.REQUIRED_IF)


def hugepages() -> Feature:
    """Return the feature of hugepages and their mounts."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import have, plan, want

    return _of(want, have, plan, as_written)


def vf_token() -> Feature:
    """Return the feature of the token that the applications of a PF and of its VFs share."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._token import have, plan, want

    return _of(want, have, plan, as_written)


def predict(
    host: Host,
    feature: Feature,
    options: Mapping[str, Any],
    assume: bool = True,
    done: Callable[[tuple[Step, ...]], None] | None = None,
) -> dict[str, Any]:
    """Return what the module of a feature returns in check mode for these options; a failure has ``problems``.

    Without ``assume`` what it expects of earlier tasks is a failure: ``host`` shows what these do. ``done`` is given the steps.
    """
    before: dict[str, Any] = {}
    try:
        asked = feature.want(_checked(feature, options))
        have = feature.read(host, asked)
        wanted = feature.resolve(have, asked)
        before = feature.describe(have, wanted)
        todo = feature.plan(have, wanted)
        raise_all(() if assume else todo.assumed)
    except HostError as error:
        return {"failed": True, **failure(error), "before": before, "actions": []}
    steps = todo.all_steps
    if done:
        done(steps)
    actions = [step.action for step in steps]
    return {
        "changed": bool(actions),
        "before": before,
        "after": todo.after,
        "actions": actions,
        "warnings": list(todo.warnings),
        **todo.facts,
    }


def _checked(feature: Feature, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options as Ansible hands them to the module; raise HostError for what it would refuse."""
    found = ArgumentSpecValidator(dict(feature.options), required_if=list(feature.required_if)).validate(dict(options))
    if found.error_messages:
        unknown = sorted(map(_path, found.unsupported_parameters))
        others = [str(each) for each in found.errors.errors if not isinstance(each, UnsupportedError)]
        raise_all([*(_unknown(feature, names) for names in unknown), *(_refused(text) for text in others)])
    checked: Mapping[str, Any] = found.validated_parameters
    return checked


def _refused(text: str) -> HostError:
    return HostError(f"{text.rstrip('.')}.", "Correct the description of the host.")


def _unknown(feature: Feature, names: Sequence[str]) -> HostError:
    """Return the error that there is no such option, with the nearest that there is."""
    known: Mapping[str, Any] = feature.options
    for name in names[:-1]:
        known = known.get(name, {}).get("options", {})
    near = nearest(names[-1], known)
    return HostError(
        f"{'.'.join(names)} is no option.",
        f"Write {near}." if near else f"Leave it out; there are {', '.join(sorted(known))}.",
    )


def _path(name: Any) -> tuple[str, ...]:
    """Return an option's name with those that it is below, whichever way ansible-core gives it."""
    return tuple(str(name).split(".")) if isinstance(name, str) else tuple(str(each) for each in name)
