# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The features that a description is made of, each with its rooms and the options of its module: a line for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import have as _access_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import plan as _access_plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import resolve as _access_resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import want as _access_want
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import have as _bind_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import plan as _bind_plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import resolve as _bind_resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import want as _bind_want
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have as _boot_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import plan as _boot_plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import resolve as _boot_resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import want as _boot_want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, failure
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import have as _hugepages_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import plan as _hugepages_plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import want as _hugepages_want
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import have as _module_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import plan as _module_plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import resolve as _module_resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import want as _module_want
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, as_written
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import have as _vfs_have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import plan as _vfs_plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import resolve as _vfs_resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import want as _vfs_want


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


KERNEL_ARGS = Feature(
    _boot_want.OPTIONS, _boot_want.parse, _boot_have.read, _boot_resolve.resolve, _boot_plan.plan, _boot_plan.describe
)
VFIO_MODULE = Feature(
    _module_want.OPTIONS,
    _module_want.parse,
    _module_have.read,
    _module_resolve.resolve,
    _module_plan.plan,
    _module_plan.describe,
)
SRIOV_VFS = Feature(
    _vfs_want.OPTIONS, _vfs_want.parse, _vfs_have.read, _vfs_resolve.resolve, _vfs_plan.plan, _vfs_plan.describe
)
DPDK_BIND = Feature(
    _bind_want.OPTIONS, _bind_want.parse, _bind_have.read, _bind_resolve.resolve, _bind_plan.plan, _bind_plan.describe
)
ACCESS = Feature(
    _access_want.OPTIONS,
    _access_want.parse,
    _access_have.read,
    _access_resolve.resolve,
    _access_plan.plan,
    _access_plan.describe,
    _access_want.REQUIRED_IF,
)
HUGEPAGES = Feature(
    _hugepages_want.OPTIONS,
    _hugepages_want.parse,
    _hugepages_have.read,
    as_written,
    _hugepages_plan.plan,
    _hugepages_plan.describe,
)


def predict(host: Host, feature: Feature, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the module of a feature returns in check mode for these options; a failure has ``problems``."""
    before: dict[str, Any] = {}
    try:
        asked = feature.want(_checked(feature, options))
        have = feature.read(host, asked)
        wanted = feature.resolve(have, asked)
        before = feature.describe(have, wanted)
        todo = feature.plan(have, wanted)
    except HostError as error:
        return {"failed": True, **failure(error), "before": before, "actions": []}
    actions = [step.action for step in todo.all_steps]
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
        raise HostError("; ".join(found.error_messages) + ".", "Correct the description of the host.")
    checked: Mapping[str, Any] = found.validated_parameters
    return checked
