# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that grubby misreads, and what others keep in them: check mode and the real run answer alike."""

from __future__ import annotations

import os
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import stack
from ansible_collections.dataplane.dpdk.plugins.modules import kernel_args
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import CMDLINE, DEFAULT, ENTRIES, GRUBENV
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.red_hat import ID, RELEASES, install
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls

WANTED = {"present": ["iommu=pt"], "absent": ["quiet"]}
ROOT = "root=UUID=9b1c8f9e-2f0f-4d4e-8f64-3f5c2b1d7a10 ro rootflags=subvol=root"
# With a release, and what its installer would not have written: the file, its text, and what it is afterwards.
TEXTS: dict[str, tuple[str, str, str, str]] = {
    "settings of others beside the line": (
        "Fedora",
        DEFAULT,
        'GRUB_CMDLINE_LINUX_DEFAULT="mitigations=off audit=0"\n'
        "GRUB_CMDLINE_LINUX_RECOVERY=single\n"
        'GRUB_CMDLINE_LINUX="rhgb quiet" # as installed\n'
        'GRUB_CMDLINE_LINUX_DEFAULT="${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }\\$tuned_params"\n',
        'GRUB_CMDLINE_LINUX_DEFAULT="mitigations=off audit=0"\n'
        "GRUB_CMDLINE_LINUX_RECOVERY=single\n"
        'GRUB_CMDLINE_LINUX="rhgb iommu=pt" # as installed\n'
        'GRUB_CMDLINE_LINUX_DEFAULT="${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }\\$tuned_params"\n',
    ),
    "lines that extend the line": (
        "Fedora",
        DEFAULT,
        'X=1\nGRUB_CMDLINE_LINUX="quiet a=1"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX b=$X"\n',
        'X=1\nGRUB_CMDLINE_LINUX="a=1 iommu=pt"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX b=$X"\n',
    ),
    "what is unwanted for normal entries alone": (
        "Fedora",
        DEFAULT,
        'GRUB_CMDLINE_LINUX="rhgb"\nGRUB_CMDLINE_LINUX_DEFAULT="quiet splash"\n',
        'GRUB_CMDLINE_LINUX="rhgb iommu=pt"\nGRUB_CMDLINE_LINUX_DEFAULT="splash"\n',
    ),
    "the line for normal entries alone": (
        "Fedora",
        DEFAULT,
        'GRUB_CMDLINE_LINUX=""\nGRUB_CMDLINE_LINUX_DEFAULT="quiet splash"\n',
        'GRUB_CMDLINE_LINUX=""\nGRUB_CMDLINE_LINUX_DEFAULT="splash iommu=pt"\n',
    ),
    "quotes within the line": (
        "Fedora",
        DEFAULT,
        'GRUB_CMDLINE_LINUX="quiet dyndbg=\\"file x.c +p\\" a=b"\n',
        'GRUB_CMDLINE_LINUX="dyndbg=\\"file x.c +p\\" a=b iommu=pt"\n',
    ),
    "a line of two lines": ("Fedora", CMDLINE, f"{ROOT}\nrhgb quiet\n", f"{ROOT} rhgb iommu=pt\n"),
    "a root in the second line": ("Fedora", CMDLINE, f"rhgb quiet\n{ROOT}\n", f"rhgb {ROOT} iommu=pt\n"),
    "a comment before the line": ("Fedora", CMDLINE, f"# iommu=pt\n{ROOT} quiet\n", f"{ROOT} iommu=pt\n"),
    "a comment with an unwanted word": ("Fedora", CMDLINE, f"{ROOT} iommu=pt\n# not quiet\n", f"{ROOT} iommu=pt\n"),
    "an ampersand in kernelopts": (
        "RHEL 8",
        GRUBENV,
        "# GRUB Environment Block\nkernelopts=root=/dev/x ro a=1&2 quiet \n",
        "# GRUB Environment Block\nkernelopts=root=/dev/x ro a=1&2 iommu=pt\n",
    ),
}


def text_of(host: FakeHost, path: str) -> str:
    text = host.read(path) or ""
    return text.rstrip("#") if path == GRUBENV else text


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_foreign_is_lost(host: FakeHost, name: str) -> None:
    release, path, before, after = TEXTS[name]
    install(host, release)
    host.tree.write(path, before.ljust(1024, "#") if path == GRUBENV else before)
    done = four_calls(kernel_args.main, host, WANTED)
    assert text_of(host, path) == after
    assert done["after"]["configured"].split()[-1] == "iommu=pt"


