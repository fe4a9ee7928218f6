# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import grub2, have, plan, stack, systemd_boot
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
    host.tree.write_bytes(systemd_boot.LOADER_INFO, b"\6\0\0\0" + "systemd-boot 257.13\0".encode("utf-16-le"))
    assert stack.detect(host).NAME == "systemd_boot"
    host.tree.write_bytes(systemd_boot.LOADER_INFO, b"\6\0\0\0" + "GRUB 2.12\0".encode("utf-16-le"))
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
        ("/run/ostree-booted", "This host boots an image of bootc", "/usr/lib/bootc/kargs.d"),
        (systemd_boot.STUB_INFO, "This host boots a unified kernel image", "Build the image"),
        ("/etc/zipl.conf", "This host boots by zipl", "Set the boot parameters with the host's own tool"),
        ("/usr/bin/sdbootutil", "This host boots by entries that sdbootutil keeps", "sdbootutil update-all-entries"),
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
