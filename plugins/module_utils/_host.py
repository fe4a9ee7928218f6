# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine: the only file that reads it, writes to it or runs a command on it."""

from __future__ import annotations

import errno
import os
import select
import signal
import stat
import tempfile
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError

# A whole attribute fits into one page; a write has to reach the kernel in one piece.
KERNEL_WRITE_SECONDS = 60.0


@dataclass(frozen=True)
class Completed:
    """A command that ended: its return code and what it printed."""

    rc: int
    out: str
    err: str


def _no_commands(*args: Any, **kwargs: Any) -> tuple[int, str, str]:
    raise NotImplementedError("this host was made without a way to run commands")


@dataclass(frozen=True)
class Host:
    """One machine below one root directory; every path given to it is absolute on that machine."""

    root: str = "/"
    run_command: Callable[..., tuple[int, str, str]] = _no_commands

    def path(self, path: str) -> str:
        """Return where an absolute path of the host lies below its root."""
        return os.path.join(self.root, path.lstrip("/"))

    # reading

    def read(self, path: str) -> str | None:
        """Return a file's text, or None where there is no such file."""
        data = self.read_bytes(path)
        return None if data is None else data.decode("utf-8", "surrogateescape")

    def read_bytes(self, path: str, limit: int = -1) -> bytes | None:
        """Return a file's first ``limit`` bytes, or None where there is no such file.

        Unbuffered: a buffer would ask for 4096 bytes, and the kernel reads a configuration space from the device itself,
        four bytes at a time.
        """
        try:
            with open(self.path(path), "rb", buffering=0) as stream:
                return stream.read(limit)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise HostError(f"Cannot read {path}: {error.strerror}.", "Run the task as root (become: true).") from error

    def attr(self, path: str) -> str | None:
        """Return a sysfs or procfs value without white space, or None where the kernel offers none.

        Reading an attribute may fail with EIO, EINVAL, ENODEV and more, depending on the driver
        behind it; all of them mean that there is no value now.
        """
        try:
            with open(self.path(path), "rb", buffering=0) as stream:
                return stream.read().decode("utf-8", "replace").strip()
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Tell whether a path leads to anything."""
        return os.path.exists(self.path(path))

    def mode(self, path: str) -> int | None:
        """Return a file's permission bits, or None where there is no such file."""
        try:
            return stat.S_IMODE(os.stat(self.path(path)).st_mode)
        except OSError:
            return None

    def link(self, path: str) -> str | None:
        """Return the last component of a symbolic link's target, or None where there is no link."""
        target = self.target(path)
        return None if target is None else os.path.basename(target)

    def target(self, path: str) -> str | None:
        """Return a symbolic link's target as it is written, or None where there is no link."""
        try:
            return os.readlink(self.path(path))
        except OSError:
            return None

    def names(self, path: str) -> list[str]:
        """Return the sorted names in a directory; empty where there is none."""
        try:
            return sorted(os.listdir(self.path(path)))
        except OSError:
            return []

    # writing

    def write_attr(self, path: str, value: str, deadline: float = KERNEL_WRITE_SECONDS) -> None:
        """Write one value to a sysfs attribute in one write, and wait for the kernel's answer.

        The write happens in a child process, because an unbind of a device in use or a removal of
        VFs in use blocks in the kernel, where no signal ends it (vfio_unregister_group_dev).
        After ``deadline`` seconds the child is left behind and WriteError says so.
        """
        target, data = self.path(path), value.encode("utf-8", "surrogateescape")
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _write_and_exit(target, data, writer)
        os.close(writer)
        try:
            ready = select.select([reader], [], [], deadline)[0]
            answer = os.read(reader, 16) if ready else b""
        finally:
            os.close(reader)
        if not ready:
            _give_up(child)
            raise WriteError(
                f"The kernel did not finish writing {value!r} to {path} within {deadline:g} s.",
                None,
                "Look into the kernel log for the process that holds the device, and end that process.",
            )
        os.waitpid(child, 0)
        number = int(answer or errno.EIO)
        if number:
            raise WriteError(f"Writing {value!r} to {path} failed: {os.strerror(number)}.", number)

    def write_file(self, path: str, text: str, mode: int = 0o644) -> None:
        """Replace a file atomically: a reader sees the old text or the new, also after a crash."""
        target = self.path(path)
        if os.path.islink(target):
            raise HostError(
                f"{path} is a symbolic link to {os.readlink(target)}; it was left alone.",
                f"Replace {path} by a regular file, or remove it.",
            )
        directory = os.path.dirname(target)
        try:
            os.makedirs(directory, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".dpdk-", dir=directory)
            try:
                with os.fdopen(handle, "wb") as stream:
                    os.fchmod(stream.fileno(), mode)
                    stream.write(text.encode("utf-8", "surrogateescape"))
                    stream.flush()
                    os.fsync(stream.fileno())
                os.rename(temporary, target)
            except BaseException:
                os.unlink(temporary)
                raise
            _sync_directory(directory)
        except OSError as error:
            raise HostError(
                f"Cannot write {path}: {error.strerror}.",
                f"Make the file system below {os.path.dirname(path)} writable, with space left on it.",
            ) from error

    def rename(self, old: str, new: str) -> None:
        """Put one file in another's place, atomically."""
        try:
            os.rename(self.path(old), self.path(new))
            _sync_directory(os.path.dirname(self.path(new)))
        except OSError as error:
            raise HostError(
                f"Cannot rename {old} to {new}: {error.strerror}.",
                f"Make the file system below {os.path.dirname(new)} writable.",
            ) from error

    def remove_file(self, path: str) -> None:
        """Remove a file; that there is none is fine."""
        try:
            os.unlink(self.path(path))
        except FileNotFoundError:
            return
        except OSError as error:
            raise HostError(
                f"Cannot remove {path}: {error.strerror}.",
                f"Make the file system below {os.path.dirname(path)} writable, or remove {path} by hand.",
            ) from error

    # acting

    def run(self, *argv: str) -> Completed:
        """Run a command under LC_ALL=C; the caller looks at the return code."""
        try:
            rc, out, err = self.run_command(
                list(argv),
                environ_update={"LC_ALL": "C", "LANGUAGE": "C"},
                handle_exceptions=False,
                expand_user_and_vars=False,
            )
        except OSError as error:
            raise HostError(
                f"Cannot run {argv[0]}: {error.strerror}.", f"Install the package that holds {argv[0]}."
            ) from error
        return Completed(rc, out, err)

    def must(self, *argv: str) -> str:
        """Run a command that has to succeed; return what it printed."""
        done = self.run(*argv)
        if done.rc != 0:
            said = (done.err.strip() or done.out.strip() or "nothing")[-2000:]
            raise HostError(
                f"'{' '.join(argv)}' ended with {done.rc} and said: {said}",
                f"Run '{' '.join(argv)}' by hand and mend what it complains of.",
            )
        return done.out

    # the process and its kernel

    def environment(self, name: str) -> str | None:
        """Return an environment variable of this process, or of the nearest ancestor that has it.

        sudo takes most variables away, among them SSH_CONNECTION; the shell before it has them.
        """
        if name in os.environ:
            return os.environ[name]
        pid = os.getppid()
        while pid > 1:
            for entry in (self.attr(f"/proc/{pid}/environ") or "").split("\0"):
                if entry.startswith(f"{name}="):
                    return entry.partition("=")[2]
            # The command's name, in brackets, may hold anything; the parent is the second field behind it.
            fields = (self.attr(f"/proc/{pid}/stat") or "").rpartition(")")[2].split()
            pid = int(fields[1]) if len(fields) > 1 else 0
        return None

    def release(self) -> str:
        """Return the release of the running kernel."""
        return os.uname().release


def _write_and_exit(path: str, value: bytes, answer: int) -> None:
    """Write in the child, send the errno (0 for success) and end.

    Nothing of the parent stays open but the pipe: a child that blocks for good would otherwise
    hold the connection to the controller. No O_CREAT: on a sysfs file that is missing it turns
    ENOENT into a misleading EACCES.
    """
    number = errno.EIO
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.closerange(3, answer)
        os.closerange(answer + 1, 4096)
        handle = os.open(path, os.O_WRONLY)
        os.write(handle, value)
        os.close(handle)
        number = 0
    except OSError as error:
        number = error.errno or errno.EIO
    finally:
        os.write(answer, str(number).encode())
        os._exit(0)


def _give_up(child: int) -> None:
    """Ask a child that outlived its deadline to end; it will, when the kernel lets it."""
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, os.WNOHANG)
    except OSError:
        return


def _sync_directory(directory: str) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
