# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the result of a failed task says: each problem with its own remedies. Pure, on the controller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CORE = "Task failed: "  # what ansible-core 2.19 and newer put before the cause
_SILENT = "The module ended without an answer."


@dataclass(frozen=True)
class Reason:
    """Why a task failed, and what to do about it."""

    problem: str
    remedies: tuple[str, ...] = ()


def reasons(result: Mapping[str, Any]) -> list[Reason]:
    """Return why a task failed; at least one reason.

    Modules of this collection list their ``problems``. Of all others, and of a host that is not reached, the message is
    taken whole: a remedy at its end may as well be what the machine answered.
    """
    listed = result.get("problems")
    if isinstance(listed, list) and listed and all(isinstance(each, Mapping) and "problem" in each for each in listed):
        return [Reason(str(each["problem"]), tuple(texts(each.get("remedy")))) for each in listed]
    return [Reason(_message(result), tuple(texts(result.get("remedy"))))]


def _message(result: Mapping[str, Any]) -> str:
    message = str(result.get("msg") or result.get("module_stderr") or _SILENT).strip()
    return message[len(_CORE) :] if message.startswith(_CORE) else message


def texts(value: Any) -> list[str]:
    """Return sentences that come as a list, as one string, or not at all."""
    if isinstance(value, (list, tuple)):
        return [str(each) for each in value]
    return [str(value)] if value else []
