# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The initramfs: a module that is in it gets its parameters from the copy of modprobe.d in there."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module import canonical
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.module_file import SUFFIXES
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step


@dataclass(frozen=True)
class _Tool:
    """How one program lists and rebuilds the image of a kernel."""

    listing: tuple[str, ...]
    rebuilding: tuple[str, ...]


def _images(release: str) -> tuple[str, ...]:
    """Name the image of a kernel as Debian, Red Hat and SUSE do."""
    return f"/boot/initrd.img-{release}", f"/boot/initramfs-{release}.img", f"/boot/initrd-{release}"


def _tool(host: Host) -> _Tool | None:
    release = host.release()
    image = next((each for each in _images(release) if host.exists(each)), None)
    if image is None:
        return None
    if host.exists("/usr/bin/lsinitramfs"):
        return _Tool(("lsinitramfs", image), ("update-initramfs", "-u", "-k", release))
    return _Tool(("lsinitrd", image), ("dracut", "--force", image, release))


def rebuilding(host: Host, name: str) -> tuple[str, ...] | None:
    """Return the command that renews the initramfs where that holds a module; None where it does not."""
    tool = _tool(host)
    if tool is None:
        return None
    done = host.run(*tool.listing)
    if done.rc != 0:
        raise HostError(
            f"'{' '.join(tool.listing)}' ended with {done.rc}: {(done.err or done.out).strip()[-500:]}",
            f"Mend {tool.listing[-1]}; whether {name} is in it decides when its parameters are read.",
        )
    return tool.rebuilding if _lists(done.out, name) else None


def rebuild_step(command: tuple[str, ...], name: str) -> Step:
    """Return the step that renews the initramfs; undone, it is renewed once more, with the files as they were."""

    def do(host: Host) -> None:
        host.must(*command)

    return Step(f"Rebuilt the initramfs, which holds {name}", do, do)


def _lists(listing: str, name: str) -> bool:
    files = (line.rsplit("/", 1)[-1].strip() for line in listing.splitlines())
    return any(canonical(each) in {f"{name}{suffix}" for suffix in SUFFIXES} for each in files)
