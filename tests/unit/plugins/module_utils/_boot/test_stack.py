# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import grub2, have, loader, plan, signs, stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.resolve import resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import write_step
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def test_debian_with_grub(host: FakeHost) -> None:
    assert stack.detect(host).NAME == "debian_grub"


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (["/run/ostree-booted", "/usr/bin/rpm-ostree"], "rpm_ostree"),
        (["/usr/sbin/grubby", "/boot/loader/entries/x.conf"], "grubby"),
        (["/usr/bin/grubby", "/boot/loader/entries/x.conf"], "grubby"),
        (["/usr/sbin/grubby"], "debian_grub"),
        (["/boot/efi/loader/entries/x.conf"], "debian_grub"),
    ],
)
def test_one_stack_hides_the_files_of_another(host: FakeHost, files: list[str], name: str) -> None:
    for path in files:
        host.tree.write(path, "linux /vmlinuz\noptions quiet\n")
    assert name == stack.detect(host).NAME


def test_the_firmware_knows_that_systemd_boot_was_started(host: FakeHost) -> None:
    host.tree.write_bytes(signs.LOADER_INFO, b"\6\0\0\0" + "systemd-boot 257.13\0".encode("utf-16-le"))
    assert stack.detect(host).NAME == "systemd_boot"
    host.tree.write_bytes(signs.LOADER_INFO, b"\6\0\0\0" + "GRUB 2.12\0".encode("utf-16-le"))
    assert stack.detect(host).NAME == "debian_grub"


@pytest.mark.parametrize(
    ("menu", "name"),
    [("/boot/grub2/grub.cfg", "grub2"), ("/boot/grub/grub.cfg", "grub2")],
)
def test_grub_without_debian(host: FakeHost, menu: str, name: str) -> None:
    host.tree.remove("/etc/debian_version")
    host.tree.remove("/boot/grub/grub.cfg")
    host.tree.write(menu, "menuentry 'x' {\n linux /vmlinuz ro\n}\n")
    assert name == stack.detect(host).NAME


def test_entries_are_the_last_thing_looked_for(host: FakeHost) -> None:
    host.tree.remove("/etc/default/grub")
    host.tree.write("/efi/loader/entries/x.conf", "linux /vmlinuz\n")
    assert stack.detect(host).NAME == "systemd_boot"


@pytest.mark.parametrize(
    ("path", "reason", "remedy"),
    [
        ("/run/.containerenv", "This is a container", "Run the task on the host"),
        ("/.dockerenv", "This is a container", "Run the task on the host"),
        ("/run/systemd/container", "This is a container", "Run the task on the host"),
        ("/run/ostree-booted", "This host boots a deployment of ostree", "ostree admin kargs edit-in-place"),
        (signs.STUB_INFO, "This host boots a unified kernel image", "Build the image"),
        ("/etc/zipl.conf", "This host boots by zipl", "Set the boot parameters with the host's own tool"),
        ("/usr/bin/sdbootutil", "This host boots by entries that sdbootutil keeps", "sdbootutil update-all-entries"),
        ("/usr/bin/sdbootutil", "This host boots by entries that sdbootutil keeps", "/etc/kernel/cmdline.d/dpdk.conf"),
        ("/etc/NIXOS", "This host boots entries that NixOS generates", "boot.kernelParams"),
    ],
)
def test_other_stacks_are_refused_by_name(host: FakeHost, path: str, reason: str, remedy: str) -> None:
    host.tree.write(path, "")
    with pytest.raises(HostError) as caught:
        stack.detect(host)
    assert f"{reason} ({path} exists" in caught.value.message
    assert "which kernel_args does not support. Nothing was changed." in caught.value.message
    assert remedy in caught.value.remedy[0]


