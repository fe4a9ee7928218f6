# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""hugetlbfs mounts: for which size of pages, and who may use them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts, ownership, unit
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.ownership import Ownership
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import hugepage_units as _units
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist.hugepage_units import Mount
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, Verb
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes

# The mount that systemd makes by itself (dev-hugepages.mount).
_SYSTEMD = Mount("/dev/hugepages", "2M", "root", "root", "0755")


def read(host: Host) -> dict[str, Mount]:
    """Return the hugetlbfs mounts that there are, by path."""
    return {each.point: _mount(host, each) for each in mounts.scan(host) if each.kind == "hugetlbfs"}


def units(host: Host) -> dict[str, str]:
    """Return the text of each mount unit that this collection wrote, by its path."""
    names = [name for name in host.names(_units.UNITS) if name.endswith(".mount")]
    texts = {f"{_units.UNITS}/{name}": host.read(f"{_units.UNITS}/{name}") for name in names}
    return {path: text for path, text in texts.items() if text and text.startswith(_units.HEAD)}


def describe(found: Mapping[str, Mount], paths: Iterable[str]) -> list[dict[str, Any]]:
    """Return the state of the named mounts."""
    return [asdict(found[path]) if path in found else {"path": path, "size": None} for path in sorted(paths)]


def steps(
    found: Mapping[str, Mount], texts: Mapping[str, str], in_force: Collection[str], wanted_mounts: Iterable[Mount]
) -> list[Step]:
    """Return the steps that make the mounts, now and at boot; ``in_force`` are the units that systemd starts at boot."""
    return [step for each in wanted_mounts for step in _steps(found.get(each.path), texts, in_force, each)]


def _steps(now: Mount | None, texts: Mapping[str, str], in_force: Collection[str], want: Mount) -> list[Step]:
    if now is not None and now.size != want.size:
        raise HostError(
            f"{want.path} is mounted for pages of {now.size}, not {want.size}.",
            f"Choose another path for pages of {want.size}, or unmount {want.path} first.",
        )
    path = f"{_units.UNITS}/{_units.mount_unit(want.path)}"
    text = _units.render_mount(want)
    found = unit.enabled_steps(path, texts.get(path), text, in_force)
    if now is None:
        found.append(Step(f"Mounted hugetlbfs for pages of {want.size} at {want.path}", _mounter(want), _unmount(want)))
    elif now != want:
        action = f"Gave {want.path} to {want.owner}:{want.group} with mode {want.mode}"
        found.append(Step(action, lambda host: _own(host, want), lambda host: _own(host, now)))
    return found


def removal(found: Mapping[str, Mount], texts: Mapping[str, str]) -> list[Step]:
    """Return the steps that take all mounts of this collection away; systemd's own stays, as systemd makes it."""
    ours = [mount for point, mount in sorted(found.items()) if _unit_of(point) in texts]
    undone = [step for mount in ours for step in _removal(mount)]
    return undone + [unit.enabled_step(path, text, None) for path, text in sorted(texts.items())]


def unmounted(found: Mapping[str, Mount], texts: Mapping[str, str]) -> list[str]:
    """Return the mounts that the removal unmounts."""
    return [point for point in sorted(found) if _unit_of(point) in texts and point != _SYSTEMD.path]


def remaining(found: Mapping[str, Mount], texts: Mapping[str, str]) -> dict[str, Mount]:
    """Return the mounts that are there after the removal."""
    plain = {_SYSTEMD.path: replace(_SYSTEMD, size=found[_SYSTEMD.path].size)} if _SYSTEMD.path in found else {}
    return {
        point: plain.get(point, mount) if _unit_of(point) in texts else mount
        for point, mount in found.items()
        if point in plain or _unit_of(point) not in texts
    }


def _removal(mount: Mount) -> list[Step]:
    if mount.path != _SYSTEMD.path:
        return [Step(f"Unmounted {mount.path}", _unmount(mount), _mounter(mount))]
    plain = replace(_SYSTEMD, size=mount.size)
    action = f"Gave {mount.path} back to root"
    return [] if mount == plain else [Step(action, lambda host: _own(host, plain), lambda host: _own(host, mount))]


def _unit_of(point: str) -> str:
    return f"{_units.UNITS}/{_units.mount_unit(point)}"


def _mounter(want: Mount) -> Verb:
    def mount(host: Host) -> None:
        name = _units.mount_unit(want.path)
        done = host.run("systemctl", "start", name)
        now = read(host).get(want.path)
        if now is None:
            said = done.err.strip() or f"return code {done.rc}"
            raise HostError(
                f"hugetlbfs for pages of {want.size} could not be mounted at {want.path}: {said}.",
                f"Look into 'journalctl --unit {name}'; owner and group have to exist on the host.",
            )
        if now != want:
            _own(host, want)

    return mount


def _unmount(want: Mount) -> Verb:
    def unmount(host: Host) -> None:
        if want.path not in read(host):
            return
        host.must("systemctl", "stop", _units.mount_unit(want.path))
        if want.path in read(host):
            raise HostError(
                f"{want.path} is still mounted.", f"Stop the applications that use {want.path}, and run this again."
            )

    return unmount


def _own(host: Host, want: Mount) -> None:
    ownership.give(
        host,
        want.path,
        Ownership(want.owner, want.group, want.mode),
        whom=f"{want.owner}:{want.group}",
        remedy=f"Make the user {want.owner} and the group {want.group} first, or name others.",
    )


def _mount(host: Host, seen: mounts.Mount) -> Mount:
    pages = next((each[len("pagesize=") :] for each in seen.options if each.startswith("pagesize=")), "2M")
    found = ownership.read(host, seen.point)
    return Mount(seen.point, sizes.name(sizes.parse(pages)), found.owner, found.group, found.mode)
