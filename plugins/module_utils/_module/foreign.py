# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others have written about a module: modprobe.d and the kernel command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.parameter import same
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as _files
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.module_files import Foreign

BOOT = "the kernel command line"
_BLACKLISTS = ("modprobe.blacklist", "module_blacklist")


def read(host: Host, name: str) -> tuple[Foreign, ...]:
    """Return all of it; modprobe adds the options of all places, and the last one counts."""
    return (*_modprobe_d(host, name), *_cmdline(host, name))


def refusal(found: tuple[Foreign, ...], name: str, params: Mapping[str, str]) -> HostError | None:
    """Refuse to fight: another place gives a parameter another value, or keeps the module from being loaded at boot."""
    others = [
        each
        for each in found
        if each.word == "blacklist" or (each.key in params and not same(each.value, params[each.key]))
    ]
    if not others:
        return None
    return HostError(
        f"Others have a say in {name}, and it is not certain who would win at boot: {'; '.join(map(str, others))}.",
        f"Remove what they say of {name} there, or set persistent to false.",
    )


def _modprobe_d(host: Host, name: str) -> Iterator[Foreign]:
    seen: set[str] = set()
    for directory in _files.DIRECTORIES:
        for file in host.names(directory):
            path = f"{directory}/{file}"
            if not file.endswith(".conf") or file in seen:
                continue
            seen.add(file)
            if path != _files.modprobe_path(name):
                yield from _files.foreign(host.attr(path) or "", path, name)


def _cmdline(host: Host, name: str) -> Iterator[Foreign]:
    for token in cmdline.kernel_part(cmdline.parse(host.attr("/proc/cmdline") or "")):
        key, _equals, value = cmdline.plain(token).partition("=")
        module, _dot, parameter = key.partition(".")
        if module == name and parameter:
            yield Foreign(BOOT, "option", parameter, value)
        elif key in _BLACKLISTS and name in [each.replace("-", "_") for each in value.split(",")]:
            yield Foreign(BOOT, "blacklist", "", token)
