# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python imports this by itself where PYTHONPATH leads to it. Kills the process right before its KILL_AT-th change of the host.

A change is a file below /etc, /boot or /var/lib that is opened for writing, renamed or removed, and a command of GRUB that is
started. With KILL_ALL these are also what a run notes of its plan, directories, any other command, and a write to the kernel.
"""

from __future__ import annotations

import os
import signal
import sys

_PLACES = ("/etc/", "/boot/", "/var/lib/dataplane-dpdk")
_PLAN = "/dataplane-dpdk/plan"
_READERS = ("getent", "ip", "modinfo", "nsenter", "python3", "sh", "stat", "lsinitramfs", "findmnt")
_COUNT = [0]
_ALL = [False]


def _changes(event: str, args: tuple[object, ...]) -> bool:
    if event == "os.fork":
        return _ALL[0]
    if not args or not isinstance(args[0], (str, bytes)):
        return False
    name = os.fsdecode(args[0])
    if _PLAN in name and not _ALL[0]:
        return False
    if event == "subprocess.Popen" and _ALL[0]:
        return os.path.basename(name) not in _READERS or any(" set " in f" {word} " for word in _words(args[1]))
    if event == "subprocess.Popen":
        return os.path.basename(name).startswith("grub-")
    if event == "open":
        writes = isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        return writes and name.startswith(_PLACES)
    if event in ("os.mkdir", "os.rmdir") and not _ALL[0]:
        return False
    return event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir") and name.startswith(_PLACES)


def _words(given: object) -> list[str]:
    return [os.fsdecode(each) for each in given] if isinstance(given, (list, tuple)) else [str(given)]


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


def arm(number: int, everything: bool) -> None:
    """Kill this process before its so-manieth change; never for 0."""
    _COUNT[0], _ALL[0] = number, everything
    if number > 0:
        os.register_at_fork(after_in_child=_spare)
        sys.addaudithook(_hook)


arm(int(os.environ.get("KILL_AT", "0")), bool(os.environ.get("KILL_ALL")))
