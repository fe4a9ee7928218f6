# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts as the releases of Red Hat install them: BLS entries, and grubby for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import CMDLINE, DEFAULT, ENTRIES, GRUBENV, Grubby
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.real_grubby import REAL, RealGrubby

ID = "3a0ee9c1d52f4f0b8d1e8f3f7a2b4c5d"
LVM = "crashkernel=auto resume=/dev/mapper/rhel-swap rd.lvm.lv=rhel/root rd.lvm.lv=rhel/swap rhgb quiet"
NINE = "crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M resume=/dev/mapper/rl-swap rd.lvm.lv=rl/root rd.lvm.lv=rl/swap"
ENTRY = """\
title {name} ({version})
version {version}
linux /vmlinuz-{version}
initrd /initramfs-{version}.img $tuned_initrd
options {options}
grub_users $grub_users
grub_arg --unrestricted
grub_class {klass}
"""
# What each release has: its kernels, the options of their entries, and the other places.
RELEASES: dict[str, dict[str, Any]] = {
    "RHEL 8": {
        "kernels": ("4.18.0-553.el8_10.x86_64", "4.18.0-477.10.1.el8_8.x86_64"),
        "options": "$kernelopts $tuned_params",
        "kernelopts": f"root=/dev/mapper/rhel-root ro {LVM} ",
        "default": LVM,
    },
    "RHEL 9.2": {
        "kernels": ("5.14.0-284.30.1.el9_2.x86_64", "5.14.0-284.11.1.el9_2.x86_64"),
        "options": f"root=/dev/mapper/rl-root ro {NINE} $tuned_params",
        "cmdline": f"root=/dev/mapper/rl-root ro {NINE}",
        "default": NINE,
    },
    "RHEL 9.4": {
        "kernels": ("5.14.0-427.13.1.el9_4.x86_64",),
        "options": f"root=/dev/mapper/rl-root ro {NINE}",
        "cmdline": f"root=/dev/mapper/rl-root ro {NINE}",
        "default": NINE,
    },
    "RHEL 10": {
        "kernels": ("6.12.0-55.9.1.el10_0.x86_64", "6.12.0-55.7.1.el10_0.x86_64"),
        "options": "root=UUID=5c3f0a52-6a1e-4b0c-9f43-0a7d9a3a3e0e ro console=tty0 console=ttyS0,115200n8 no_timer_check",
        "cmdline": "root=UUID=5c3f0a52-6a1e-4b0c-9f43-0a7d9a3a3e0e ro console=tty0 console=ttyS0,115200n8 no_timer_check",
        "default": "console=tty0 console=ttyS0,115200n8 no_timer_check",
        "misses": (DEFAULT,),
    },
    "Fedora": {
        "kernels": ("6.14.0-63.fc42.x86_64",),
        "options": "root=UUID=9b1c8f9e-2f0f-4d4e-8f64-3f5c2b1d7a10 ro rootflags=subvol=root rhgb quiet",
        "cmdline": "root=UUID=9b1c8f9e-2f0f-4d4e-8f64-3f5c2b1d7a10 ro rootflags=subvol=root rhgb quiet",
        "default": "rootflags=subvol=root rhgb quiet",
    },
}


def install(host: FakeHost, release: str) -> Grubby:
    """Make a host one of a release, and return its grubby: a real one where tests/tools/grubby names it."""
    made = RELEASES[release]
    host.tree.remove("/etc/debian_version")
    host.tree.write("/usr/sbin/grubby", "")
    for version in made["kernels"]:
        text = ENTRY.format(name=release, version=version, options=made["options"], klass="kernel")
        host.tree.write(f"{ENTRIES}/{ID}-{version}.conf", text)
    env = f"saved_entry={ID}\n" + (f"kernelopts={made['kernelopts']}\n" if "kernelopts" in made else "")
    host.tree.write(GRUBENV, f"# GRUB Environment Block\n{env}".ljust(1024, "#"))
    host.tree.mkdir("/etc/kernel")
    if "cmdline" in made:
        host.tree.write(CMDLINE, f"{made['cmdline']}\n")
    text = f'GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX="{made["default"]}"\nGRUB_ENABLE_BLSCFG=true\n'
    host.tree.write(DEFAULT, text)
    fake = Grubby(host.tree, knows_cmdline="cmdline" in made, misses=made.get("misses", ()))
    program = RealGrubby(host.tree, Path(REAL), host.tree.path("/opt")) if REAL else fake
    host.programs["grubby"] = program
    host.programs["grub2-editenv"] = program.editenv
    return program
