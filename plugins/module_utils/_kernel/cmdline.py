# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel command line as text: boot parameters as exact tokens, in order.

A line is split the way the kernel splits it (lib/cmdline.c, next_arg): at white space outside of
double quotes; what follows ``--`` belongs to init. Tokens that nobody asked about keep their bytes
and their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

_TOKEN = re.compile(r'(?:[^\s"]|"[^"]*(?:"|$))+')
# These belong together and are read in order: each hugepages counts pages of the size named before.
HUGEPAGES = ("default_hugepagesz", "hugepagesz", "hugepages")
END = "--"


def parse(line: str) -> tuple[str, ...]:
    """Return the tokens of a line, each with its quotes as written."""
    return tuple(_TOKEN.findall(line))


def render(tokens: Iterable[str]) -> str:
    """Return the line that ``parse`` splits into these tokens."""
    return " ".join(tokens)


def plain(token: str) -> str:
    """Return a token as the kernel means it: without quotes, the key with ``_`` for ``-``.

    GRUB moves the quotes of ``a="b c"`` to the front (``"a=b c"``); both are the same parameter,
    and the kernel compares names with dash and underscore alike (parameqn).
    """
    key, equals, value = token.replace('"', "").partition("=")
    return key.replace("-", "_") + equals + value if key != END else token


def key(token: str) -> str:
    """Return the name of a boot parameter."""
    return plain(token).partition("=")[0]


def check(token: object) -> str:
    """Return a token that may be put on a command line; raise HostError for anything else."""
    text = token if isinstance(token, str) else ""
    if parse(text) != (text,) or text.count('"') % 2 or not key(text) or text.startswith(("=", "-")):
        raise HostError(
            f"{token!r} is no boot parameter.",
            "Write one parameter an element, as key or key=value; put double quotes around a value with spaces.",
        )
    if any(ord(letter) < 0x20 or letter in "'`\\$" for letter in text):
        raise HostError(
            f"{token!r} holds a character that GRUB or a shell would change on the way to the kernel.",
            "Leave out quotes ', backquotes, backslashes, dollar signs and control characters.",
        )
    if re.search(r"^#|[;|&<>{}]", re.sub(r'"[^"]*"', "", text)):
        raise HostError(
            f"{token!r} holds a character that ends a command in GRUB's language.",
            "Put double quotes around the value.",
        )
    return text


def matches(token: str, pattern: str) -> bool:
    """Whether a token is meant by ``key`` (with any value or none) or by ``key=value`` (exactly)."""
    return plain(token) == plain(pattern) if "=" in pattern else key(token) == key(pattern)


def lacking(tokens: Sequence[str], present: Sequence[str], replace: Sequence[str] = ()) -> list[str]:
    """Return the wanted tokens that the kernel's part of a line does not have.

    Hugepage parameters are one unit, and so are all values of a key in ``replace``: where the order
    or number differs, all of the unit are lacking.
    """
    ours = kernel_part(tokens)
    there = {plain(token) for token in ours}
    missing = [token for token in present if not _unit(token, replace) and plain(token) not in there]
    units = dict.fromkeys(_unit(token, replace) for token in present)
    for unit in filter(None, units):
        wanted = [token for token in present if _unit(token, replace) == unit]
        if list(map(plain, wanted)) != [plain(token) for token in ours if _unit(token, replace) == unit]:
            missing.extend(wanted)
    return missing


def unwanted(
    tokens: Sequence[str], present: Sequence[str], absent: Sequence[str], replace: Sequence[str] = ()
) -> list[str]:
    """Return the tokens of a line that have to go: those named, and units that differ."""
    stale = {_unit(token, replace) for token in lacking(tokens, present, replace)} - {""}
    wanted = {plain(token) for token in present}
    return [
        token
        for token in kernel_part(tokens)
        if _unit(token, replace) in stale
        or (plain(token) not in wanted and any(matches(token, pattern) for pattern in absent))
    ]


def edit(
    tokens: Sequence[str], present: Sequence[str], absent: Sequence[str], replace: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return a line's tokens with all of ``present`` and none of ``absent``; applying it twice changes nothing."""
    gone = unwanted(tokens, present, absent, replace)
    ours = kernel_part(tokens)
    kept = [token for token in ours if token not in gone]
    return (*kept, *lacking(tokens, present, replace), *tokens[len(ours) :])


def kernel_part(tokens: Sequence[str]) -> Sequence[str]:
    """Return the tokens before ``--``."""
    return tokens[: tokens.index(END)] if END in tokens else tokens


def _unit(token: str, replace: Sequence[str]) -> str:
    """Return the name of the unit that a token belongs to; empty where it stands alone."""
    name = key(token)
    if name in HUGEPAGES:
        return HUGEPAGES[0]
    return name if name in map(key, replace) else ""
