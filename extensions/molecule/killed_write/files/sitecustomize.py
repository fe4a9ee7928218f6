# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python imports this by itself where PYTHONPATH leads to it. Kills the process right before its KILL_AT-th change of the host.

A change is a file below /etc, /boot or /var/lib that is opened for writing, renamed or removed, and a command of GRUB that is
started. With KILL_ALL these are also what a run notes of its plan, any other command, and a write to the kernel.
"""

from __future__ import annotations

import os
import signal
import sys

_PLACES = ("/etc/", "/boot/", "/var/lib/dataplane-dpdk")
_PLAN = "/dataplane-dpdk/plan"
_READERS = ("getent", "ip", "modinfo", "nsenter", "python3", "sh", "stat", "lsinitramfs", "findmnt")
_ALL = bool(os.environ.get("KILL_ALL"))
_COUNT = [int(os.environ.get("KILL_AT", "0"))]


def _changes(event: str, args: tuple[object, ...]) -> bool:
    if event == "os.fork":
        return _ALL
    if not args or not isinstance(args[0], (str, bytes)):
        return False
    name = os.fsdecode(args[0])
    if _PLAN in name and not _ALL:
        return False
    if event == "subprocess.Popen" and _ALL:
        return os.path.basename(name) not in _READERS
    if event == "subprocess.Popen":
        return os.path.basename(name).startswith("grub-")
    if event == "open":
        writes = isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        return writes and name.startswith(_PLACES)
    return event in ("os.rename", "os.remove") and name.startswith(_PLACES)


def _hook(event: str, args: tuple[object, ...]) -> None:
    if _COUNT[0] > 0 and _changes(event, args):
        _COUNT[0] -= 1
        if _COUNT[0] == 0:
            with open("/root/killed", "a", encoding="utf-8") as log:
                log.write(f"{event} {args[0]}\n")
            os.kill(os.getpid(), signal.SIGKILL)


def _spare() -> None:
    """A child that writes to the kernel is not killed: the run it belongs to was, or goes on."""
    _COUNT[0] = 0


if _COUNT[0] > 0:
    os.register_at_fork(after_in_child=_spare)
    sys.addaudithook(_hook)
