# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module's file that the user brings, such as igb_uio.ko built from dpdk-kmods."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import ownership
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import canonical
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step

_COPIES = "/run/dataplane-dpdk"
SUFFIXES = (".ko", ".ko.gz", ".ko.xz", ".ko.zst")


@dataclass(frozen=True)
class ModuleFile:
    """The file: the module and kernel it was built for, what it needs, and its bytes.

    ``exposed`` is the file, or a directory on the way to it, where others than root may write it.
    """

    path: str
    name: str
    release: str
    depends: tuple[str, ...]
    text: str
    exposed: str | None = None


@dataclass(frozen=True)
class Installed:
    """The copy of a file that modprobe finds."""

    path: str
    text: str


def is_one(path: str) -> bool:
    """Whether a path can be that of a module."""
    return path.endswith(SUFFIXES)


def installed(host: Host, name: str) -> Installed | None:
    """Return the copy that was made of a module's file, if any."""
    for suffix in SUFFIXES:
        path = _place(name, host.release(), suffix)
        text = host.read(path)
        if text is not None:
            return Installed(path, text)
    return None


def read(host: Host, path: str) -> ModuleFile:
    """Read a module's file; raise HostError where it is none."""
    text = host.read(path)
    if text is None:
        raise HostError(f"There is no file {path} on the host.", "Copy the module there first, or correct the path.")
    name = canonical(_field(host, path, "name"))
    return ModuleFile(
        path=path,
        name=name,
        release=(_field(host, path, "vermagic").split() or [""])[0],
        depends=tuple(filter(None, _field(host, path, "depends").split(","))),
        text=text,
        exposed=ownership.exposed(host, path),
    )


def refusal(file: ModuleFile, name: str, release: str) -> HostError | None:
    """Return why the file cannot be loaded, or None."""
    if file.exposed:
        return HostError(
            f"Others than root may write {file.exposed}, so they could bring any code into the kernel by {file.path}.",
            f"Put the module where root alone may write, such as /root, and look who wrote {file.path}.",
        )
    if file.name != name:
        return HostError(
            f"{file.path} holds the module {file.name or '(none)'}, not {name}.", "Correct the path or the name."
        )
    if file.release != release:
        return HostError(
            f"{file.path} was built for the kernel {file.release}; {release} runs.",
            f"Build it against the headers of {release}, or install it by DKMS, which does so for each kernel.",
        )
    return None


def install_step(file: ModuleFile, before: Installed | None) -> Step:
    """Return the step that puts the file where modprobe finds it, now and at boot."""
    path = _place(file.name, file.release, file.path[file.path.rindex(".ko") :])
    wanted = Installed(path, file.text)
    return Step(
        f"Installed {file.path} as {path}",
        lambda host: _install(host, file, before, wanted),
        lambda host: _exchange(host, file.release, wanted, before),
    )


def _install(host: Host, file: ModuleFile, before: Installed | None, wanted: Installed) -> None:
    _exchange(host, file.release, before, wanted)
    _require_same(host, wanted.path, file)


def remove_step(before: Installed, release: str) -> Step:
    """Return the step that takes away what ``install_step`` put there."""
    return Step(
        f"Removed {before.path}",
        lambda host: _exchange(host, release, before, None),
        lambda host: _exchange(host, release, None, before),
    )


def insert(host: Host, file: ModuleFile, options: list[str]) -> str:
    """Load a copy of the file as it was checked, after what it needs; return what was said."""
    for each in file.depends:
        host.must("modprobe", each)
    copy = f"{_COPIES}/{file.path.rpartition('/')[2]}"
    try:
        host.write_file(copy, file.text, 0o600)
        _require_same(host, copy, file)
        done = host.run("insmod", copy, *options)
    finally:
        host.remove_file(copy)
    return done.err.strip() or f"return code {done.rc}"


def _require_same(host: Host, copy: str, file: ModuleFile) -> None:
    """Raise HostError unless what was read of the file is what modinfo said of it: it may have been replaced meanwhile."""
    name, vermagic = canonical(_field(host, copy, "name")), _field(host, copy, "vermagic").split()
    if (name, vermagic[:1]) != (file.name, [file.release]):
        raise HostError(f"{file.path} was replaced while it was read.", "Run this again.")


def _place(name: str, release: str, suffix: str) -> str:
    """Return where a module is put so that modprobe finds it; depmod prefers what is in updates."""
    return f"/lib/modules/{release}/updates/dataplane-dpdk/{name}{suffix}"


def _exchange(host: Host, release: str, old: Installed | None, new: Installed | None) -> None:
    if new is not None:
        host.write_file(new.path, new.text)
    if old is not None and (new is None or new.path != old.path):
        host.remove_file(old.path)
    host.must("depmod", release)


def _field(host: Host, path: str, field: str) -> str:
    done = host.run("modinfo", "-F", field, path)
    if done.rc != 0:
        raise HostError(f"{path} is no kernel module: {done.err.strip()}.", "Name the .ko file that the build made.")
    return done.out.strip()
