# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine: all that reads it, writes to it or runs a command on it goes through here."""

from __future__ import annotations

import errno
import os
import select
import stat
from contextlib import AbstractContextManager
from typing import Any, Callable, NamedTuple

from ansible_collections.dataplane.dpdk.plugins.module_utils import _files, _process
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError

# A whole attribute fits into one page; a write has to reach the kernel in one piece.
KERNEL_WRITE_SECONDS = 60.0
LOCK = "/run/dataplane-dpdk/lock"


class Status(NamedTuple):
    """What is at a path, without following a link: ``kind`` is file, directory, link or other; the numbers of its owners."""

    kind: str
    mode: int
    uid: int
    gid: int


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
        """Return where an absolute path of the host lies below its root; raise HostError for what no path can hold."""
        if "\0" in path or not _files.encodes(path):
            raise HostError(f"{path!r} is no path: it holds a character that no path can hold.", "Correct the path.")
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
        place = self.path(path)
        try:
            with open(place, "rb", buffering=0, opener=_files.regular) as stream:
                return stream.read(limit)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except _files.NotRegularError as error:
            raise HostError(
                f"{path} is no regular file, and was not read.", f"Look what {path} is, and remove it or move it away."
            ) from error
        except OSError as error:
            raise HostError(f"Cannot read {path}: {error.strerror}.", "Run the task as root (become: true).") from error

    def attr(self, path: str) -> str | None:
        """Return a sysfs or procfs value without white space, or None where the kernel offers none.

        Reading an attribute may fail with EIO, EINVAL, ENODEV and more, depending on the driver
        behind it; all of them mean that there is no value now.
        """
        place = self.path(path)
        try:
            with open(place, "rb", buffering=0, opener=_files.regular) as stream:
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

    def status(self, path: str) -> Status | None:
        """Return what is at a path, a link itself and not what it leads to; None where there is nothing."""
        place = self.path(path)
        try:
            found = os.lstat(place)
        except OSError:
            return None
        kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
        kind = kinds.get(stat.S_IFMT(found.st_mode), "other")
        return Status(kind, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)

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
            _process.write_and_exit(target, data, writer)
        os.close(writer)
        try:
            ready = select.select([reader], [], [], deadline)[0]
            answer = os.read(reader, 16) if ready else b""
        finally:
            os.close(reader)
        if not ready:
            _process.give_up(child)
            raise WriteError(
                f"The kernel did not finish writing {value!r} to {path} within {deadline:g} s.",
                None,
                "Look into the kernel log for the process that holds the device, and end that process.",
            )
        os.waitpid(child, 0)
        number = int(answer or errno.EIO)
        if number:
            raise WriteError(f"Writing {value!r} to {path} failed: {os.strerror(number)}.", number)

    def write_file(self, path: str, text: str, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
        """Replace a file atomically: a reader sees the old text or the new, also after a crash.

        Without a mode, a file that was there keeps its own, its owner, its extended attributes and its SELinux label, and
        a new one is 0644. Mode and ``owner`` (the numbers of user and group) are set before the file has its name.
        """
        target = self.path(path)
        _files.refuse_link(path, target)
        directory = os.path.dirname(target)
        try:
            _files.make_directory(directory)
            data = text.encode("utf-8", "surrogateescape")
            _files.replace(target, data, lambda handle: _files.dress(handle, target, mode, owner, self._own))
            _files.sync_directory(directory)
        except OSError as error:
            raise HostError(
                f"Cannot write {path}: {error.strerror}.",
                f"Make the file system below {os.path.dirname(path)} writable, with space left on it.",
            ) from error

    def _own(self, handle: int, uid: int, gid: int) -> None:
        os.fchown(handle, uid, gid)

    def rename(self, old: str, new: str) -> None:
        """Put one file in another's place, atomically; what the other had of owner, mode, attributes and label stays."""
        target = self.path(new)
        _files.refuse_link(new, target)
        try:
            if os.path.exists(target):
                _files.dress_named(self.path(old), target, self._own)
            os.rename(self.path(old), target)
            _files.sync_directory(os.path.dirname(target))
        except OSError as error:
            raise HostError(
                f"Cannot rename {old} to {new}: {error.strerror}.",
                f"Make the file system below {os.path.dirname(new)} writable.",
            ) from error

    def remove_file(self, path: str) -> None:
        """Remove a file, and what a write of it left that was killed; that there is none is fine."""
        try:
            _files.remove(self.path(path))
            _files.remove(_files.temporary(self.path(path)))
        except OSError as error:
            raise HostError(
                f"Cannot remove {path}: {error.strerror}.",
                f"Make the file system below {os.path.dirname(path)} writable, or remove {path} by hand.",
            ) from error

    def put_back(self, path: str, text: str, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
        """Have a file hold what it held before; where it still does, nothing is written that could fail again."""
        found = self.status(path)
        as_before = found and mode in (None, found.mode) and owner in (None, (found.uid, found.gid))
        if as_before and self.read(path) == text:
            self.remove_rest(path)
        else:
            self.write_file(path, text, mode, owner)

    def remove_rest(self, path: str) -> None:
        """Remove what a write of a file left that was killed."""
        _files.remove(_files.temporary(self.path(path)))

    def append(self, path: str, line: str) -> None:
        """Add a line to a file of the owner's own, and have it on the disk."""
        try:
            handle = os.open(self.path(path), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(f"{line}\n".encode("utf-8", "surrogateescape"))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise HostError(
                f"Cannot write {path}: {error.strerror}.",
                f"Make the file system below {os.path.dirname(path)} writable, with space left on it.",
            ) from error

    def remove_directory(self, path: str) -> None:
        """Remove a directory with its files, and the one above it where that is empty then; that there is none is fine."""
        target = self.path(path)
        try:
            for name in self.names(path):
                os.unlink(os.path.join(target, name))
            if os.path.isdir(target):
                os.rmdir(target)
            above = os.path.dirname(target)
            if os.path.isdir(above) and not os.listdir(above):
                os.rmdir(above)
        except OSError as error:
            raise HostError(f"Cannot remove {path}: {error.strerror}.", f"Remove {path} by hand.") from error

    def require_writable(self, path: str, size: int) -> None:
        """Raise HostError where a file of ``size`` bytes could not be written or removed; nothing is changed to find out."""
        _files.require_writable(self.root, path, size)

    # taking turns

    def alone(self, name: str, seconds: float) -> AbstractContextManager[str | None]:
        """Hold the lock of the host; see `_process.alone`."""
        return _process.alone(self.path(LOCK), LOCK, name, seconds)

    def undisturbed(self) -> AbstractContextManager[list[str]]:
        """Go on when the connection is cut; see `_process.undisturbed`."""
        return _process.undisturbed()

    # acting

    def run(self, *argv: str) -> Completed:
        """Run a command under LC_ALL=C; the caller looks at the return code."""
        wrong = next((word for word in argv if "\0" in word or not _files.encodes(word)), None)
        if wrong is not None:
            raise HostError(
                f"{wrong!r} cannot be given to {argv[0]}.", "Correct the value that holds these characters."
            )
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

    def output(self, *argv: str) -> str:
        """Return what a command prints that is only asked; nothing where it fails, or is not there."""
        try:
            done = self.run(*argv)
        except HostError:
            return ""
        return done.out if done.rc == 0 else ""

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

    def this_run(self, name: str) -> str:
        """Return what others should know of this process: its name, its number, and the time."""
        return _process.named(name)

    def release(self) -> str:
        """Return the release of the running kernel."""
        return os.uname().release

    def code(self) -> str:
        """Return where this process has the code of this collection from: an archive, or the directory of the packages."""
        archive: str | None = getattr(__spec__.loader, "archive", None)
        return archive or os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 5))
