# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BLS entries, as the releases of Red Hat write them, before and after a change."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import grubby, have, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import CMDLINE, DEFAULT, ENTRIES, GRUBENV
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.red_hat import RELEASES, install
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, four_steps

PAGES = ("default_hugepagesz=1G", "hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512")


def steps(host: FakeHost, want: Want) -> Plan:
    return four_steps(
        host,
        lambda: have.read(host, Want()),
        lambda found: plan.plan(found, want),
        lambda found: plan.describe(found, want),
    )


def places(host: FakeHost) -> dict[str, list[str]]:
    """Return the parameters in every file that has some, read without the code under test."""
    found = {path: (host.read(path) or "").split() for path in (CMDLINE,) if host.exists(path)}
    default = host.read(DEFAULT) or ""
    found[DEFAULT] = default.partition('GRUB_CMDLINE_LINUX="')[2].partition('"')[0].split()
    for name in host.names(ENTRIES):
        line = (host.read(f"{ENTRIES}/{name}") or "").partition("\noptions ")[2].partition("\n")[0]
        found[name] = line.split()
    options = (host.read(GRUBENV) or "").partition("kernelopts=")[2].partition("\n")[0].split()
    return {**found, **({GRUBENV: options} if options else {})}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    "want",
    [
        Want(("intel_iommu=on", "iommu=pt"), ("intel_iommu=off",)),
        Want(PAGES),
        Want((), ("quiet", "no_timer_check", "crashkernel")),
        Want(("console=ttyS1",)),
        Want(("console=ttyS1", "console=tty0"), (), ("console",)),
    ],
)
def test_every_place_of_every_release_is_as_wanted_afterwards(host: FakeHost, release: str, want: Want) -> None:
    install(host, release)
    before = places(host)
    if want.holds(have.read(host, Want()).configured.tokens):
        return
    steps(host, want)
    after = places(host)
    for place, tokens in before.items():
        if "$kernelopts" in tokens:
            assert after[place] == tokens
        else:
            assert want.holds(tuple(after[place])), place
            assert after[place] == list(want.edit(tuple(tokens))), f"{place}: nothing foreign is lost or moved"


@pytest.mark.parametrize("release", RELEASES)
def test_what_was_added_can_be_taken_away_again(host: FakeHost, release: str) -> None:
    install(host, release)
    before = places(host)
    steps(host, Want(("iommu=pt", *PAGES)))
    steps(host, Want((), ("iommu=pt", *cmdline.HUGEPAGES)))
    after = places(host)
    assert {place: after[place] for place in before} == before


def test_what_others_set_for_the_same_key_is_named_to_grubby(host: FakeHost) -> None:
    program = install(host, "RHEL 10")
    steps(host, Want(("console=ttyS1",)))
    (update,) = [words for words in program.calls if words[0] == "--update-kernel=ALL"]
    assert update[1:] == ["--args=console=tty0 console=ttyS0,115200n8 console=ttyS1", "--no-etc-grub-update"]


def test_what_grubby_misses_is_brought_into_line(host: FakeHost) -> None:
    program = install(host, "RHEL 9.4")
    program.misses = (DEFAULT, CMDLINE, f"{ENTRIES}/{host.names(ENTRIES)[0]}")
    steps(host, Want(("iommu=pt",)))
    assert all("iommu=pt" in tokens for tokens in places(host).values())


def test_an_entry_of_another_kernel_alone_is_reason_enough(host: FakeHost) -> None:
    install(host, "RHEL 9.2")
    steps(host, Want(("iommu=pt",)))
    path = f"{ENTRIES}/{host.names(ENTRIES)[0]}"
    host.tree.write(path, (host.read(path) or "").replace(" iommu=pt", ""))
    steps(host, Want(("iommu=pt",)))


@pytest.mark.parametrize("token", ['dyndbg="file a.c +p"', "isolcpus=[1-3]", "a=*"])
def test_what_grubby_would_take_apart_is_refused(host: FakeHost, token: str) -> None:
    program = install(host, "RHEL 9.4")
    with pytest.raises(HostError) as caught:
        plan.plan(have.read(host, Want()), Want((token,)))
    assert f"grubby cannot set {token}" in caught.value.message
    assert not any(words[0].startswith("--update") for words in program.calls)


def test_no_entry_at_all(host: FakeHost) -> None:
    install(host, "Fedora")
    host.answers["grubby"] = (0, "", "")
    with pytest.raises(HostError, match="grubby --info=ALL shows no entry"):
        have.read(host, Want())


def test_a_failure_leaves_every_place_as_it_was(host: FakeHost) -> None:
    program = install(host, "RHEL 8")

    def lies(words: list[str]) -> tuple[int, str, str]:
        if words[0] == "--update-kernel=ALL":
            host.tree.write(DEFAULT, "GRUB_CMDLINE_LINUX=broken\n")
            return 0, "", ""
        return program(words)

    def refuses(words: list[str]) -> tuple[int, str, str]:
        return 1, "", "grub2-editenv: error: cannot open the block"

    before = places(host)
    todo = plan.plan(have.read(host, Want()), Want(("iommu=pt",)))
    host.programs.update({"grubby": lies, "grub2-editenv": refuses})
    error = failing(host, todo)
    assert "cannot open the block" in error.message
    assert "Bringing back" not in error.message
    assert places(host) == before


def test_a_place_that_another_program_writes_again_is_named(host: FakeHost) -> None:
    program = install(host, "RHEL 8")
    todo = plan.plan(have.read(host, Want()), Want(("iommu=pt",)))
    host.programs.update({"grub2-editenv": lambda words: (0, "", "")})
    program.misses = (DEFAULT,)
    host.programs["grubby"] = lambda words: (0, "", "") if words[0] == "--update-kernel=ALL" else program(words)
    before = places(host)
    error = failing(host, todo)
    assert f"grubby ended well, and {GRUBENV}, grubby --info=ALL gives" in error.message
    assert "look for another program that writes the entries" in error.remedy[0]
    assert places(host) == before


def test_info_is_taken_apart_entry_by_entry() -> None:
    text = (
        'index=1\nkernel="/boot/vmlinuz-5"\nargs="ro quiet $tuned_params"\nroot="/dev/mapper/rl-root"\n'
        'initrd="/boot/initramfs-5.img $tuned_initrd"\ntitle="Rocky Linux (5) 9.4 (Blue Onyx)"\nid="x"\n'
        'index=0\nkernel="/boot/vmlinuz-6"\nargs=""\ntitle="x"\n'
    )
    assert grubby.parse_info(text) == [("1", ("ro", "quiet")), ("0", ())]