@pytest.mark.parametrize(
    ("path", "name"),
    [("/boot/extlinux/extlinux.conf", "extlinux"), ("/boot/firmware/cmdline.txt", "the firmware of a Raspberry Pi")],
)
def test_boards_are_named_where_nothing_else_is_found(host: FakeHost, path: str, name: str) -> None:
    host.tree.write(path, "")
    assert stack.detect(host).NAME == "debian_grub"
    host.tree.remove("/etc/default/grub")
    with pytest.raises(HostError) as caught:
        stack.detect(host)
    assert f"This host boots by {name} ({path} exists)" in told(caught.value)


def refused(host: FakeHost) -> HostError:
    with pytest.raises(HostError) as caught:
        stack.detect(host)
    assert "Nothing was changed." in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("offered", "remedy"), [(0, "bootc loader-entries set-options-for-source --source"), (2, "kargs.d")]
)
def test_bootc_is_asked_what_it_offers(host: FakeHost, offered: int, remedy: str) -> None:
    host.tree.write("/run/ostree-booted", "")
    host.tree.write("/usr/bin/bootc", "")
    host.answers["bootc"] = (offered, "", "")
    error = refused(host)
    assert "This host boots an image of bootc (/run/ostree-booted exists, and no rpm-ostree)" in error.message
    assert remedy in error.remedy[0]
    assert "/usr/lib/bootc/kargs.d of the image" in error.remedy[-1]
    assert host.commands == [("bootc", "loader-entries", "set-options-for-source", "--help")]


@pytest.mark.parametrize("more", [{}, {"/usr/sbin/grubby": ""}, {signs.STUB_INFO: ""}])
def test_an_image_of_bootc_with_composefs(host: FakeHost, more: dict[str, str]) -> None:
    """Fedora 44 and later: no mark of ostree, and entries that look like those of systemd-boot."""
    entry = "linux /EFI/Linux/bootc_composefs-4f/vmlinuz\noptions root=UUID=5e rw composefs=4f\n"
    for path, text in {"/boot/loader/entries/bootc_fedora-44-1.conf": entry, **more}.items():
        host.tree.write(path, text)
    host.tree.write_bytes(signs.LOADER_INFO, b"\6\0\0\0" + "systemd-boot 259\0".encode("utf-16-le"))
    host.tree.write("/proc/cmdline", "initrd=\\EFI\\Linux\\x root=UUID=5e rw composefs=4f\n")
    error = refused(host)
    assert "This host boots an image of bootc with composefs (composefs= in /proc/cmdline)" in error.message
    assert "/usr/lib/bootc/kargs.d of the image" in error.remedy[0]
    assert "set-options-for-source" in error.remedy[1]


def test_addons_of_a_unified_image_are_named(host: FakeHost) -> None:
    host.tree.write(signs.STUB_INFO, "")
    assert "(there are" not in refused(host).remedy[0]
    places = ("/boot/efi/loader/addons/site.addon.efi", "/efi/EFI/Linux/debian.efi.extra.d/rd.addon.efi")
    for path in (*places, "/efi/EFI/Linux/debian.efi"):
        host.tree.write(path, "")
    error = refused(host)
    assert (
        f"put an addon of systemd-stub into loader/addons (there are {', '.join(places)}): 'ukify build"
        in error.remedy[0]
    )


@pytest.mark.parametrize("stack_of", ["/boot/grub/grub.cfg", "/boot/efi/loader/entries/x.conf"])
def test_kernels_that_proxmox_keeps(host: FakeHost, stack_of: str) -> None:
    host.tree.write(stack_of, "linux /vmlinuz\n")
    host.tree.write("/etc/kernel/proxmox-boot-uuids", "\n")
    assert stack.detect(host).NAME == "debian_grub"
    host.tree.write("/etc/kernel/proxmox-boot-uuids", "AB12-CD34\nAB12-CD35\n")
    error = refused(host)
    assert (
        "proxmox-boot-tool keeps on EFI system partitions (/etc/kernel/proxmox-boot-uuids names them)" in error.message
    )
    assert "proxmox-boot-tool refresh" in error.remedy[0]


