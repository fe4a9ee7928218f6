# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/default/grub and its drop-ins as text: the assignments, read without running anything, and the file edited.

The files are shell. Only plain assignments of one line are edited; anything cleverer is refused by
name, since an edit of it could only be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

NAME = "grub"
PATH = f"/etc/default/{NAME}"
_PLAIN = r"(?P<value>\"(?:[^\"\\$`]|\\[\"\\$`])*\"|'[^']*'|[^\s\"'\\$`;&|<>()#]*)"
_SUBSTITUTED = r"\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|`[^`]*`|\$"
# One word of the shell, which may hold line ends within quotes.
_WORD = re.compile(
    rf"(?:[^\s\"'\\`$;&|<>()]|\\.|'[^']*'|\"(?:[^\"\\`$]|\\.|{_SUBSTITUTED})*\"|{_SUBSTITUTED})*", re.DOTALL
)
_NAMED = re.compile(r"[ \t]*(?P<export>export[ \t]+)?(?P<name>GRUB_\w+)(?P<operator>\+?=)", re.MULTILINE)
# GRUB's language has both quotes; the kernel knows the double ones alone.
_TOKEN = re.compile(r"""(?:[^\s"']|"[^"]*(?:"|$)|'[^']*(?:'|$))+""")
_ASSIGNED = re.compile(r"\w+\+?=")


@dataclass(frozen=True)
class Assignment:
    """An assignment that begins a line: ``text[start:end]`` is its value as written, ``rest`` what follows on the line."""

    line: int
    name: str
    operator: str
    exported: bool
    word: str
    rest: str
    start: int
    end: int

    @property
    def alone(self) -> bool:
        """Whether nothing but a comment follows on the line."""
        return re.fullmatch(r"[ \t]*(?:[ \t]#.*)?", self.rest) is not None

    @property
    def value(self) -> str | None:
        """What a plain assignment assigns; None for one that is more than that."""
        if self.operator != "=" or "\n" in self.word or not re.fullmatch(_PLAIN, self.word):
            return None
        inner = self.word[1:-1] if self.word[:1] in ('"', "'") else self.word
        return re.sub(r"\\([\"\\$`])", r"\1", inner) if self.word.startswith('"') else inner

    @property
    def extends(self) -> bool:
        """Whether this only adds to what the variable holds, as TuneD's line does."""
        itself = rf"\$\{{?{self.name}\b"
        return (
            "`" not in self.word
            and "$(" not in self.word
            and (self.operator == "+=" or bool(re.search(itself, self.word)))
        )

    @property
    def command(self) -> str:
        """The command that the shell would run with this assignment for it alone; empty where it is no more than one."""
        rest = "" if self.exported else self.rest
        while rest[:1].isspace():
            rest = rest.strip()
            assigned = _ASSIGNED.match(rest)
            if not assigned:
                return "" if rest[:1] in ("", *"#;&|<>()") else rest
            word = _WORD.match(rest, assigned.end())
            rest = rest[word.end() if word else assigned.end() :]
        return ""


def parse(line: str) -> tuple[str, ...]:
    """Return the tokens of a line that GRUB reads, each with its quotes as written."""
    return tuple(_TOKEN.findall(line))


def assignments(text: str) -> list[Assignment]:
    """Return the assignments to variables of GRUB that begin a line, in their order; nothing is run for it."""
    found = []
    position = 0
    while position < len(text):
        named = _NAMED.match(text, position)
        end = position
        if named:
            word = _WORD.match(text, named.end())
            end = word.end() if word else named.end()
        after = text.find("\n", end)
        after = len(text) if after < 0 else after
        if named:
            line = text.count("\n", 0, position) + 1
            exported = named.group("export") is not None
            parts = (text[named.end() : end], text[end:after], named.end(), end)
            found.append(Assignment(line, named.group("name"), named.group("operator"), exported, *parts))
        position = after + 1
    return found


def require_sound(path: str, text: str) -> None:
    """Raise HostError where the shell would run words of a value, because its quotes end too early."""
    for each in assignments(text):
        if each.command:
            raise HostError(
                f"Line {each.line} of {path} does not set {each.name}: its quotes end too early, and a shell that reads the "
                f"file runs '{each.command}'. Nothing was changed.",
                "Put one pair of quotes around the whole value, and a backslash before each double quote within it.",
            )


def in_two_lines(text: str) -> Assignment | None:
    """Return the last assignment to a line of boot parameters whose value goes on in the next line."""
    names = ("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT")
    found = [each for each in assignments(text) if each.name in names and re.search(r"(?<!\\)\n", each.word)]
    return found[-1] if found else None


def replace(text: str, name: str, value: str) -> str:
    """Return the file with ``value`` in the variable's last assignment, or with an assignment behind all other lines."""
    found = _only_known(text, name, lambda each: False)
    if found:
        return _with(text, found[-1], value)
    return f"{_ended(text)}{_line(name, value)}\n"


def edit(text: str, name: str, gone: Sequence[str], added: Sequence[str]) -> str:
    """Return the file with these tokens taken out of the variable, and others added to it.

    Later lines that only extend the variable stay as they are; the plain assignment before them is edited.
    """
    found = _only_known(text, name, lambda each: each.extends)
    plain = [each for each in found if each.value is not None]
    if plain:
        old = parse(plain[-1].value or "")
        tokens = [*[token for token in old if token not in gone], *added]
        return text if tokens == list(old) else _with(text, plain[-1], cmdline.render(tokens))
    if not added:
        return text
    line = f"{_line(name, cmdline.render(added))}\n"
    if not found:
        return f"{_ended(text)}{line}"
    start = text.rfind("\n", 0, found[0].start) + 1
    return f"{text[:start]}{line}{text[start:]}"


def _only_known(text: str, name: str, also: Callable[[Assignment], bool]) -> list[Assignment]:
    """Return the variable's assignments; raise HostError for a line that names it and is none that can be edited."""
    known = {
        each.line: each
        for each in assignments(text)
        if each.name == name and each.alone and (each.value is not None or also(each))
    }
    for number, line in enumerate(text.splitlines(), 1):
        if number not in known and re.match(rf"[^#]*\b{name}(\[|\+?=)", line):
            raise HostError(
                f"Line {number} of {PATH} sets {name} in a way that is more than a plain assignment: "
                f"{line.strip()}. The file was left as it was.",
                f'Write it as {name}="...", without variables, commands or +=.',
            )
    return list(known.values())


def _with(text: str, old: Assignment, value: str) -> str:
    return f'{text[: old.start]}"{_escaped(value)}"{text[old.end :]}'


def _line(name: str, value: str) -> str:
    return f'{name}="{_escaped(value)}"'


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _escaped(value: str) -> str:
    return re.sub(r'(["\\$`])', r"\\\1", value)
