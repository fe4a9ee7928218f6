# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of modprobe: the files of modprobe.d, and what the kernel command line says about modules.

The rules are those of modprobe.d(5) and of its source (libkmod-config.c of kmod 30 to 34). modprobe splits no options: it
gives the rest of the line to the kernel, which splits it as its own command line (lib/cmdline.c, next_arg).
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from typing import Union

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import canonical

# Of files with the same name, the one in the directory named first counts.
DIRECTORIES = (
    "/etc/modprobe.d",
    "/run/modprobe.d",
    "/usr/local/lib/modprobe.d",
    "/usr/lib/modprobe.d",
    "/lib/modprobe.d",
)
CMDLINE = "/proc/cmdline"
_ENDING = ".conf"
# A backslash takes the meaning away from the character behind it, and joins two lines where that is their end
# (freadline_wrapped).
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_LINE = re.compile(r"[\t ]*([^\t ]+)[\t ]+([^\t ]+)(?:[\t ](.*))?", re.DOTALL)
_BOOT_PARAMETER = re.compile(r"([^.=]+)\.([^.=]+)(=.*)?", re.DOTALL)
# modprobe heeds the first, the kernel itself the second (kernel-parameters.txt).
_BOOT_BLACKLISTS = ("modprobe.blacklist", "module_blacklist")
# What lies between brackets keeps its dashes (underscores in shared/util.c).
_DASH = re.compile(r"\[[^]]*\]|-")


@dataclass(frozen=True)
class Option:
    """A parameter that a module gets when it is loaded; ``value`` is None where its name stands alone."""

    path: str
    module: str
    key: str
    value: str | None

    def __str__(self) -> str:
        """Write it as a file does."""
        return self.key if self.value is None else f"{self.key}={self.value}"

    @property
    def place(self) -> str:
        """Where it is written, for a message."""
        return f"the boot parameter {self.module}.{self.key}" if self.path == CMDLINE else self.path

    @property
    def meaning(self) -> str:
        """Its value; a name alone turns a boolean on (param_set_bool)."""
        return "Y" if self.value is None else self.value

    @property
    def on(self) -> bool:
        """Whether it turns a boolean on."""
        return parameter.same(self.meaning, "Y")


@dataclass(frozen=True)
class Blacklist:
    """A module that is not loaded for a device; ``text`` is what the line says behind its first word."""

    path: str
    module: str
    text: str


@dataclass(frozen=True)
class Install:
    """A command that runs instead of loading the modules that a pattern fits; ``text`` is what the line says."""

    path: str
    pattern: str
    command: str
    text: str


@dataclass(frozen=True)
class Softdep:
    """Modules that are loaded before and after those that a pattern fits."""

    path: str
    pattern: str
    pre: tuple[str, ...]
    post: tuple[str, ...]


_Setting = Union[Option, Blacklist, Install, Softdep]


@dataclass(frozen=True)
class Configuration:
    """All of it, in the order in which modprobe reads it; names of modules and parameters have underscores."""

    options: tuple[Option, ...] = ()
    blacklist: tuple[Blacklist, ...] = ()
    install: tuple[Install, ...] = ()
    softdep: tuple[Softdep, ...] = ()

    def options_of(self, module: str) -> tuple[Option, ...]:
        """Return the options of a module; the kernel gets all of them, and of those with the same key the last counts."""
        return tuple(each for each in self.options if each.module == module)

    def values_of(self, module: str) -> dict[str, str]:
        """Return the parameters of a module that count; the value of a name alone is empty."""
        return {each.key: each.value or "" for each in self.options_of(module)}

    def option(self, module: str, key: str) -> Option | None:
        """Return the option that counts for a parameter."""
        return next((each for each in reversed(self.options_of(module)) if each.key == key), None)

    def blacklist_of(self, module: str) -> tuple[Blacklist, ...]:
        """Return the lines that keep a module from being loaded for a device or at boot."""
        return tuple(each for each in self.blacklist if each.module == module)

    def install_of(self, module: str) -> tuple[Install, ...]:
        """Return the commands that run instead of loading a module; the first counts."""
        return tuple(each for each in self.install if fnmatch.fnmatchcase(module, each.pattern))

    def softdep_of(self, module: str) -> tuple[Softdep, ...]:
        """Return what is loaded before and after a module."""
        return tuple(each for each in self.softdep if fnmatch.fnmatchcase(module, each.pattern))


