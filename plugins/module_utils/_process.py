# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a run of a module lives beside others: its turn, its signals, and its commands. Only for `_host.py`."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

_AGAIN_SECONDS = 0.1
# Descriptors that a child keeps open: while a write is in the kernel, the host is not as the next run would read it.
kept_open: list[int] = []


@contextlib.contextmanager
def alone(target: str, path: str, name: str, seconds: float) -> Iterator[str | None]:
    """Hold a lock, under a name; yield for whom this waited, or None.

    Raise HostError where another run keeps it for longer than ``seconds``. The kernel drops the lock (flock) with the
    process, however that ends, and with the child that is in a write.
    """
    try:
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise HostError(
            f"Cannot open {path}, the lock of this host: {error.strerror}. Nothing was changed.",
            "Run the task as root (become: true).",
        ) from error
    try:
        waited = wait(handle, seconds)
        kept_open.append(handle)
        _note(handle, named(name))
        yield waited
    finally:
        if handle in kept_open:
            kept_open.remove(handle)
            _note(handle, "")
            fcntl.flock(handle, fcntl.LOCK_UN)  # also for a child that hangs
        os.close(handle)


def named(name: str) -> str:
    """Return what others should know of this process: its name, its number, and the time."""
    return f"{name} (process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')})"


@contextlib.contextmanager
def undisturbed() -> Iterator[list[str]]:
    """Go on when the connection is cut; yield the names of signals that asked this process to end, as they come.

    sshd sends SIGHUP to a session with a terminal, which the commands that are started inherit as ignored.
    """
    asked: list[str] = []

    def note(number: int, frame: Any) -> None:
        asked.append(signal.Signals(number).name)

    before = {each: signal.signal(each, note) for each in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_alone(argv: list[str], environ_update: dict[str, str], **dummy: Any) -> tuple[int, str, str]:
    """Run a command where no AnsibleModule is there to do it."""
    out, err = os.memfd_create("out"), os.memfd_create("err")
    try:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, out, 1),
            (os.POSIX_SPAWN_DUP2, err, 2),
        ]
        environment = {**os.environ, **environ_update}
        child = os.posix_spawnp(argv[0], argv, environment, file_actions=actions)  # pylint: disable=ansible-bad-function
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = [os.pread(each, os.fstat(each).st_size, 0).decode("utf-8", "surrogateescape") for each in (out, err)]
        return status, said[0], said[1]
    finally:
        os.close(out)
        os.close(err)


def wait(handle: int, seconds: float) -> str | None:
    """Take the lock; return who had it, or None where nobody did."""
    end = time.monotonic() + seconds
    holder = None
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return holder
        except BlockingIOError:
            holder = os.pread(handle, 200, 0).decode("utf-8", "replace") or holder or "a run that has just begun"
        if time.monotonic() >= end:
            raise HostError(
                f"Another run works on this host, and did not end within {seconds:g} s: {holder}. Nothing was changed.",
                "Run this again when that process has ended, or raise lock_timeout.",
            )
        time.sleep(_AGAIN_SECONDS)


def _note(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)


def write_and_exit(path: str, value: bytes, answer: int) -> None:
    """Write in the child, send the errno (0 for success) and end.

    Nothing of the parent stays open but the pipe and the lock: a child that blocks for good would otherwise
    hold the connection to the controller. No O_CREAT: on a sysfs file that is missing it turns
    ENOENT into a misleading EACCES.
    """
    number = errno.EIO
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        start = 3
        for kept in sorted([answer, *kept_open]):
            os.closerange(start, kept)
            start = kept + 1
        os.closerange(start, 4096)
        handle = os.open(path, os.O_WRONLY)
        os.write(handle, value)
        os.close(handle)
        number = 0
    except OSError as error:
        number = error.errno or errno.EIO
    finally:
        os.write(answer, str(number).encode())
        os._exit(0)


def give_up(child: int) -> None:
    """Ask a child that outlived its deadline to end; it will, when the kernel lets it."""
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, os.WNOHANG)
    except OSError:
        return