# Options lines of an entry as grubby does not read them, and what becomes of each.
OPTIONS = {
    "a tab": (f"options\t{ROOT} quiet", f"options {ROOT} iommu=pt"),
    "spaces and a tab": (f"options  \t{ROOT} quiet", f"options {ROOT} iommu=pt"),
    "two lines": (f"options {ROOT}\noptions quiet", f"options {ROOT} iommu=pt"),
    "an ampersand": (f"options {ROOT} a=1&2 quiet", f"options {ROOT} a=1&2 iommu=pt"),
    "a pattern": (f"options {ROOT} acpi_osi=* quiet", f"options {ROOT} acpi_osi=* iommu=pt"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_entry_that_grubby_misreads(host: FakeHost, name: str) -> None:
    install(host, "Fedora")
    (path,) = entries(host)
    before, after = OPTIONS[name]
    head = "title Fedora\nlinux /vmlinuz-6\n"
    host.tree.write(path, f"{head}{before}\ngrub_class fedora\n")
    four_calls(kernel_args.main, host, WANTED)
    assert host.read(path) == f"{head}{after}\ngrub_class fedora\n"


def entries(host: FakeHost) -> list[str]:
    return [f"{ENTRIES}/{name}" for name in host.names(ENTRIES)]


@pytest.mark.parametrize("release", RELEASES)
def test_an_entry_without_a_kernel_is_passed_over(host: FakeHost, release: str) -> None:
    install(host, release)
    path = f"{ENTRIES}/zz-shell.conf"
    text = "title UEFI shell\nefi /EFI/shell.efi\noptions -nostartup\n"
    host.tree.write(path, text)
    four_calls(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert host.read(path) == text


@pytest.mark.parametrize("options", [{"present": ["root=/dev/sda1"]}, {"absent": ["root"]}])
@pytest.mark.parametrize("check", [True, False])
def test_the_root_is_refused_by_name(host: FakeHost, options: dict[str, Any], check: bool) -> None:
    program = install(host, "RHEL 9.4")
    done = call(kernel_args.main, host, options, check=check)
    assert "the root file system of a host with grubby is not changed here. Nothing was changed." in done["msg"]
    assert not any(words[0].startswith("--update") for words in program.calls)


@pytest.mark.parametrize("release", ["RHEL 9.2", "Fedora"])
def test_a_line_for_later_kernels_is_made_from_the_entry_that_boots(host: FakeHost, release: str) -> None:
    install(host, release)
    host.tree.remove(CMDLINE)
    rescue = "title Rescue\nversion 0-rescue\nlinux /vmlinuz-0\noptions root=UUID=rescue ro $tuned_params\n"
    host.tree.write(f"{ENTRIES}/{ID}-0-rescue.conf", rescue)
    made = RELEASES[release]["options"].replace(" $tuned_params", "").replace(" quiet", "")
    four_calls(kernel_args.main, host, WANTED)
    assert host.read(CMDLINE) == f"{made} iommu=pt\n"


def test_a_release_with_kernelopts_gets_the_same_in_what_grubby_makes(host: FakeHost) -> None:
    program = install(host, "RHEL 8")
    program.knows_cmdline = True
    four_calls(kernel_args.main, host, WANTED)
    kernelopts = text_of(host, GRUBENV).partition("kernelopts=")[2].strip()
    assert host.read(CMDLINE) == f"{kernelopts}\n"


@pytest.mark.parametrize("check", [True, False])
def test_kernelopts_that_would_not_fit(host: FakeHost, check: bool) -> None:
    install(host, "RHEL 8")
    text = f"# GRUB Environment Block\nkernelopts=root=/dev/x ro {'a' * 950}\n".ljust(1024, "#")
    host.tree.write(GRUBENV, text)
    done = call(kernel_args.main, host, {"present": ["intel_iommu=on", "iommu=pt"]}, check=check)
    assert f"would make {GRUBENV} 1026 bytes long, and GRUB's environment block has 1024." in done["msg"]
    assert host.read(GRUBENV) == text


@pytest.mark.parametrize("check", [True, False])
def test_kernelopts_that_nothing_holds(host: FakeHost, check: bool) -> None:
    install(host, "RHEL 8")
    host.tree.write(GRUBENV, "# GRUB Environment Block\n".ljust(1024, "#"))
    done = call(kernel_args.main, host, WANTED, check=check)
    assert f"name $kernelopts, and {GRUBENV} has no such line. Nothing was changed." in done["msg"]
    assert "grub2-mkconfig" in done["remedy"][0]


@pytest.mark.parametrize("check", [True, False])
def test_words_of_a_damaged_file_are_never_run(host: FakeHost, check: bool) -> None:
    """What an earlier grubby made of quotes: a shell that reads it runs the second word."""
    install(host, "Fedora")
    marked = host.tree.path("/ran")
    host.tree.write(DEFAULT, f'GRUB_CMDLINE_LINUX="quiet dyndbg="touch {marked} +p" a=b"\n')
    done = call(kernel_args.main, host, WANTED, check=check)
    assert done["failed"]
    assert f"Line 1 of {DEFAULT}" in done["msg"]
    assert not marked.exists()


@pytest.mark.parametrize("check", [True, False])
def test_a_line_that_cannot_be_edited_is_refused_before_anything_is_written(host: FakeHost, check: bool) -> None:
    program = install(host, "Fedora")
    host.tree.write(DEFAULT, '[ -e /x ] || GRUB_CMDLINE_LINUX="quiet"\n')
    done = call(kernel_args.main, host, WANTED, check=check)
    assert f"Line 1 of {DEFAULT} sets GRUB_CMDLINE_LINUX in a way that is more than a plain assignment" in done["msg"]
    assert not any(words[0].startswith("--update") for words in program.calls)


@pytest.mark.parametrize("check", [True, False])
def test_a_file_that_would_not_give_what_is_meant(host: FakeHost, check: bool) -> None:
    install(host, "Fedora")
    text = 'GRUB_CMDLINE_LINUX="quiet"\nif false; then\n  GRUB_CMDLINE_LINUX="x"\nfi\n'
    host.tree.write(DEFAULT, text)
    done = call(kernel_args.main, host, WANTED, check=check)
    assert f"{DEFAULT} would give 'quiet' and not 'iommu=pt'." in done["msg"]
    assert host.read(DEFAULT) == text


def test_a_pattern_takes_no_other_value_with_it(host: FakeHost) -> None:
    install(host, "Fedora")
    (path,) = entries(host)
    host.tree.write(path, f"linux /vmlinuz\noptions {ROOT} isolcpus=1-3 isolcpus=1.3 cma=(64M\n")
    four_calls(kernel_args.main, host, {"absent": ["isolcpus=1.3", "cma"]})
    assert host.read(path) == f"linux /vmlinuz\noptions {ROOT} isolcpus=1-3\n"


def test_one_size_of_hugepages_instead_of_two(host: FakeHost) -> None:
    install(host, "RHEL 9.4")
    both = ["default_hugepagesz=1G", "hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512"]
    four_calls(kernel_args.main, host, {"present": both})
    four_calls(kernel_args.main, host, {"present": both[:3]})
    for path in (CMDLINE, *entries(host)):
        assert [word for word in (host.read(path) or "").split() if "hugepages" in word] == both[:3]


def test_an_entry_with_more_than_kernelopts(host: FakeHost) -> None:
    install(host, "RHEL 8")
    path = entries(host)[0]
    host.tree.write(path, "linux /vmlinuz\noptions $kernelopts quiet debug $tuned_params\n")
    four_calls(kernel_args.main, host, WANTED)
    assert host.read(path) == "linux /vmlinuz\noptions $kernelopts debug $tuned_params\n"


def test_the_option_that_keeps_grubby_away_is_the_last(host: FakeHost) -> None:
    program = install(host, "RHEL 9.4")
    four_calls(kernel_args.main, host, {"present": ["iommu=pt"], "absent": ["crashkernel"]})
    (update,) = [words for words in program.calls if words[0] == "--update-kernel=ALL"]
    assert update[-1] == "--no-etc-grub-update"
    assert sorted(word.partition("=")[0] for word in update[1:-1]) == ["--args", "--remove-args"]


def test_a_grubby_that_does_not_know_the_option(host: FakeHost) -> None:
    program = install(host, "RHEL 8")
    before = 'GRUB_CMDLINE_LINUX_DEFAULT="audit=0"\nGRUB_CMDLINE_LINUX="quiet"\n'
    host.tree.write(DEFAULT, before)

    def old(words: list[str]) -> tuple[int, str, str]:
        unknown = "--no-etc-grub-update" in words
        return (1, "", "grubby: unrecognized option '--no-etc-grub-update'\n") if unknown else program(words)

    host.programs["grubby"] = old
    four_calls(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert host.read(DEFAULT) == before.replace("quiet", "quiet iommu=pt")


def linked(host: FakeHost) -> str:
    """grubenv of RHEL 8 under UEFI."""
    real = "/boot/efi/EFI/redhat/grubenv"
    host.tree.write(real, host.read(GRUBENV) or "")
    host.tree.remove(GRUBENV)
    host.tree.path(GRUBENV).symlink_to("../efi/EFI/redhat/grubenv")
    return real


def test_grubenv_behind_a_link_is_brought_back(host: FakeHost) -> None:
    program = install(host, "RHEL 8")
    real = linked(host)
    before = {path: host.read(path) for path in (real, DEFAULT, *entries(host))}
    answers: list[Any] = []

    def lies_in_the_end(words: list[str]) -> tuple[int, str, str]:
        answers.append(words)
        update = any(each[0].startswith("--update") for each in answers)
        return (1, "", "broken") if update and words[0] == "--info=ALL" else program(words)

    host.programs["grubby"] = lies_in_the_end
    done = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert done["failed"]
    assert not done["changed"]
    assert "Bringing back" not in done["msg"]
    assert {path: host.read(path) for path in before} == before
    assert host.target(GRUBENV) == "../efi/EFI/redhat/grubenv", "the link stays one"


def test_grubenv_behind_a_link_is_written_through_it(host: FakeHost) -> None:
    install(host, "RHEL 8")
    real = linked(host)
    four_calls(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert "iommu=pt" in (host.read(real) or "")
    assert host.target(GRUBENV) == "../efi/EFI/redhat/grubenv"


def test_a_file_behind_two_links_is_written_where_it_lies(host: FakeHost) -> None:
    install(host, "Fedora")
    host.tree.write("/srv/grub", host.read(DEFAULT) or "")
    host.tree.remove(DEFAULT)
    host.tree.path("/etc/grub").symlink_to("../srv/grub")
    host.tree.path(DEFAULT).symlink_to("../grub")
    four_calls(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert "iommu=pt" in (host.read("/srv/grub") or "")
    assert (host.target(DEFAULT), host.target("/etc/grub")) == ("../grub", "../srv/grub")


def test_the_other_files_are_brought_back_where_one_cannot_be(host: FakeHost) -> None:
    program = install(host, "RHEL 9.4")
    before = {path: host.read(path) for path in (CMDLINE, *entries(host))}

    def fills_the_disk(words: list[str]) -> tuple[int, str, str]:
        if not words[0].startswith("--update"):
            return program(words)
        host.full.append("/etc/default")
        return 1, "", "no space left"

    host.programs["grubby"] = fills_the_disk
    done = call(kernel_args.main, host, {"present": ["iommu=pt"]})
    assert "no space left" in done["msg"]
    assert "Bringing back the state before failed too: Cannot write /etc/default/grub" in done["msg"]
    assert "Nothing was changed" not in done["msg"]
    assert done["changed"]
    assert {path: host.read(path) for path in before} == before


@pytest.mark.parametrize("text", [None, f"{ROOT} iommu=pt\n"])
def test_the_line_for_later_kernels_stays_newer_than_the_file_it_is_made_from(host: FakeHost, text: str | None) -> None:
    """kernel-install makes an older one again from /etc/default/grub, and what was not there is lost."""
    install(host, "Fedora")
    if text is not None:
        host.tree.write(CMDLINE, text)
        host.tree.write(entries(host)[0], f"linux /vmlinuz\noptions {ROOT} iommu=pt\n")
        host.programs["grubby"] = lambda words: (0, 'index=0\nargs=""\n' if words == ["--info=ALL"] else "0\n", "")
    four_calls(kernel_args.main, host, {"present": ["iommu=pt"]})
    times = [os.stat(host.path(path)).st_mtime_ns for path in (DEFAULT, CMDLINE)]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("enabled", "menu", "name"),
    [
        ("false", "menuentry 'x' {\n linux /vmlinuz ro\n}\n", "grub2"),
        ("true", "menuentry 'x' {\n linux /vmlinuz ro\n}\n", "grubby"),
        ("true", "insmod blscfg\nblscfg\n", "grubby"),
        ("false", "insmod blscfg\n  blscfg\nmenuentry 'memtest' {\n}\n", "grubby"),
    ],
)
def test_entries_count_where_grub_reads_them(host: FakeHost, enabled: str, menu: str, name: str) -> None:
    install(host, "RHEL 9.4")
    host.tree.write(DEFAULT, f"GRUB_ENABLE_BLSCFG={enabled}\n")
    host.tree.write("/boot/grub2/grub.cfg", menu)
    assert name == stack.detect(host).NAME