@pytest.mark.parametrize("menu", ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"])
@pytest.mark.parametrize("debian", [True, False])
def test_entries_that_grub_reads_and_no_grubby_changes(host: FakeHost, menu: str, debian: bool) -> None:
    if not debian:
        host.tree.remove("/etc/debian_version")
    host.tree.write(menu, (host.read(menu) or "") + "insmod blsuki\nblscfg\n")
    assert ("debian_grub" if debian else "grub2") == stack.detect(host).NAME
    host.tree.write("/boot/loader/entries/x.conf", "linux /vmlinuz\noptions quiet\n")
    error = refused(host)
    assert "boots the entries in /boot/loader/entries by GRUB's blscfg, and has no grubby" in error.message
    assert "Install grubby, or write the boot parameters into the options lines" in error.remedy[0]


def firmware(host: FakeHost, number: int, text: str) -> None:
    """The boot entry that the firmware used, as it stands in its variables."""
    entry = b"\7\0\0\0" + b"\1\0\0\0" + b"\x74\0" + f"{text}\0".encode("utf-16-le")
    host.tree.write_bytes(loader.CURRENT, b"\6\0\0\0" + number.to_bytes(2, "little"))
    host.tree.write_bytes(loader.CURRENT.replace("BootCurrent", f"Boot{number:04X}"), entry)


LOADERS = {
    "limine": ("/boot/limine.conf", "limine-update"),
    "rEFInd": ("/boot/efi/EFI/refind/refind.conf", "/boot/refind_linux.conf"),
}


@pytest.mark.parametrize("name", LOADERS)
def test_a_loader_whose_files_are_the_only_ones(host: FakeHost, name: str) -> None:
    path, remedy = LOADERS[name]
    host.tree.remove("/boot/grub/grub.cfg")
    host.tree.write(path, "")
    error = refused(host)
    assert f"This host boots by {name} ({path} exists), which kernel_args does not support" in error.message
    assert remedy in error.remedy[0]


@pytest.mark.parametrize("name", LOADERS)
def test_two_loaders_of_which_nothing_says_which_one_boots(host: FakeHost, name: str) -> None:
    path = LOADERS[name][0]
    host.tree.write(path, "")
    error = refused(host)
    assert f"{name} ({path}) and GRUB (/boot/grub/grub.cfg) could both boot this host" in error.message
    assert "Remove the files of the boot loader that does not boot this host." in error.remedy
    firmware(host, 0x1A, "UEFI OS\0\\EFI\\BOOT\\BOOTX64.EFI")
    assert "could both boot this host" in refused(host).message, "a file of this name may be any loader"


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("left_over", [True, False])
def test_the_firmware_says_which_one_boots(host: FakeHost, name: str, left_over: bool) -> None:
    if left_over:
        host.tree.write(LOADERS[name][0], "")
    firmware(host, 0x1A, "debian\0\\EFI\\debian\\shimx64.efi")
    assert stack.detect(host).NAME == "debian_grub"
    firmware(host, 0x80, f"{name}\0\\EFI\\{name}\\{name.lower()}_x64.efi")
    assert f"This host boots by {name} (" in refused(host).message
    host.tree.write_bytes(signs.LOADER_INFO, b"\6\0\0\0" + "GRUB 2.14\0".encode("utf-16-le"))
    assert stack.detect(host).NAME == "debian_grub", "the one that was started last knows best"
    host.tree.write_bytes(signs.LOADER_INFO, b"\6\0\0\0" + f"{name} 9.3\0".encode("utf-16-le"))
    assert f"This host boots by {name} (" in refused(host).message


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/boot/extlinux/extlinux.conf", "extlinux"),
        ("/boot/extlinux.conf", "extlinux"),
        ("/boot/syslinux/syslinux.cfg", "syslinux"),
        ("/boot/cmdline.txt", "the firmware of a Raspberry Pi"),
        ("/boot/firmware/cmdline.txt", "the firmware of a Raspberry Pi"),
        ("/etc/lilo.conf", "LILO"),
        ("/etc/zfsbootmenu/config.yaml", "ZFSBootMenu"),
    ],
)
def test_a_board_with_files_of_a_grub_that_did_not_start_it(host: FakeHost, path: str, name: str) -> None:
    host.tree.write(path, "")
    assert stack.detect(host).NAME == "debian_grub", "GRUB names the image on the command line"
    host.tree.write("/proc/cmdline", "root=/dev/mmcblk0p2 rw\n")
    assert f"This host boots by {name} ({path} exists)" in refused(host).message
    host.tree.mkdir("/sys/firmware/efi")
    assert stack.detect(host).NAME == "debian_grub", "UEFI starts none of these"


