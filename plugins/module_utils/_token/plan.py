# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The VF token of a host: the secret that the applications of a PF and of its VFs share (vfio_pci_validate_vf_token)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, Step, Verb
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file as token

_RESTART = (
    "Applications that run keep the old VF token. Stop those of a PF and of all its VFs before they are started with "
    "the new one."
)


@dataclass(frozen=True)
class Want:
    """Where the token is to be and who may read it; ``rotate`` makes a new one, ``absent`` removes it.

    ``returned`` has the plan tell the token; one that is only foretold (``check``) is not made up.
    """

    path: str = token.PATH
    group: str = "root"
    rotate: bool = False
    absent: bool = False
    returned: bool = False
    check: bool = False


@dataclass(frozen=True, repr=False)
class Have:
    """The file; its text is not part of what is shown, not even in a traceback."""

    text: str | None
    mode: str | None = None
    owner: str | None = None
    group: str | None = None


def read(host: Host, want: Want) -> Have:
    """Read the host."""
    if want.group.isdigit():
        raise HostError(f"The group {want.group} is a number.", "Write the name of the group.")
    text = host.read(want.path)
    if text is None:
        return Have(None)
    mode, owner, group = host.must("stat", "-c", "%a %U %G", want.path).split()
    return Have(text, f"{mode:0>4}", owner, group)


def describe(have: Have, want: Want) -> dict[str, Any]:
    """Return the state for ``before`` and ``after``; never the token."""
    return _state(want, have.text is not None, have.mode, have.owner, have.group)


def plan(have: Have, want: Want) -> Plan:
    """Return the steps that make, keep, rotate or remove the token."""
    if want.absent:
        removed = Step(f"Removed {want.path}", lambda host: host.remove_file(want.path), _undo(have, want))
        after = _state(want, False, None, None, None)
        return Plan(() if have.text is None else (removed,), after, facts=_facts(want, None))
    after = _state(want, True, token.MODE, token.OWNER, want.group)
    if have.text is None or want.rotate:
        text = token.new()
        action = f"Made a VF token in {want.path}" if have.text is None else f"Replaced the VF token in {want.path}"
        step = Step(action, lambda host: _put(host, want, text), _undo(have, want))
        warnings = () if have.text is None else (_RESTART,)
        return Plan((step,), after, warnings, _facts(want, None if want.check else text.strip()))
    found = token.parse(have.text, want.path)
    action = f"Gave {want.path} to {token.OWNER} and the group {want.group} with mode {token.MODE}"
    step = Step(action, lambda host: _own(host, want.path, want.group), _undo(have, want))
    right = describe(have, want) == after
    return Plan(() if right else (step,), after, facts=_facts(want, found))


def _state(want: Want, exists: bool, mode: str | None, owner: str | None, group: str | None) -> dict[str, Any]:
    return {"path": want.path, "exists": exists, "mode": mode, "owner": owner, "group": group}


def _facts(want: Want, text: str | None) -> dict[str, Any]:
    return {"path": want.path, **({"token": text} if want.returned else {})}


def _put(host: Host, want: Want, text: str) -> None:
    """Write the file; it belongs to root alone until the group is set, which has to get into a directory made for it."""
    directory = want.path.rpartition("/")[0]
    made = not host.exists(directory)
    host.write_file(want.path, text, 0o600)
    if made:  # with the umask of whoever logged in
        host.must("chmod", "0755", directory)
    _own(host, want.path, want.group)


def _own(host: Host, path: str, group: str) -> None:
    done = host.run("chown", f"{token.OWNER}:{group}", path)
    if done.rc != 0:
        raise HostError(
            f"{path} could not be given to the group {group}: {done.err.strip() or done.out.strip()}",
            f"Make the group {group} first, or name another one.",
        )
    host.must("chmod", token.MODE, path)


def _undo(have: Have, want: Want) -> Verb:
    """Return how the file comes back as it was."""

    def undo(host: Host) -> None:
        if have.text is None:
            host.remove_file(want.path)
        else:
            host.write_file(want.path, have.text, int(have.mode or token.MODE, 8) & 0o640)
            host.run("chown", f"{have.owner}:{have.group}", want.path)

    return undo
