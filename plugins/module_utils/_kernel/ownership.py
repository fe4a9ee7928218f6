# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""To whom a file belongs, and what its mode lets others do; modes are octal, as in 0660."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host, Status

_MOST_LINKS = 40  # as in the kernel (MAXSYMLINKS)


@dataclass(frozen=True)
class Ownership:
    """The owner and the group of a file by name, and its mode."""

    owner: str
    group: str
    mode: str


def read(host: Host, path: str) -> Ownership:
    """Return to whom a file belongs; it has to be there."""
    mode, owner, group = host.must("stat", "-c", "%a %U %G", path).split()
    return Ownership(owner, group, f"{mode:0>4}")


def exists(host: Host, database: str, name: str) -> bool:
    """Whether the host has a user (``passwd``) or a ``group``; nobody is asked for root's."""
    return name == "root" or host.run("getent", database, name).rc == 0


def numbers(host: Host, owner: str, group: str) -> tuple[int, int] | None:
    """Return the numbers of a user and a group (getent), or None where the host lacks one of them."""
    found = []
    for database, name in (("passwd", owner), ("group", group)):
        entry = "" if name == "root" else host.run("getent", database, name).out
        number = "0" if name == "root" else entry.split(":")[2] if entry.count(":") > 2 else ""
        found.append(int(number) if number.isdecimal() and number.isascii() else None)
    uid, gid = found
    return None if uid is None or gid is None else (uid, gid)


def exposed(host: Host, path: str) -> str | None:
    """Return the first directory or file on the way to a path that others than root may change; None where there is none.

    Whoever may write to a directory can put something else in the place of what is in it, at any moment. Links are followed
    as the kernel does; the bits of the group also stand for the mask of an access control list (acl(5)).
    """
    done, todo, links = "", path.split("/"), 0
    if _others_may_write(host.status("/")):
        return "/"
    while todo:
        name = todo.pop(0)
        place = f"{done}/{name}"
        if name in ("", "."):
            continue
        if name == "..":
            done = done.rpartition("/")[0]
            continue
        found = host.status(place)
        if found is None:
            return None
        if found.kind == "link":
            target, links = host.target(place) or "", links + 1
            done = "" if target.startswith("/") else done
            todo = [*target.split("/"), *todo]
        elif _others_may_write(found):
            return place
        else:
            done = place
        if links > _MOST_LINKS:
            return place
    return None


def _others_may_write(found: Status | None) -> bool:
    return found is not None and bool(found.uid or found.mode & 0o002 or (found.mode & 0o020 and found.gid))


def give(host: Host, path: str, to: Ownership, *, whom: str, remedy: str) -> None:
    """Give a file its owner, group and mode; ``whom`` and ``remedy`` are for the error that there is no such owner."""
    done = host.run("chown", f"{to.owner}:{to.group}", path)
    if done.rc != 0:
        raise HostError(f"{path} could not be given to {whom}: {done.err.strip() or done.out.strip()}", remedy)
    host.must("chmod", to.mode, path)
