# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways to boot that are known, and in which boot parameters cannot be set: each is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import (
    entries,
    loader,
    signs,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, mounts

_OWN_TOOL = "Set the boot parameters with the host's own tool and reboot; the other modules do not need kernel_args."
_ON_THE_HOST = "Run the task on the host that runs the container."
_IN_THE_IMAGE = "Put the boot parameters into /usr/lib/bootc/kargs.d of the image, and update the host to it."
BOOTC = "/usr/bin/bootc"
PROXMOX = "/etc/kernel/proxmox-boot-uuids"
# Where the packages and installers of these loaders put their configuration, below any place of an EFI system partition.
_LIMINE = ("limine.conf", "limine.cfg", "limine/limine.conf", "EFI/limine/limine.conf", "EFI/BOOT/limine.conf")
_REFIND = ("refind_linux.conf", "EFI/refind/refind.conf", "EFI/BOOT/refind.conf")


@dataclass(frozen=True)
class Refusal:
    """How such a host is recognised, and the error for it."""

    detect: Callable[[Host], bool]
    error: Callable[[Host], HostError]


def unsupported(reason: str, *remedy: str) -> HostError:
    """Return the error for a host whose boot parameters have to be set in another way."""
    return HostError(f"{reason}, which kernel_args does not support. Nothing was changed.", *(remedy or (_OWN_TOOL,)))


def _file(path: str, reason: str, *remedy: str) -> Refusal:
    """Return the refusal of a host that has a file."""
    return Refusal(lambda host: host.exists(path), lambda host: unsupported(reason, *remedy))


def _boot_unmounted(host: Host) -> bool:
    """Whether /etc/fstab has a file system for /boot that is not in /proc/self/mountinfo."""
    lines = [line.split() for line in (host.read("/etc/fstab") or "").splitlines() if not line.lstrip().startswith("#")]
    own = any(len(words) > 3 and words[1].rstrip("/") == "/boot" and "noauto" not in words[3] for words in lines)
    points = [mount.point for mount in mounts.scan(host)]
    return own and bool(points) and "/boot" not in points


def _ostree(host: Host) -> HostError:
    """Return the error for a deployment of ostree that no rpm-ostree changes."""
    if not host.exists(BOOTC):
        return unsupported(
            f"This host boots a deployment of ostree ({signs.OSTREE} exists, and neither rpm-ostree nor bootc)",
            "Run 'ostree admin kargs edit-in-place --append-if-missing=PARAMETER' for each parameter, and reboot.",
        )
    reason = f"This host boots an image of bootc ({signs.OSTREE} exists, and no rpm-ostree)"
    if host.run("bootc", "loader-entries", "set-options-for-source", "--help").rc != 0:
        return unsupported(reason, _IN_THE_IMAGE)
    return unsupported(
        reason,
        "Run 'bootc loader-entries set-options-for-source --source dpdk --options \"PARAMETERS\"', and reboot.",
        f"Or build the image with them: {_IN_THE_IMAGE[0].lower()}{_IN_THE_IMAGE[1:]}",
    )


def _composefs(host: Host) -> bool:
    """Whether bootc's composefs backend started this host: no ostree, and the image's digest on the command line."""
    keys = {cmdline.key(token) for token in cmdline.parse(host.attr("/proc/cmdline") or "")}
    return "composefs" in keys and "ostree" not in keys


def _unified(host: Host) -> HostError:
    """Return the error for a unified kernel image, with the addons that systemd-stub reads beside it."""
    folders = [f"{place}/loader/addons" for place in signs.PLACES]
    for place in signs.PLACES:
        images = host.names(f"{place}/EFI/Linux")
        folders += [f"{place}/EFI/Linux/{name}" for name in images if name.endswith(".efi.extra.d")]
    addons = [f"{folder}/{name}" for folder in folders for name in host.names(folder) if name.endswith(".addon.efi")]
    seen = f" (there are {', '.join(addons)})" if addons else ""
    return unsupported(
        f"This host boots a unified kernel image ({signs.STUB_INFO} exists), which holds its boot parameters signed",
        f"Build the image with the boot parameters, or put an addon of systemd-stub into loader/addons{seen}: "
        "'ukify build --cmdline=\"PARAMETERS\" --output=dpdk.addon.efi', signed as the image is.",
    )


