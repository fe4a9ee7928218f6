# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which boot stack a host has, in the order in which one hides another's files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import (
    debian_grub,
    grub2,
    grubby,
    rpm_ostree,
    systemd_boot,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want, Written
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import mounts

CONTAINERS = ("/run/.containerenv", "/.dockerenv", "/run/systemd/container")
_OWN_TOOL = "Set the boot parameters with the host's own tool and reboot; the other modules do not need kernel_args."


@dataclass(frozen=True)
class Boot:
    """How a host boots: what is configured and where, and ``write``, which turns a wish into steps."""

    name: str
    configured: Any
    write: Callable[[Want], Written]


def read(host: Host) -> Boot:
    """Find the boot stack and read what it has configured; raise HostError where it is none that is known."""
    name = detect(host)
    if name == rpm_ostree.NAME:
        return _boot(name, rpm_ostree.read(host), rpm_ostree.write)
    if name == systemd_boot.NAME:
        return _boot(name, systemd_boot.read(host), systemd_boot.write)
    if name == grubby.NAME:
        return _boot(name, grubby.read(host), grubby.write)
    if name == debian_grub.NAME:
        return _boot(name, debian_grub.read(host), debian_grub.write)
    return _boot(name, grub2.read(host), grub2.write)


def detect(host: Host) -> str:
    """Return the stack's name; raise HostError where boot parameters cannot be set on this host."""
    _refuse_container(host)
    if host.exists(rpm_ostree.MARK):
        if host.exists(rpm_ostree.PROGRAM):
            return rpm_ostree.NAME
        raise _unsupported(
            f"This host boots an image of bootc ({rpm_ostree.MARK} exists, and no rpm-ostree)",
            "Put the boot parameters into /usr/lib/bootc/kargs.d of the image, and update the host to it.",
        )
    _refuse_images(host)
    _refuse_unmounted(host)
    found: dict[str, Callable[[Host], bool]] = {
        systemd_boot.NAME: systemd_boot.booted,
        grubby.NAME: grubby.found,
        debian_grub.NAME: debian_grub.found,
        grub2.NAME: grub2.found,
    }
    for name, is_found in found.items():
        if is_found(host):
            return name
    if systemd_boot.found(host):
        return systemd_boot.NAME
    _refuse_boards(host)
    raise _unsupported(
        "This host shows no boot stack that is known here (looked for /run/ostree-booted, grubby with "
        f"{grubby.ENTRIES}, {debian_grub.MAIN} with /boot/grub/grub.cfg or /boot/grub2/grub.cfg, and entries of systemd-boot; "
        "Debian's needs /etc/debian_version too)"
    )


def _boot(name: str, configured: Any, write: Callable[[Any, Want], Written]) -> Boot:
    def guarded(want: Want) -> Written:
        if want.trial and name != debian_grub.NAME:
            raise HostError(
                f"A trial boot is offered for Debian's GRUB alone, and this host boots by {name}. Nothing was changed.",
                "Leave trial out, and keep the host's console at hand.",
            )
        return write(configured, want)

    return Boot(name, configured, partial(guarded))


def _refuse_container(host: Host) -> None:
    for path in CONTAINERS:
        if host.exists(path):
            raise _unsupported(
                f"This is a container ({path} exists)", "Run the task on the host that runs the container."
            )


def _refuse_images(host: Host) -> None:
    if host.exists(systemd_boot.STUB_INFO):
        raise _unsupported(
            f"This host boots a unified kernel image ({systemd_boot.STUB_INFO} exists), which holds its boot parameters signed",
            "Build the image with the boot parameters, or use an addon of systemd-stub.",
        )
    if host.exists("/etc/zipl.conf"):
        raise _unsupported("This host boots by zipl (/etc/zipl.conf exists)")
    if host.exists("/usr/bin/sdbootutil"):
        raise _unsupported(
            "This host boots by entries that sdbootutil keeps (/usr/bin/sdbootutil exists)",
            "Write the boot parameters into /etc/kernel/cmdline, and run 'sdbootutil update-all-entries'.",
        )


def _refuse_unmounted(host: Host) -> None:
    """A menu that is generated below a /boot that is not mounted is one that nothing reads."""
    lines = [line.split() for line in (host.read("/etc/fstab") or "").splitlines() if not line.lstrip().startswith("#")]
    own = any(len(words) > 3 and words[1].rstrip("/") == "/boot" and "noauto" not in words[3] for words in lines)
    points = [mount.point for mount in mounts.scan(host)]
    if own and points and "/boot" not in points:
        raise HostError(
            "/etc/fstab has a file system for /boot, and it is not mounted. Nothing was changed.",
            "Run 'mount /boot', and run this again.",
        )


def _refuse_boards(host: Host) -> None:
    boards = {
        "/boot/extlinux/extlinux.conf": "extlinux",
        "/extlinux/extlinux.conf": "extlinux",
        "/boot/firmware/cmdline.txt": "the firmware of a Raspberry Pi",
        "/boot/boot.scr": "a script of U-Boot",
    }
    for path, name in boards.items():
        if host.exists(path):
            raise _unsupported(f"This host boots by {name} ({path} exists)")


def _unsupported(reason: str, remedy: str = _OWN_TOOL) -> HostError:
    return HostError(f"{reason}, which kernel_args does not support. Nothing was changed.", remedy)
