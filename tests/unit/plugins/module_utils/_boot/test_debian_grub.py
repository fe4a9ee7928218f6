# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import debian_grub, drop_in, grub_cfg
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.debian_grub import GRUB_CFG, MENU
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

OURS = 'dpdk_add() { GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT $1"; }\ndpdk_add iommu=pt\n'


def generate(host: FakeHost, present: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> None:
    debian_grub.apply(host, debian_grub.read(host).tokens, Want(present, absent))


def test_the_files_are_read_as_grub_reads_them(host: FakeHost) -> None:
    cloud = 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT console=ttyS0"\n'
    host.grub.install('"quiet splash"', '"a=1"', **{"50_cloudimg": cloud, "60_more": 'GRUB_CMDLINE_LINUX="a=2"\n'})
    host.write_file(drop_in.PATH, OURS)
    host.tree.write("/etc/default/grub.d/README", "no shell at all (")
    found = debian_grub.read(host)
    assert found.foreign == ("a=2", "quiet", "splash", "console=ttyS0")
    assert found.tokens == (*found.foreign, "iommu=pt")
    assert found.generated == ("root=UUID=0000-0001", "ro", *found.foreign)
    assert found.drop_in_text == OURS


def test_variables_of_the_process_do_not_count(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT", "file"):
        monkeypatch.setenv(name, "stray")
    host.tree.write(debian_grub.MAIN, "GRUB_TIMEOUT=5\n")
    assert debian_grub.read(host).tokens == ()


@pytest.mark.parametrize(
    "name",
    [".hidden.cfg", ".#50-x.cfg"],
)
def test_hidden_files_are_not_read(host: FakeHost, name: str) -> None:
    host.tree.mkdir("/etc/default/grub.d")
    host.tree.path(f"/etc/default/grub.d/{name}").symlink_to("user@host.4711")  # as an editor locks a file
    assert debian_grub.read(host).tokens == ("quiet",)


@pytest.mark.parametrize("text", ['X="', "no-such-command-at-all\n", "exit 3\n"])
def test_what_the_shell_cannot_read_is_named(host: FakeHost, text: str) -> None:
    host.tree.write("/etc/default/grub.d/50-x.cfg", text)
    with pytest.raises(HostError) as caught:
        debian_grub.read(host)
    assert "The shell cannot read /etc/default/grub, /etc/default/grub.d/50-x.cfg" in told(caught.value)
    assert "Correct the file that is named" in told(caught.value)


def test_a_file_with_the_line_ends_of_another_system_is_named(host: FakeHost) -> None:
    host.tree.write(debian_grub.MAIN, 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\r\n')
    with pytest.raises(HostError) as caught:
        debian_grub.read(host)
    assert "/etc/default/grub: the boot parameters hold a carriage return" in caught.value.message
    assert "Unix line ends" in caught.value.remedy[0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("\tlinux\t/boot/vmlinuz root=x ro quiet", ("root=x", "ro", "quiet")),
        ("  linux /vmlinuz", ()),
        ("  linuxefi /vmlinuz a", ("a",)),
        ("  linux16 /vmlinuz a\n  linux /other b", ("a",)),
        ("  initrd /initrd.img\n  echo linux x y", ()),
        ("", ()),
    ],
)
def test_the_first_entry(line: str, expected: tuple[str, ...]) -> None:
    assert grub_cfg.first_entry(f"menuentry 'x' {{\n{line}\n}}\n") == expected


def test_a_new_configuration_takes_the_place_of_the_old(host: FakeHost) -> None:
    old = host.read(GRUB_CFG)
    host.write_file(drop_in.PATH, OURS)
    generate(host, ("iommu=pt",), ("iommu=off",))
    assert debian_grub.read(host).generated[-1] == "iommu=pt"
    assert host.read(MENU.backup) == old
    assert host.names("/boot/grub") == ["grub.cfg", "grub.cfg.before-dpdk"]


@pytest.mark.parametrize(
    ("override", "cause"),
    [
        ("", "wrote a configuration without any Linux entry"),
        ("menuentry 'x' {\n  linux /vmlinuz iommu=pt\n", "Syntax error at line"),
        ("menuentry 'x' {\n  linux /vmlinuz ro\n}\n", "The first entry that grub-mkconfig wrote lacks iommu=pt."),
        (
            "menuentry 'x' {\n  linux /vmlinuz iommu=pt iommu=off\n}\n",
            "The first entry that grub-mkconfig wrote still has iommu=off.",
        ),
    ],
)
def test_a_bad_configuration_never_takes_the_place_of_a_good_one(host: FakeHost, override: str, cause: str) -> None:
    old = host.read(GRUB_CFG)
    host.grub.override = override
    with pytest.raises(HostError) as caught:
        generate(host, ("iommu=pt",), ("iommu=off",))
    assert cause in caught.value.message
    assert f"{GRUB_CFG} was left as it was." in caught.value.message
    assert "Look for another file in /etc/default/grub.d" in caught.value.remedy[-1]
    assert host.read(GRUB_CFG) == old
    assert host.names("/boot/grub") == ["grub.cfg"]


@pytest.mark.parametrize(
    ("answer", "cause"), [((1, "", "grub-probe: error: cannot find a device for /"), "cannot find a device for /")]
)
def test_grub_mkconfig_that_fails(host: FakeHost, answer: tuple[int, str, str], cause: str) -> None:
    host.answers["grub-mkconfig"] = answer
    with pytest.raises(HostError) as caught:
        generate(host)
    assert cause in caught.value.message
    assert "was left as it was" in caught.value.message


@pytest.mark.parametrize("command", ["grub-mkconfig", "grub-script-check"])
def test_a_missing_command(host: FakeHost, command: str) -> None:
    old = host.read(GRUB_CFG)
    host.missing_commands.add(command)
    with pytest.raises(HostError) as caught:
        generate(host)
    assert f"Cannot run {command}" in caught.value.message
    assert f"Install the package that holds {command}." in caught.value.remedy
    assert host.read(GRUB_CFG) == old
    assert host.names("/boot/grub") == ["grub.cfg"]


def test_a_full_boot_partition(host: FakeHost) -> None:
    old = host.read(GRUB_CFG)
    host.full.append("/boot")
    with pytest.raises(HostError) as caught:
        generate(host)
    assert "No space left on device." in caught.value.message
    assert "with space left on it" in caught.value.remedy[0]
    assert host.read(GRUB_CFG) == old
    assert host.names("/boot/grub") == ["grub.cfg"]


def test_an_earlier_configuration_comes_back_byte_for_byte(host: FakeHost) -> None:
    data = b"menuentry '\xff' {\n\tlinux /vmlinuz a\n}\n"
    host.tree.write_bytes(GRUB_CFG, data)
    have = debian_grub.read(host)
    generate(host)
    grub_cfg.put_back(host, MENU, have.grub_cfg, have.grub_cfg_mode)
    assert host.read_bytes(GRUB_CFG) == data


@pytest.mark.parametrize("mode", [0o444, 0o600])  # 0600 where it holds the hash of a password
def test_an_earlier_configuration_is_no_more_readable_than_before(host: FakeHost, mode: int) -> None:
    os.chmod(host.path(GRUB_CFG), mode)
    have = debian_grub.read(host)
    host.write_file(drop_in.PATH, OURS)
    generate(host)
    grub_cfg.put_back(host, MENU, have.grub_cfg, have.grub_cfg_mode)
    assert os.stat(host.path(GRUB_CFG)).st_mode & 0o077 == mode & 0o077


def test_files_that_give_something_else_than_predicted(host: FakeHost) -> None:
    old = host.read(GRUB_CFG)
    with pytest.raises(HostError) as caught:
        debian_grub.apply(host, ("iommu=pt",), Want())
    assert "the files give 'quiet' and not 'iommu=pt'." in caught.value.message
    assert "Make this change in /etc/default/grub by hand." in caught.value.remedy
    assert host.read(GRUB_CFG) == old


def test_a_menu_keeps_its_mode_and_so_does_what_is_put_back(host: FakeHost) -> None:
    old = host.read(GRUB_CFG) or ""
    host.tree.path(GRUB_CFG).chmod(0o640)
    host.write_file(drop_in.PATH, OURS)
    generate(host, ("iommu=pt",))
    assert host.mode(GRUB_CFG) == 0o640
    assert host.read(GRUB_CFG) != old
    grub_cfg.put_back(host, MENU, old, 0o600)
    assert host.mode(GRUB_CFG) == 0o640, "what the file has, and not what is only for a file that is gone"
    host.tree.remove(GRUB_CFG)
    grub_cfg.put_back(host, MENU, old, 0o600)
    assert host.mode(GRUB_CFG) == 0o600
