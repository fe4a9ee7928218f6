# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that load a module at boot, and give it its parameters."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# modprobe.d(5): of files with the same name, the one in the directory named first counts.
DIRECTORIES = (
    "/etc/modprobe.d",
    "/run/modprobe.d",
    "/usr/local/lib/modprobe.d",
    "/usr/lib/modprobe.d",
    "/lib/modprobe.d",
)
_HEAD = "# Written by the Ansible module dataplane.dpdk.vfio_module; changes made here are lost.\n"


@dataclass(frozen=True)
class Foreign:
    """What somebody else wrote about a module: an option with its value, or a blacklist or install line (no key)."""

    path: str
    word: str
    key: str
    value: str

    def __str__(self) -> str:
        """Name the place and what it says."""
        said = f"{self.key}={self.value}" if self.key else self.value
        return f"{self.path}: {self.word} {said}"


def modprobe_path(name: str) -> str:
    """Return the file below /etc/modprobe.d that holds a module's parameters."""
    return f"/etc/modprobe.d/dataplane-dpdk-{name}.conf"


def load_path(name: str) -> str:
    """Return the file below /etc/modules-load.d that has systemd load a module at boot."""
    return f"/etc/modules-load.d/dataplane-dpdk-{name}.conf"


def render_options(name: str, params: Mapping[str, str]) -> str | None:
    """Return the modprobe.d text, or None where there is no parameter and no file is needed."""
    if not params:
        return None
    return _HEAD + f"options {name} " + " ".join(f"{key}={value}" for key, value in sorted(params.items())) + "\n"


def render_load(name: str) -> str:
    """Return the modules-load.d text."""
    return f"{_HEAD}{name}\n"


def parse_options(text: str | None, name: str) -> dict[str, str]:
    """Return the parameters that a modprobe.d text gives to a module."""
    found: dict[str, str] = {}
    for line in (text or "").splitlines():
        words = _words(line)
        if words[:1] == ["options"] and [word.replace("-", "_") for word in words[1:2]] == [name]:
            found.update(
                (key.replace("-", "_"), value) for key, _eq, value in (word.partition("=") for word in words[2:])
            )
    return found


def foreign(text: str, path: str, name: str) -> Iterator[Foreign]:
    """Yield what a file of somebody else says about a module."""
    for line in text.splitlines():
        words = _words(line)
        if [word.replace("-", "_") for word in words[1:2]] != [name]:
            continue
        if words[0] == "options":
            pairs = (word.partition("=") for word in words[2:])
            yield from (Foreign(path, "options", key.replace("-", "_"), value) for key, _eq, value in pairs)
        elif words[0] in ("blacklist", "install"):
            yield Foreign(path, words[0], "", " ".join(words[1:]))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return []
