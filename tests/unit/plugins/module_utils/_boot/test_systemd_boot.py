# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import entries, have, plan, signs, systemd_boot
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.systemd_boot import CMDLINE
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, four_steps

ID = "ffadd81c88844ca8960414f831fa7b32"
ENTRIES = "/boot/efi/loader/entries"
# As kernel-install of systemd 257 writes it on Debian 13.
ENTRY = f"""\
# Boot Loader Specification type#1 entry
# File created by /usr/lib/kernel/install.d/90-loaderentry.install (systemd 257.13-1~deb13u1)
title      Debian GNU/Linux 13 (trixie)
version    {{version}}
machine-id {ID}
sort-key   debian
options    root=LABEL=root ro quiet intel_iommu=off systemd.machine_id={ID}
linux      /{ID}/{{version}}/linux
initrd     /{ID}/{{version}}/initrd.img
"""
OURS = f"{ENTRIES}/{ID}-{RELEASE}.conf"
OLDER = f"{ENTRIES}/{ID}-6.1.0.conf"
THEIRS = f"{ENTRIES}/other.conf"
WANT = Want(("intel_iommu=on", "iommu=pt"), ("intel_iommu=off",))


@pytest.fixture(autouse=True)
def installed(host: FakeHost) -> None:
    for path in ("/etc/default/grub", "/boot/grub/grub.cfg", "/etc/debian_version"):
        host.tree.remove(path)
    host.tree.write("/etc/machine-id", f"{ID}\n")
    host.tree.write(OURS, ENTRY.format(version=RELEASE))
    host.tree.write(OLDER, ENTRY.format(version="6.1.0"))
    host.tree.write(THEIRS, ENTRY.format(version="6.1.0").replace(f"machine-id {ID}", "machine-id 00"))
    host.tree.write(CMDLINE, "root=LABEL=root ro quiet intel_iommu=off\n")
    host.answers["bootctl"] = (0, "/boot/efi\n", "")


def steps(host: FakeHost, want: Want) -> Plan:
    return four_steps(
        host,
        lambda: have.read(host, want),
        lambda found: plan.plan(found, want),
        lambda found: plan.describe(found, want),
    )


def test_the_line_and_all_entries_of_this_installation_are_changed(host: FakeHost) -> None:
    theirs = host.read(THEIRS)
    done = steps(host, WANT)
    assert [step.action for step in done.steps] == [
        f"Changed {CMDLINE}",
        f"Changed {OLDER}",
        f"Changed {OURS}",
        "Read the entries back",
    ]
    assert host.read(CMDLINE) == "root=LABEL=root ro quiet intel_iommu=on iommu=pt\n"
    line = f"options    root=LABEL=root ro quiet systemd.machine_id={ID} intel_iommu=on iommu=pt\n"
    old = f"options    root=LABEL=root ro quiet intel_iommu=off systemd.machine_id={ID}\n"
    assert host.read(OURS) == ENTRY.format(version=RELEASE).replace(old, line)
    assert host.read(THEIRS) == theirs, "another installation on the same disk"


COMMENTED = "# iommu=pt, once tested; intel_iommu=off until then\nroot=LABEL=root ro quiet intel_iommu=off\n"
PLUGIN = "/usr/lib/kernel/install.d/90-loaderentry.install"


def test_comments_are_no_parameters_and_stay_lines_of_their_own(host: FakeHost) -> None:
    host.tree.write(CMDLINE, COMMENTED)
    steps(host, WANT)
    assert host.read(CMDLINE) == COMMENTED.replace("quiet intel_iommu=off", "quiet intel_iommu=on iommu=pt")


def test_a_release_that_takes_comments_for_parameters(host: FakeHost) -> None:
    host.tree.write(CMDLINE, COMMENTED)
    host.tree.write(PLUGIN, '#!/bin/sh\nBOOT_OPTIONS="$(tr -s "$IFS" \' \' </etc/kernel/cmdline)"\n')
    with pytest.raises(HostError) as caught:
        plan.plan(have.read(host, WANT), WANT)
    assert f"A comment in {CMDLINE} holds intel_iommu=off, and this release of kernel-install" in caught.value.message
    assert f"Take the comment out of {CMDLINE}." in caught.value.remedy
    steps(host, Want(("iommu=pt",)))
    assert host.read(CMDLINE) == COMMENTED.rstrip("\n") + " iommu=pt\n", "a comment is not where later releases look"


