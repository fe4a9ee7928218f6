# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways to boot that are known, and in which boot parameters cannot be set: each is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import rpm_ostree, systemd_boot
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts

_OWN_TOOL = "Set the boot parameters with the host's own tool and reboot; the other modules do not need kernel_args."
_ON_THE_HOST = "Run the task on the host that runs the container."


@dataclass(frozen=True)
class Refusal:
    """How such a host is recognised, and the error for it."""

    detect: Callable[[Host], bool]
    error: Callable[[], HostError]


def unsupported(reason: str, remedy: str = _OWN_TOOL) -> HostError:
    """Return the error for a host whose boot parameters have to be set in another way."""
    return HostError(f"{reason}, which kernel_args does not support. Nothing was changed.", remedy)


def _file(path: str, reason: str, remedy: str = _OWN_TOOL) -> Refusal:
    """Return the refusal of a host that has a file."""
    return Refusal(lambda host: host.exists(path), lambda: unsupported(reason, remedy))


def _boot_unmounted(host: Host) -> bool:
    """Whether /etc/fstab has a file system for /boot that is not in /proc/self/mountinfo."""
    lines = [line.split() for line in (host.read("/etc/fstab") or "").splitlines() if not line.lstrip().startswith("#")]
    own = any(len(words) > 3 and words[1].rstrip("/") == "/boot" and "noauto" not in words[3] for words in lines)
    points = [mount.point for mount in mounts.scan(host)]
    return own and bool(points) and "/boot" not in points


CONTAINERS = tuple(
    _file(path, f"This is a container ({path} exists)", _ON_THE_HOST)
    for path in ("/run/.containerenv", "/.dockerenv", "/run/systemd/container")
)
IMAGES = (
    _file(
        rpm_ostree.MARK,
        f"This host boots an image of bootc ({rpm_ostree.MARK} exists, and no rpm-ostree)",
        "Put the boot parameters into /usr/lib/bootc/kargs.d of the image, and update the host to it.",
    ),
    _file(
        systemd_boot.STUB_INFO,
        f"This host boots a unified kernel image ({systemd_boot.STUB_INFO} exists), which holds its boot parameters signed",
        "Build the image with the boot parameters, or use an addon of systemd-stub.",
    ),
    _file("/etc/zipl.conf", "This host boots by zipl (/etc/zipl.conf exists)"),
    _file(
        "/usr/bin/sdbootutil",
        "This host boots by entries that sdbootutil keeps (/usr/bin/sdbootutil exists)",
        "Write the boot parameters into /etc/kernel/cmdline, and run 'sdbootutil update-all-entries'.",
    ),
)
# A menu that is generated below a /boot that is not mounted is one that nothing reads.
UNMOUNTED = Refusal(
    _boot_unmounted,
    lambda: HostError(
        "/etc/fstab has a file system for /boot, and it is not mounted. Nothing was changed.",
        "Run 'mount /boot', and run this again.",
    ),
)
BOARDS = tuple(
    _file(path, f"This host boots by {name} ({path} exists)")
    for path, name in (
        ("/boot/extlinux/extlinux.conf", "extlinux"),
        ("/extlinux/extlinux.conf", "extlinux"),
        ("/boot/firmware/cmdline.txt", "the firmware of a Raspberry Pi"),
        ("/boot/boot.scr", "a script of U-Boot"),
    )
)
