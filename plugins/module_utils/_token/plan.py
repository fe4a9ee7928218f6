# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The VF token of a host: the secret that the applications of a PF and of its VFs share (vfio_pci_validate_vf_token)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import ownership
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, Verb
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file
from ansible_collections.dataplane.dpdk.plugins.module_utils._token.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._token.want import Want

_RESTART = (
    "Applications that run keep the old VF token. Stop those of a PF and of all its VFs before they are started with "
    "the new one."
)


class _Facts(dict[str, Any]):
    """Facts that do not show what they hold where a plan is printed: the token may be one of them."""

    def __repr__(self) -> str:
        return f"<facts: {', '.join(self)}>"


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before``, ``after`` and what is predicted of it; never the token."""
    return {
        "path": want.path,
        "exists": have.text is not None,
        "mode": have.mode,
        "owner": have.owner,
        "group": have.group,
    }


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that make, keep, rotate or remove the token."""
    if have.exposed:
        raise HostError(
            f"Others than root may write {have.exposed}, so they could put another file in the place of {want.path}.",
            "Name a path below directories that root alone may write, such as the default.",
        )
    if want.restored:
        return _removing(have, want)
    if have.text is None or want.rotate:
        return _with_group(have, want, _making(have, want))
    found = token_file.parse(have.text, want.path)
    after = _predicted(want)
    action = f"Gave {want.path} to {token_file.OWNER} and the group {want.group} with mode {token_file.MODE}"
    step = Step(action, lambda host: _put(host, want, lambda: have.text or ""), _undo(have, want))
    kept = Plan(() if describe(have, want) == after else (step,), after, facts=_facts(want, found))
    return _with_group(have, want, kept)


def _with_group(have: Have, want: Want, made: Plan) -> Plan:
    """Return a plan that expects an earlier task of the run to make the group, where there is none."""
    if have.group_exists:
        return made
    error = HostError(
        f"{want.path} should belong to the group {want.group}, and this host has none.",
        f"Make the group {want.group} first, or name another one; dataplane.dpdk.access makes its group.",
    )
    said = " ".join([error.message, *error.remedy])
    return replace(made, warnings=(*made.warnings, said), assumed=(error,))


def _removing(have: Have, want: Want) -> Plan:
    step = Step(
        f"Removed {want.path}", lambda host: host.remove_file(want.path), _undo(have, want), writes=(want.path,)
    )
    return Plan(() if have.text is None else (step,), describe(Have(None), want), facts=_facts(want, None))


def _making(have: Have, want: Want) -> Plan:
    """Return the plan whose step makes the token: before that there is none to return."""
    action = f"Made a VF token in {want.path}" if have.text is None else f"Replaced the VF token in {want.path}"
    step = Step(action, lambda host: _put(host, want, token_file.new), _undo(have, want), writes=(want.path,))
    warnings = () if have.text is None else (_RESTART,)
    return Plan((step,), _predicted(want), warnings, _facts(want, None), outcome=lambda host: _outcome(host, want))


def _predicted(want: Want) -> dict[str, Any]:
    return describe(Have("", token_file.MODE, token_file.OWNER, want.group), want)


def _facts(want: Want, token: str | None) -> dict[str, Any]:
    return _Facts(path=want.path, token=token) if want.returned else _Facts(path=want.path)


def _outcome(host: Host, want: Want) -> dict[str, Any]:
    """Return the token that was made, where the task asks for it."""
    return _facts(want, token_file.parse(host.read(want.path), want.path))


def _put(host: Host, want: Want, text: Callable[[], str]) -> None:
    """Write the file, which has its owner, group and mode before it has its name: nobody else ever reads it or its owner."""
    numbers = ownership.numbers(host, token_file.OWNER, want.group)
    if numbers is None:
        raise HostError(
            f"{want.path} could not be given to the group {want.group}: this host has none.",
            f"Make the group {want.group} first, or name another one.",
        )
    host.write_file(want.path, text(), int(token_file.MODE, 8), numbers)


def _undo(have: Have, want: Want) -> Verb:
    """Return how the file comes back as it was."""

    def undo(host: Host) -> None:
        if have.text is None:
            host.remove_file(want.path)
        else:
            host.put_back(want.path, have.text, int(have.mode or token_file.MODE, 8) & 0o640, have.numbers)

    return undo