@pytest.mark.parametrize("path", ["/etc/default/grub", "/boot/grub/grub.cfg"])
def test_a_host_without_a_stack_that_is_known(host: FakeHost, path: str) -> None:
    host.tree.remove(path)
    with pytest.raises(HostError) as caught:
        stack.detect(host)
    assert "shows no boot stack that is known here" in told(caught.value)
    assert path in caught.value.message
    assert caught.value.remedy


def test_the_error_says_what_was_looked_for(host: FakeHost) -> None:
    host.tree.remove("/etc/default/grub")
    with pytest.raises(HostError) as caught:
        stack.detect(host)
    signs = [each.SIGN for each in stack.STACKS if not isinstance(each, Refusal)]
    assert f"(looked for {'; '.join(signs)})" in caught.value.message
    assert len(set(signs)) == len(signs)


class Other:
    """A boot stack whose file nothing else knows."""

    NAME, SIGN, TRIAL, HINT = "other", "/boot/other.conf", False, ""

    def detect(self, host: Host) -> bool:
        return host.exists(self.SIGN)

    def read(self, host: Host) -> grub2.Configured:
        return grub2.read(host)

    def preview(self, host: Host, have: grub2.Configured, want: Want) -> grub2.Configured:
        return have

    def write(self, have: grub2.Configured, want: Want) -> Written:
        return Written((write_step(self.SIGN, "", "iommu=pt\n"),), ("iommu=pt",))

    def original(self, have: grub2.Configured) -> Want:
        return Want(absent=("iommu",))


def test_a_line_is_all_that_another_stack_needs(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "STACKS", (Other(), *stack.STACKS))
    assert stack.detect(host).NAME == "debian_grub"
    host.tree.write(Other.SIGN, "")
    found = have.read(host, Want())
    assert [step.action for step in plan.plan(found, Want(("iommu=pt",))).steps] == [f"Changed {Other.SIGN}"]
    assert resolve(found, Want(restored=True)) == Want(absent=("iommu",))


@pytest.mark.parametrize(
    ("fstab", "mounted", "refused"),
    [
        ("UUID=1 /boot ext4 defaults 0 2", False, True),
        ("UUID=1 /boot/ ext4 defaults 0 2", False, True),
        ("UUID=1 /boot ext4 defaults 0 2", True, False),
        ("UUID=1 /boot ext4 noauto 0 2", False, False),
        ("# UUID=1 /boot ext4 defaults 0 2\nUUID=2 /boot/efi vfat umask=0077 0 1", False, False),
    ],
)
def test_a_boot_that_is_not_mounted_is_never_written_below(
    host: FakeHost, fstab: str, mounted: bool, refused: bool
) -> None:
    points = ["/", "/boot"] if mounted else ["/"]
    lines = [f"{number} 1 254:{number} / {point} rw - ext4 /dev/vda{number} rw" for number, point in enumerate(points)]
    host.tree.write("/proc/self/mountinfo", "\n".join(lines) + "\n")
    host.tree.write("/etc/fstab", fstab + "\n")
    if refused:
        with pytest.raises(HostError) as caught:
            stack.detect(host)
        assert "/etc/fstab has a file system for /boot, and it is not mounted." in caught.value.message
        assert "Run 'mount /boot'" in caught.value.remedy[0]
    else:
        assert stack.detect(host).NAME == "debian_grub"