def read(host: Host) -> Configuration:
    """Read all files, and after them the kernel command line, as modprobe does."""
    settings = [setting for path in _files(host) for setting in _settings(host.read(path) or "", path)]
    return _gathered([*settings, *_boot_settings(host.attr(CMDLINE) or "")])


def parse(text: str, path: str) -> Configuration:
    """Return what the text of one file says."""
    return _gathered(list(_settings(text, path)))


def _files(host: Host) -> list[str]:
    """Return the files that count, by name: the directory decides only between files of the same name.

    A link to /dev/null hides a file of a later directory, and one that leads nowhere does not (kmod 34; before, that was
    left to chance). Where /lib is a link to /usr/lib, each file is seen twice, and counts once.
    """
    found: dict[str, str] = {}
    for directory in DIRECTORIES:
        for name in host.names(directory):
            path = f"{directory}/{name}"
            if name not in found and name.endswith(_ENDING) and not name.startswith(".") and _is_file(host, path):
                found[name] = path
    return [path for dummy, path in sorted(found.items())]


def _is_file(host: Host, path: str) -> bool:
    return host.exists(path) and not host.exists(f"{path}/.")  # which only directories have


def _settings(text: str, path: str) -> Iterator[_Setting]:
    """Yield what the lines say; a number sign makes a comment only where it begins the line."""
    for line in _ESCAPED.sub(_unescaped, text).split("\n"):
        match = None if line.startswith("#") else _LINE.fullmatch(line)
        if match:
            yield from _setting(match[1], match[2], match[3] or "", path)


def _unescaped(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1]


def _setting(word: str, name: str, rest: str, path: str) -> Iterator[_Setting]:
    module = _DASH.sub(lambda match: "_" if match[0] == "-" else match[0], name)
    text = " ".join([name, *rest.split()])
    if word == "blacklist":
        yield Blacklist(path, module, text)
    elif word == "options":
        for token in cmdline.kernel_part(cmdline.parse(rest)):
            key, equals, value = cmdline.plain(token).partition("=")
            yield Option(path, module, key, value if equals else None)
    elif word == "install" and rest:
        yield Install(path, module, rest, text)
    elif word == "softdep" and rest:
        yield _softdep(path, module, rest.split())


def _softdep(path: str, pattern: str, words: list[str]) -> Softdep:
    found: dict[str, list[str]] = {"": [], "pre:": [], "post:": []}
    key = ""
    for word in words:
        if word in found:
            key = word
        else:
            found[key].append(canonical(word))
    return Softdep(path, pattern, tuple(found["pre:"]), tuple(found["post:"]))


def _boot_settings(line: str) -> Iterator[_Setting]:
    for token in cmdline.parse(line):
        key, _equals, value = cmdline.plain(token).partition("=")
        option = _BOOT_PARAMETER.fullmatch(cmdline.plain(token))
        if key in _BOOT_BLACKLISTS:
            yield from (Blacklist(CMDLINE, canonical(each), token) for each in value.split(","))
        elif option:
            yield Option(CMDLINE, option[1], option[2], option[3][1:] if option[3] else None)


def _gathered(settings: list[_Setting]) -> Configuration:
    return Configuration(
        options=tuple(each for each in settings if isinstance(each, Option)),
        blacklist=tuple(each for each in settings if isinstance(each, Blacklist)),
        install=tuple(each for each in settings if isinstance(each, Install)),
        softdep=tuple(each for each in settings if isinstance(each, Softdep)),
    )
