# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/default/grub as text: the assignments of one variable, and the file with another value in the last of them.

The file is shell. Only plain assignments of one line are edited; anything cleverer is refused by
name, since an edit of it could only be a guess.
"""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

PATH = "/etc/default/grub"
_PLAIN = r"(?P<value>\"(?:[^\"\\$`]|\\[\"\\$`])*\"|'[^']*'|[^\s\"'\\$`;&|<>()#]*)"


def replace(text: str, name: str, value: str) -> str:
    """Return the file with ``value`` in the variable's last assignment, or with an assignment behind all other lines."""
    lines = text.splitlines(keepends=True)
    named = [number for number, line in enumerate(lines) if re.match(rf"[^#]*\b{name}(\[|\+?=)", line)]
    for number in named:
        if not re.fullmatch(rf"\s*(?:export\s+)?{name}={_PLAIN}\s*(?:\s#.*)?", lines[number].rstrip("\n")):
            raise HostError(
                f"Line {number + 1} of {PATH} sets {name} in a way that is more than a plain assignment: "
                f"{lines[number].strip()}. The file was left as it was.",
                f'Write it as {name}="...", without variables, commands or +=.',
            )
    new = f'{name}="{_escaped(value)}"'
    if not named:
        newline = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{newline}{new}\n"
    last = named[-1]
    lines[last] = re.sub(rf"{name}={_PLAIN}", lambda match: new, lines[last], count=1)
    return "".join(lines)


def _escaped(value: str) -> str:
    return re.sub(r'(["\\$`])', r"\\\1", value)
