# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others have written about a module: modprobe.d and the kernel command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.parameter import same
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as _files

BOOT = "the kernel command line"


@dataclass(frozen=True)
class Foreign:
    """What somebody else wrote about a module: an option with its value, or a blacklist or install line (no key)."""

    path: str
    word: str
    text: str
    key: str = ""
    value: str = ""

    def __str__(self) -> str:
        """Name the place and what it says."""
        return f"{self.path}: {self.word} {self.text}"


def read(host: Host, name: str) -> tuple[Foreign, ...]:
    """Return all of it; modprobe adds the options of all places, and the last one counts."""
    found = _all(modprobe_d.read(host), name)
    return tuple(each for each in found if each.path != _files.modprobe_path(name))


def refusal(
    found: tuple[Foreign, ...], name: str, params: Mapping[str, str], builtin: bool = False
) -> HostError | None:
    """Refuse to fight: another place gives a parameter another value, or keeps the module from being loaded at boot.

    A module that is ``builtin`` has its parameters from the kernel command line, and kernel_args takes an older value away.
    """
    others = [
        each
        for each in found
        if not (builtin and each.path == BOOT and each.word == "option")
        if each.word == "blacklist" or (each.key in params and not same(each.value, params[each.key]))
    ]
    if not others:
        return None
    return HostError(
        f"Others have a say in {name}, and it is not certain who would win at boot: {'; '.join(map(str, others))}.",
        f"Remove what they say of {name} there, or set persistent to false.",
    )


def _all(found: modprobe_d.Configuration, name: str) -> Iterator[Foreign]:
    for option in found.options_of(name):
        path, word = (BOOT, "option") if option.path == modprobe_d.CMDLINE else (option.path, "options")
        yield Foreign(path, word, str(option), option.key, option.meaning)
    for line in found.install_of(name):
        yield Foreign(line.path, "install", line.text)
    for each in found.blacklist_of(name):
        yield Foreign(BOOT if each.path == modprobe_d.CMDLINE else each.path, "blacklist", each.text)
