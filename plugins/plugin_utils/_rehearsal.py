# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan a description from the capture of a host, as host_plan does on the host itself."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import form, replay
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture.form import Capture
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import look, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, failure
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Memory

_MOST_BYTES = 200_000_000  # of a capture, unpacked


def plan(path: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return what host_plan returns with these arguments on the host of the capture at ``path``; never raises HostError."""
    checked = ArgumentSpecValidator(want.OPTIONS).validate(
        {key: value for key, value in args.items() if value is not None}
    )
    try:
        if checked.error_messages:
            raise HostError("; ".join(checked.error_messages) + ".", "Correct the description of the host.")
        params = checked.validated_parameters
        asked = want.parse(params)
        capture = load(path)
        host = replay.host(capture)
        assume(host, params["assume"] or {})
        seen = _with_lacks(look.read(host, asked), host, asked)
    except HostError as error:
        return {"failed": True, **failure(error)}
    problem = look.complaint(seen, asked)
    answer = {
        "changed": False,
        "warnings": [*capture.notices, *look.warnings(seen, asked)],
        **look.describe(seen, asked),
    }
    return answer if problem is None else {**failure(problem), **answer, "failed": True}


def _with_lacks(seen: dict[str, Any], host: Memory, asked: want.Description) -> dict[str, Any]:
    """Return what was seen, with a problem for all that the capture lacks and no stage speaks of."""
    said = [*seen["problem_lines"], *look.warnings(seen, asked)]
    lacks = replay.unsaid(host, said)
    problems = [{"stage": "Capture", "problem": each.message, "remedy": list(each.remedy)} for each in lacks]
    lines = [" ".join(["Capture:", each.message, *each.remedy]) for each in lacks]
    return {
        **seen,
        "problems": [*seen["problems"], *problems],
        "problem_lines": [*seen["problem_lines"], *lines],
        "ready": seen["ready"] and not problems,
    }


def load(path: str) -> Capture:
    """Read a capture; raise HostError where there is none, or a damaged one."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(_MOST_BYTES)
        if data.startswith(b"\x1f\x8b"):
            packed = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            data = packed.decompress(data, _MOST_BYTES)
            if not packed.eof:
                raise ValueError("it is cut off, or too large")
        document = json.loads(data)
    except OSError as error:
        raise HostError(
            f"Cannot read the capture {path}: {error.strerror}.", "Take one with the playbook dataplane.dpdk.capture."
        ) from error
    except (ValueError, RecursionError, zlib.error) as error:
        raise HostError(
            f"{path} is no JSON: {error}.", "Take the capture again with dataplane.dpdk.capture."
        ) from error
    return form.parse(document)


def assume(host: Memory, changes: Mapping[str, Any]) -> None:
    """Change what a captured host answers."""
    if changes.get("release") is not None:
        host.answers[("release",)] = changes["release"]
    files = {**(changes.get("files") or {})}
    if changes.get("cmdline") is not None:
        files["/proc/cmdline"] = changes["cmdline"] + "\n"
    for path, text in files.items():
        host.answers[("read", path, "-1")] = None if text is None else str(text).encode("utf-8", "surrogateescape")
        host.answers[("attr", path)] = None if text is None else str(text).strip()
        host.answers[("exists", path)] = text is not None
