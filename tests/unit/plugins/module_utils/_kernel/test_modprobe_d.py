# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is expected of files and lines was tried with kmod 30: `modprobe --showconfig` in a root of its own.

How the rest of a line of options is split is the kernel's affair (lib/cmdline.c, next_arg), and not shown by modprobe.
"""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.modprobe_d import (
    Blacklist,
    Configuration,
    Install,
    Option,
    Softdep,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from hypothesis import given
from hypothesis import strategies as st

ETC = "/etc/modprobe.d/x.conf"


def parse(text: str) -> Configuration:
    return modprobe_d.parse(text, ETC)


def options(host: FakeHost) -> list[tuple[str, str]]:
    """The options of the module m that a host has, each with its path."""
    return [(each.path, str(each)) for each in modprobe_d.read(host).options_of("m")]


# which files count


@pytest.mark.parametrize("directory", modprobe_d.DIRECTORIES)
def test_a_file_of_each_directory_is_read(host: FakeHost, directory: str) -> None:
    host.tree.write(f"{directory}/x.conf", "options m a=1\n")
    assert options(host) == [(f"{directory}/x.conf", "a=1")]


def test_the_directory_named_first_decides_between_files_of_one_name(host: FakeHost) -> None:
    for directory in reversed(modprobe_d.DIRECTORIES):
        host.tree.write(f"{directory}/x.conf", f"options m from={directory}\n")
        assert options(host) == [(f"{directory}/x.conf", f"from={directory}")]


def test_files_are_read_in_the_order_of_their_names_alone(host: FakeHost) -> None:
    for path in ("/lib/modprobe.d/0.conf", "/etc/modprobe.d/9.conf", "/run/modprobe.d/5.conf"):
        host.tree.write(path, f"options m from={path}\n")
    paths = [path for path, dummy in options(host)]
    assert paths == ["/lib/modprobe.d/0.conf", "/run/modprobe.d/5.conf", "/etc/modprobe.d/9.conf"]


@pytest.mark.parametrize("name", ["x", "x.bak", "x.conf.rpmsave", "x.conf.dpkg-old", "x.conf~", ".x.conf", ".conf"])
def test_files_with_another_name_do_not_count(host: FakeHost, name: str) -> None:
    host.tree.write(f"/etc/modprobe.d/{name}", "options m a=1\n")
    assert options(host) == []


def test_a_directory_hides_nothing(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/x.conf/y.conf", "options m a=1\n")
    host.tree.write("/usr/lib/modprobe.d/x.conf", "options m a=2\n")
    assert options(host) == [("/usr/lib/modprobe.d/x.conf", "a=2")]


def test_a_link_to_a_file_counts(host: FakeHost) -> None:
    host.tree.write("/opt/vendor.conf", "options m a=1\n")
    host.tree.link(ETC, "/opt/vendor.conf")
    assert options(host) == [(ETC, "a=1")]


@pytest.mark.parametrize("target", ["/nowhere", ETC])
def test_a_link_that_leads_nowhere_hides_nothing(host: FakeHost, target: str) -> None:
    host.tree.link(ETC, target)
    host.tree.write("/usr/lib/modprobe.d/x.conf", "options m a=2\n")
    assert options(host) == [("/usr/lib/modprobe.d/x.conf", "a=2")]


@pytest.mark.parametrize("empty", [True, False])
def test_what_says_nothing_hides_the_file_of_the_vendor(host: FakeHost, empty: bool) -> None:
    host.tree.write("/usr/lib/modprobe.d/x.conf", "options m a=2\n")
    host.tree.write(ETC, "")
    if not empty:
        host.tree.remove(ETC)
        host.tree.path(ETC).symlink_to("/dev/null")
    assert options(host) == []


def test_lib_may_be_a_link_to_usr_lib(host: FakeHost) -> None:
    host.tree.write("/usr/lib/modprobe.d/x.conf", "options m a=1\n")
    host.tree.link("/lib/modprobe.d", "/usr/lib/modprobe.d")
    assert host.exists("/lib/modprobe.d/x.conf")
    assert options(host) == [("/usr/lib/modprobe.d/x.conf", "a=1")]


def test_a_file_that_cannot_be_read_is_said(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(host: FakeHost, path: str, limit: int = -1) -> bytes:
        raise HostError(f"Cannot read {path}: Permission denied.", "Run the task as root (become: true).")

    host.tree.write(ETC, "options m a=1\n")
    monkeypatch.setattr(FakeHost, "read_bytes", refuse)
    with pytest.raises(HostError, match=f"Cannot read {ETC}"):
        modprobe_d.read(host)


def test_each_file_is_read_once(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    read = FakeHost.read

    def noted(host: FakeHost, path: str) -> str | None:
        seen.append(path)
        return read(host, path)

    host.tree.write(ETC, "options m a=1\n")
    host.tree.write("/usr/lib/modprobe.d/x.conf", "options m a=2\n")
    host.tree.write("/usr/lib/modprobe.d/y.conf", "options m a=2\n")
    monkeypatch.setattr(FakeHost, "read", noted)
    modprobe_d.read(host)
    assert seen == [ETC, "/usr/lib/modprobe.d/y.conf"]


# what a file says


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("options m a=1 b=2", ["a=1", "b=2"]),
        ("\toptions \t m\t\ta=1\tb=2  ", ["a=1", "b=2"]),
        ("options m a=1\noptions other a=2\noptions m a=3", ["a=1", "a=3"]),
        ("options m a-b=c-d", ["a_b=c-d"]),
        ("options m flag a=", ["flag", "a="]),
        ("options m a=b=c", ["a=b=c"]),
        ("options m a=1\r\n", ["a=1"]),
        ("# options m a=1", []),
        ("  # options m a=1", []),
        ("#options m a=1\noptions m b=1", ["b=1"]),
        ("options m a=1 # b=2", ["a=1", "#", "b=2"]),
        ("options m \\\n a=1", ["a=1"]),
        ("options m a=1\\\n2", ["a=12"]),
        ("opt\\\nions m a=1", ["a=1"]),
        ("# no \\\noptions m a=1", []),
        ("options m a=1 \\\n", ["a=1"]),
        ("options m a=b\\\\c", ["a=b\\c"]),
        ("options m a=b\\c", ["a=bc"]),
        ("options m a=1\\\\\noptions m b=1", ["a=1\\", "b=1"]),
        ('options m a="b c" "d=e f"', ["a=b c", "d=e f"]),
        ("options m a='b c'", ["a='b", "c'"]),
        ('options m "a', ["a"]),
        ("options m a=1 -- b=1", ["a=1"]),
        ("options m", []),
        ("options m ", []),
        ("options", []),
        ("include m a=1", []),
        ("", []),
        ("\n\n", []),
    ],
)
def test_options(text: str, expected: list[str]) -> None:
    assert [str(each) for each in parse(text).options_of("m")] == expected


def test_an_option_says_where_it_is_written() -> None:
    assert parse("options vfio-pci ids=1:2").options == (Option(ETC, "vfio_pci", "ids", "1:2"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("options vfio_pci a=1 b=2", {"a": "1", "b": "2"}),
        ("options vfio-pci a-b=1", {"a_b": "1"}),
        ("# options vfio_pci a=1", {}),
        ("options vfio a=1\noptions vfio_pci b=2\noptions vfio_pci b=3", {"b": "3"}),
        ("softdep vfio_pci pre: x\nblacklist vfio_pci\noptions", {}),
        ('options vfio_pci "a', {"a": ""}),
        ("options vfio_pci flag", {"flag": ""}),
    ],
)
def test_the_values_that_count(text: str, expected: dict[str, str]) -> None:
    assert parse(text).values_of("vfio_pci") == expected


def test_the_option_that_counts_is_the_last() -> None:
    found = parse("options m a=1\noptions m a=2\noptions m b=3\noptions n a=4\n")
    assert found.option("m", "a") == Option(ETC, "m", "a", "2")
    assert found.option("m", "c") is None


@pytest.mark.parametrize("value", ["=1", "=Y", "=y", "=on", "=true", ""])
def test_an_option_that_turns_a_boolean_on(value: str) -> None:
    (option,) = parse(f"options m a{value}").options
    assert option.on


@pytest.mark.parametrize("value", ["=0", "=N", "=off", "=false", "=", "=2"])
def test_an_option_that_does_not(value: str) -> None:
    (option,) = parse(f"options m a{value}").options
    assert not option.on


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blacklist a-b", (Blacklist(ETC, "a_b", "a-b"),)),
        ("blacklist\ta_b", (Blacklist(ETC, "a_b", "a_b"),)),
        ("blacklist a-b and more", (Blacklist(ETC, "a_b", "a-b and more"),)),
        ("blacklist a*", ()),
        ("blacklist", ()),
    ],
)
def test_blacklist(text: str, expected: tuple[Blacklist, ...]) -> None:
    assert parse(text).blacklist_of("a_b") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("install a-b echo don't", (Install(ETC, "a_b", "echo don't", "a-b echo don't"),)),
        ("install a-*  x; y", (Install(ETC, "a_*", " x; y", "a-* x; y"),)),
        ("install [a-c]-b x", (Install(ETC, "[a-c]_b", "x", "[a-c]-b x"),)),
        ("install a-b", ()),
        ("install a x", ()),
    ],
)
def test_install(text: str, expected: tuple[Install, ...]) -> None:
    assert parse(text).install_of("a_b") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("softdep a-b pre: c d-e post: f", (Softdep(ETC, "a_b", ("c", "d_e"), ("f",)),)),
        ("softdep a-b post: f", (Softdep(ETC, "a_b", (), ("f",)),)),
        ("softdep a_? x pre: c", (Softdep(ETC, "a_?", ("c",), ()),)),
        ("softdep a-b", ()),
        ("softdep c pre: a", ()),
    ],
)
def test_softdep(text: str, expected: tuple[Softdep, ...]) -> None:
    assert parse(text).softdep_of("a_b") == expected


@given(st.text(alphabet=st.sampled_from("options m-_a=1 \t\n\\\"'#*[]:blacklist")) | st.text())
def test_any_text_is_parsed(text: str) -> None:
    found = parse(text)
    assert all("-" not in each.key or each.key == "--" for each in found.options)
    assert isinstance(found.values_of("m"), dict)
    found.install_of("m")
    found.softdep_of("m")


# what the kernel command line says


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("quiet m.a=1 m.flag ro", ["a=1", "flag"]),
        ('"m.a=1 2" m.b="c d"', ["a=1 2", "b=c d"]),
        ("m.a-b=c-d m.e=f.g=h", ["a_b=c-d", "e=f.g=h"]),
        ("m.x.y=1 a=m.b=c m=1 .a=1 m.=1", []),
        ("quiet -- m.a=1", ["a=1"]),
    ],
)
def test_boot_parameters_are_options_too(host: FakeHost, line: str, expected: list[str]) -> None:
    host.tree.write("/proc/cmdline", f"{line}\n")
    assert options(host) == [(modprobe_d.CMDLINE, each) for each in expected]


def test_boot_parameters_come_last(host: FakeHost) -> None:
    host.tree.write("/proc/cmdline", "a-b.c=2\n")
    host.tree.write("/etc/modprobe.d/z.conf", "options a-b c=1\n")
    option = modprobe_d.read(host).option("a_b", "c")
    assert option
    assert (str(option), option.place) == ("c=2", "the boot parameter a_b.c")


@pytest.mark.parametrize("key", ["modprobe.blacklist", "module_blacklist"])
def test_boot_parameters_blacklist_too(host: FakeHost, key: str) -> None:
    host.tree.write("/proc/cmdline", f"quiet {key}=x,a-b\n")
    found = modprobe_d.read(host)
    assert found.blacklist_of("a_b") == (Blacklist(modprobe_d.CMDLINE, "a_b", f"{key}=x,a-b"),)
    assert found.options == ()
