# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemd units that reserve hugepages at boot and mount hugetlbfs, rendered and parsed back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import hugepages

UNITS = "/etc/systemd/system"
NAME = "dataplane-dpdk-hugepages.service"
PATH = f"{UNITS}/{NAME}"
TARGET = "sysinit.target"  # which wants all of them
HEAD = "# Written by the Ansible module dataplane.dpdk.hugepages; changes made here are lost.\n"
# Before most of userspace, while memory is whole; after sysctl, whose vm.nr_hugepages knows no nodes.
_RESERVE = """\
[Unit]
Description=Hugepages for DPDK
DefaultDependencies=no
After=systemd-sysctl.service
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
{commands}
[Install]
WantedBy=sysinit.target
"""
# The kernel takes any number and gives what it can: what it gave decides whether the unit failed.
_COMMAND = """\
ExecStart=/bin/sh -c 'echo {count} > {path}; got=$$(cat {path}); [ "$$got" -ge {count} ] || \
{{ echo "The kernel gave $$got of {count} pages: {path}" >&2; exit 1; }}'
"""
_COUNT = re.compile(
    r"echo (\d+) > /sys/(?:devices/system/node/node(\d+)|kernel/mm)/hugepages/hugepages-(\d+)kB/nr_hugepages;"
)
_MOUNT = """\
[Unit]
Description=Hugepages of {size} for DPDK
DefaultDependencies=no
After=systemd-remount-fs.service
Before=sysinit.target

[Mount]
What=hugetlbfs
Where={path}
Type=hugetlbfs
Options=pagesize={size},uid={owner},gid={group},mode={mode}

[Install]
WantedBy=sysinit.target
"""


@dataclass(frozen=True)
class Mount:
    """A hugetlbfs for pages of one size, and who may use it; ``mode`` is octal, as in 1770."""

    path: str
    size: str
    owner: str
    group: str
    mode: str


def render_pools(counts: Mapping[tuple[int, int], int], numa: bool = True) -> str | None:
    """Return the unit that reserves pages, by node and size in KiB; None where there is nothing to reserve."""
    if not counts:
        return None
    commands = [
        _COMMAND.format(count=count, path=hugepages.nr_hugepages(node, size_kb, numa))
        for (node, size_kb), count in sorted(counts.items())
    ]
    return HEAD + _RESERVE.format(commands="".join(commands))


def parse_pools(text: str | None) -> dict[tuple[int, int], int]:
    """Return the counts that ``render_pools`` wrote, by node and size in KiB."""
    return {(int(node or 0), int(size)): int(count) for count, node, size in _COUNT.findall(text or "")}


def render_mount(mount: Mount) -> str:
    """Return the text of a mount unit."""
    return HEAD + _MOUNT.format(path=mount.path, size=mount.size, owner=mount.owner, group=mount.group, mode=mount.mode)


def mount_unit(path: str) -> str:
    """Return the name that systemd asks of the mount unit for a path (systemd-escape --path)."""
    text = "/".join(filter(None, path.split("/")))
    return "".join(_escape(letter, first=not place) for place, letter in enumerate(text)) + ".mount"


def _escape(letter: str, first: bool) -> str:
    if letter == "/":
        return "-"
    if (letter.isascii() and letter.isalnum()) or letter in ":_" or (letter == "." and not first):
        return letter
    return "".join(f"\\x{byte:02x}" for byte in letter.encode())