def test_without_the_file_kernels_to_come_get_what_the_running_one_has(host: FakeHost) -> None:
    host.tree.remove(CMDLINE)
    done = steps(host, WANT)
    assert done.steps[0].action == f"Wrote {CMDLINE}"
    assert host.read(CMDLINE) == "root=LABEL=root ro quiet intel_iommu=on iommu=pt\n", (
        "systemd.machine_id is the entry's own"
    )


def test_the_distributions_file_is_taken_up(host: FakeHost) -> None:
    host.tree.remove(CMDLINE)
    host.tree.write("/usr/lib/kernel/cmdline", "# theirs\nvendor=1\n")
    steps(host, WANT)
    assert host.read(CMDLINE) == "# theirs\nvendor=1 intel_iommu=on iommu=pt\n"


def test_a_link_is_left_alone_and_check_mode_says_so(host: FakeHost) -> None:
    host.tree.write("/srv/cmdline", host.read(CMDLINE) or "")
    host.tree.remove(CMDLINE)
    host.tree.link(CMDLINE, "/srv/cmdline")
    with pytest.raises(HostError) as caught:
        plan.plan(have.read(host, WANT), WANT)
    assert (
        f"{CMDLINE} is a symbolic link to ../../srv/cmdline; it was left alone. Nothing was changed."
        in caught.value.message
    )
    assert f"Replace {CMDLINE} by a regular file, or remove it." in caught.value.remedy
    kept = Want(("quiet",))
    assert plan.plan(have.read(host, kept), kept).steps == ()


def test_bootctl_is_not_needed(host: FakeHost) -> None:
    host.answers["bootctl"] = (1, "", "Couldn't find EFI system partition")
    steps(host, WANT)
    assert "iommu=pt" in (host.read(OURS) or "")


def test_a_partition_that_is_not_mounted(host: FakeHost) -> None:
    for path in (OURS, OLDER, THEIRS):
        host.tree.remove(path)
    host.tree.write_bytes(signs.LOADER_INFO, b"\6\0\0\0" + "systemd-boot 257".encode("utf-16-le"))
    with pytest.raises(HostError) as caught:
        have.read(host, Want())
    assert "No entry of systemd-boot was found in loader/entries below /boot/efi." in caught.value.message
    assert "Mount the EFI system partition" in caught.value.remedy[0]


def test_a_full_partition_leaves_everything_as_it_was(host: FakeHost) -> None:
    before = {path: host.read(path) for path in (CMDLINE, OURS, OLDER)}
    todo = plan.plan(have.read(host, Want()), WANT)
    host.full.append("/boot")
    error = failing(host, todo)
    assert "No space left" in error.message
    host.full.clear()
    assert {path: host.read(path) for path in before} == before


def test_a_program_that_writes_at_the_same_time_is_found_out(host: FakeHost) -> None:
    systemd_boot.apply(host, Want(("quiet",)))
    with pytest.raises(HostError) as caught:
        systemd_boot.apply(host, Want(("iommu=pt",)))
    assert f"{OLDER}, {OURS}, {CMDLINE} was written and does not hold the parameters." in caught.value.message


def test_trials_are_refused(host: FakeHost) -> None:
    with pytest.raises(HostError, match="A trial boot is offered for Debian's GRUB alone"):
        plan.plan(have.read(host, Want()), Want(("iommu=pt",), trial=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("options a\nlinux /x\n", "options b c\nlinux /x\n"),
        ("linux /x\noptions\ta\noptions d\ninitrd /y\n", "linux /x\noptions\tb c\ninitrd /y\n"),
        ("linux /x\n", "linux /x\noptions b c\n"),
        ("linux /x\noptions a", "linux /x\noptions b c"),
    ],
)
def test_one_options_line_is_left(text: str, expected: str) -> None:
    assert entries.replace(text, ("b", "c")) == expected