CONTAINERS = tuple(
    _file(path, f"This is a container ({path} exists)", _ON_THE_HOST)
    for path in ("/run/.containerenv", "/.dockerenv", "/run/systemd/container")
)
IMAGES = (
    Refusal(lambda host: host.exists(signs.OSTREE), _ostree),
    Refusal(
        _composefs,
        lambda host: unsupported(
            "This host boots an image of bootc with composefs (composefs= in /proc/cmdline)",
            _IN_THE_IMAGE,
            "Where this version of bootc offers it for composefs, 'bootc loader-entries set-options-for-source' does without.",
        ),
    ),
    Refusal(lambda host: host.exists(signs.STUB_INFO), _unified),
    _file("/etc/zipl.conf", "This host boots by zipl (/etc/zipl.conf exists)"),
    _file(
        "/usr/bin/sdbootutil",
        "This host boots by entries that sdbootutil keeps (/usr/bin/sdbootutil exists)",
        "Write the boot parameters into /etc/kernel/cmdline.d/dpdk.conf, and run 'sdbootutil update-all-entries'.",
    ),
    _file(
        "/etc/NIXOS",
        "This host boots entries that NixOS generates (/etc/NIXOS exists)",
        "Write the boot parameters into boot.kernelParams of the configuration, and run 'nixos-rebuild boot'.",
    ),
    Refusal(
        lambda host: bool((host.read(PROXMOX) or "").strip()),
        lambda host: unsupported(
            f"This host boots kernels that proxmox-boot-tool keeps on EFI system partitions ({PROXMOX} names them)",
            "Write the boot parameters into /etc/kernel/cmdline, or into /etc/default/grub where 'proxmox-boot-tool status' "
            "says grub, and run 'proxmox-boot-tool refresh'.",
        ),
    ),
)
# A menu that is generated below a /boot that is not mounted is one that nothing reads.
UNMOUNTED = Refusal(
    _boot_unmounted,
    lambda host: HostError(
        "/etc/fstab has a file system for /boot, and it is not mounted. Nothing was changed.",
        "Run 'mount /boot', and run this again.",
    ),
)


def _loader(name: str, files: tuple[str, ...], remedy: str) -> Refusal:
    """Return the refusal of a boot loader whose files may lie beside those of another one; the firmware says which counts."""
    paths = [f"{place}/{file}" for place in signs.PLACES for file in files]

    def found(host: Host) -> list[str]:
        return [path for path in paths if host.exists(path)]

    def detect(host: Host) -> bool:
        started = loader.started(host)
        return started == name or (not started and bool(found(host)))

    def error(host: Host) -> HostError:
        there = found(host)
        others = [menu for menu in signs.MENUS if host.exists(menu)]
        if others and not loader.started(host):
            return HostError(
                f"{name} ({', '.join(there)}) and GRUB ({', '.join(others)}) could both boot this host, and the firmware does "
                "not say which one does. Nothing was changed.",
                "Remove the files of the boot loader that does not boot this host.",
            )
        seen = f"{there[0]} exists" if there else "the firmware says so"
        return unsupported(f"This host boots by {name} ({seen})", remedy)

    return Refusal(detect, error)


LOADERS = (
    _loader(
        loader.LIMINE,
        _LIMINE,
        "Write the boot parameters into KERNEL_CMDLINE of /etc/default/limine and run 'limine-update'; without "
        "limine-entry-tool write them into cmdline of the entries in limine.conf.",
    ),
    _loader(
        loader.REFIND,
        _REFIND,
        "Write the boot parameters into the lines of /boot/refind_linux.conf; where rEFInd only starts another boot loader, "
        "have the firmware start that one.",
    ),
)


def _blscfg(host: Host) -> bool:
    """Whether GRUB boots entries in files that are not made from /etc/default/grub, and no grubby changes them."""
    menus = [host.read(menu) or "" for menu in signs.MENUS]
    read = any(re.search(r"^\s*blscfg\b", menu, re.MULTILINE) for menu in menus)
    return read and bool(entries.read(host, signs.ENTRIES))


BLSCFG = Refusal(
    _blscfg,
    lambda host: unsupported(
        f"This host boots the entries in {signs.ENTRIES} by GRUB's blscfg, and has no grubby",
        f"Install grubby, or write the boot parameters into the options lines in {signs.ENTRIES} and into /etc/kernel/cmdline.",
    ),
)
_PI = "Write the boot parameters into the one line of {}, and reboot."
_BOARDS: tuple[tuple[str, ...], ...] = (
    ("/boot/extlinux/extlinux.conf", "extlinux"),
    ("/extlinux/extlinux.conf", "extlinux"),
    ("/boot/extlinux.conf", "extlinux"),
    ("/boot/syslinux/syslinux.cfg", "syslinux"),
    ("/boot/firmware/cmdline.txt", "the firmware of a Raspberry Pi", _PI.format("/boot/firmware/cmdline.txt")),
    ("/boot/cmdline.txt", "the firmware of a Raspberry Pi", _PI.format("/boot/cmdline.txt")),
    ("/boot/boot.scr", "a script of U-Boot"),
    ("/etc/lilo.conf", "LILO"),
    (
        "/etc/zfsbootmenu/config.yaml",
        "ZFSBootMenu",
        "Set the property org.zfsbootmenu:commandline of the boot environment, and reboot.",
    ),
)
BOARDS = tuple(_file(path, f"This host boots by {name} ({path} exists)", *remedy) for path, name, *remedy in _BOARDS)


def _grub_started(host: Host) -> bool:
    """Whether GRUB can have started the kernel: it names the image on the command line, which no board's firmware does."""
    keys = [cmdline.key(token) for token in cmdline.parse(host.attr("/proc/cmdline") or "")]
    return not keys or "BOOT_IMAGE" in keys or host.exists("/sys/firmware/efi")


def _beside_grub(board: Refusal) -> Refusal:
    return Refusal(lambda host: board.detect(host) and not _grub_started(host), board.error)


# The same beside files of a GRUB that did not start this host.
BESIDE = tuple(map(_beside_grub, BOARDS))
