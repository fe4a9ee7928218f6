# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How files are written: whole or not at all, and with nothing left of a write that was killed. Only for `_host.py`."""

from __future__ import annotations

import os
import stat
from typing import Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

_NULL = os.makedev(1, 3)  # /dev/null
# What belongs to one content of a file (IMA, EVM), and not to the next one.
_OF_CONTENT = ("security.ima", "security.evm")
_SPARE = 4096  # bytes: a file takes whole blocks


def refuse_link(path: str, target: str) -> None:
    """Raise HostError for a symbolic link: whoever made it means another file."""
    if os.path.islink(target):
        raise HostError(
            f"{path} is a symbolic link to {os.readlink(target)}; it was left alone.",
            f"Replace {path} by a regular file, or remove it.",
        )


def temporary(target: str) -> str:
    """Return the name of a file while it is written: always the same, so that the next write of the file takes its place.

    Hidden, and without an ending that modprobe.d, udev, systemd, grub.d, limits.d or depmod would read.
    """
    directory, name = os.path.split(target)
    return os.path.join(directory, f".{name}.dataplane-dpdk")


def make_directory(directory: str) -> None:
    """Make a directory that others may enter, whatever the umask of whoever logged in."""
    before = os.umask(0o022)
    try:
        os.makedirs(directory, exist_ok=True)
    finally:
        os.umask(before)


def replace(target: str, data: bytes, dress: Callable[[int], None]) -> None:
    """Put a file with this content in the place of another; ``dress`` gives it its owner and mode before it has its name."""
    new = temporary(target)
    remove(new)
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            dress(stream.fileno())
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.rename(new, target)
    except OSError:
        remove(new)
        raise


def remove(target: str) -> None:
    """Remove a file; that there is none is fine."""
    if os.path.lexists(target):  # a file system that is read-only refuses even where there is no file
        os.unlink(target)


def sync_directory(directory: str) -> None:
    """Have the names in a directory on the disk."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def require_writable(root: str, path: str, size: int) -> None:
    """Raise HostError where ``path`` below ``root`` could not be written or removed; nothing is changed to find out."""
    target = os.path.join(root, path.lstrip("/"))
    refuse_link(path, target)
    directory = os.path.dirname(target)
    while not os.path.isdir(directory) and directory != os.path.dirname(directory):
        directory = os.path.dirname(directory)
    places = [directory, *([target] if os.path.exists(target) else [])]
    # Says no to root too where the file system is read-only or the file immutable (inode_permission).
    closed = [each for each in places if not os.access(each, os.W_OK)]
    if closed:
        shown = "/" + os.path.relpath(closed[0], root)
        raise HostError(
            f"Cannot write {path}: {shown} is not writable, because its file system is read-only, or it is immutable.",
            f"Make the file system below {os.path.dirname(path)} writable; lsattr shows what is immutable.",
        )
    space = os.statvfs(directory)
    if size + _SPARE > space.f_bavail * space.f_frsize or (space.f_files and not space.f_favail):
        raise HostError(
            f"Cannot write {path}: there is no space left for it.", f"Make room on the file system of {path}."
        )


class NotRegularError(OSError):
    """What is at a path is no regular file: reading a FIFO would wait for ever, and a device may do anything."""


def regular(path: str, flags: int) -> int:
    """Open a file, and only that (the opener of ``open``)."""
    handle = os.open(path, flags | os.O_NONBLOCK)
    found = os.fstat(handle)
    # open() says itself what is wrong with a directory, and a link to /dev/null is how a file is said to be empty.
    empty = stat.S_ISCHR(found.st_mode) and found.st_rdev == _NULL
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) or empty):
        os.close(handle)
        raise NotRegularError
    return handle


def encodes(text: str) -> bool:
    """Whether a text can be given to the kernel; JSON also brings halves of characters."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeError:
        return False
    return True


def dress(
    handle: int, target: str, mode: int | None, owner: tuple[int, int] | None, own: Callable[[int, int, int], None]
) -> None:
    """Give a file that has no name yet its owner, attributes and mode; those of ``target`` where none are given."""
    if owner is not None:
        own(handle, *owner)
    if mode is None:
        mode = _dress_as(handle, target, own) if os.path.exists(target) else 0o644
    os.fchmod(handle, mode)


def dress_named(path: str, target: str, own: Callable[[int, int, int], None]) -> None:
    """Give a file that has a name what ``target`` has of owner, attributes and mode."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        dress(handle, target, None, None, own)
    finally:
        os.close(handle)


def _dress_as(handle: int, target: str, own: Callable[[int, int, int], None]) -> int:
    """Give it the owner and attributes of a file, and return that file's mode."""
    found = os.stat(target)
    now = os.fstat(handle)
    if (found.st_uid, found.st_gid) != (now.st_uid, now.st_gid):
        own(handle, found.st_uid, found.st_gid)
    for name in os.listxattr(target):
        if name not in _OF_CONTENT:
            os.setxattr(handle, name, os.getxattr(target, name))
    return stat.S_IMODE(found.st_mode)
