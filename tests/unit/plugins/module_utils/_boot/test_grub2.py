# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import DEFAULT, mkconfig
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, four_steps

# As YaST leaves the file on SLES 15, and as the package brings it on Arch.
SUSE = """\
# If you change this file, run 'grub2-mkconfig -o /boot/grub2/grub.cfg' afterwards to update
GRUB_DISTRIBUTOR=
GRUB_DEFAULT=saved
GRUB_TIMEOUT=8
GRUB_CMDLINE_LINUX_DEFAULT="splash=silent resume=/dev/disk/by-uuid/7b0e quiet mitigations=auto"
GRUB_CMDLINE_LINUX=""
# Uncomment to set your own custom distributor.
#GRUB_CMDLINE_LINUX_DEFAULT="old"
GRUB_TERMINAL="gfxterm"
"""
ARCH = """\
GRUB_DEFAULT=0
GRUB_CMDLINE_LINUX_DEFAULT="loglevel=3 quiet"
GRUB_CMDLINE_LINUX="intel_iommu=off"
"""
PAGES = ("hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512")
STUB = "/boot/efi/EFI/opensuse/grub.cfg"


def install(host: FakeHost, text: str, menu: str, prefix: str) -> None:
    host.tree.remove("/etc/debian_version")
    host.tree.remove("/boot/grub/grub.cfg")
    host.tree.write(DEFAULT, text)
    host.programs[f"{prefix}-mkconfig"] = mkconfig(host.tree)
    host.programs[f"{prefix}-script-check"] = host.grub.script_check
    host.programs[f"{prefix}-mkconfig"](["-o", menu])


@pytest.fixture(autouse=True)
def suse(host: FakeHost) -> str:
    install(host, SUSE, "/boot/grub2/grub.cfg", "grub2")
    host.tree.write(STUB, "configfile $prefix/grub.cfg\n")
    return "/boot/grub2/grub.cfg"


PT = Want(("iommu=pt",))


def planned(host: FakeHost, want: Want = PT) -> Plan:
    return plan.plan(have.read(host, want), want)


def steps(host: FakeHost, want: Want) -> Plan:
    return four_steps(
        host,
        lambda: have.read(host, want),
        lambda found: plan.plan(found, want),
        lambda found: plan.describe(found, want),
    )


def test_parameters_are_added_to_the_normal_entries(host: FakeHost, suse: str) -> None:
    steps(host, Want(("intel_iommu=on", *PAGES), ("quiet",)))
    line = "splash=silent resume=/dev/disk/by-uuid/7b0e mitigations=auto intel_iommu=on " + " ".join(PAGES)
    assert host.read(DEFAULT) == SUSE.replace(
        "splash=silent resume=/dev/disk/by-uuid/7b0e quiet mitigations=auto", line
    ), "no other byte is changed"
    text = host.read(suse) or ""
    assert text.count("intel_iommu=on") == 1, "the recovery entry stays free of it"
    assert host.read(STUB) == "configfile $prefix/grub.cfg\n"
    assert "quiet" in (host.read(f"{suse}.before-dpdk") or "")


def test_what_was_added_can_be_taken_away_again(host: FakeHost, suse: str) -> None:
    steps(host, Want(("iommu=pt", *PAGES)))
    steps(host, Want((), ("iommu", *cmdline.HUGEPAGES)))
    assert host.read(DEFAULT) == SUSE


def test_arch_has_other_names(host: FakeHost, suse: str) -> None:
    host.tree.remove(suse)
    install(host, ARCH, "/boot/grub/grub.cfg", "grub")
    steps(host, Want(("intel_iommu=on",), ("intel_iommu=off",)))
    expected = ARCH.replace('"intel_iommu=off"', '""').replace(
        '"loglevel=3 quiet"', '"loglevel=3 quiet intel_iommu=on"'
    )
    assert host.read(DEFAULT) == expected
    assert "intel_iommu=off" not in (host.read("/boot/grub/grub.cfg") or "")


def test_a_token_with_spaces_survives_the_shell(host: FakeHost) -> None:
    steps(host, Want(('dyndbg="file a.c +p"',)))
    steps(host, Want((), ("dyndbg",)))
    assert host.read(DEFAULT) == SUSE


@pytest.mark.parametrize(
    "line",
    [
        "GRUB_CMDLINE_LINUX_DEFAULT=$(cat /dev/null)",
        "GRUB_CMDLINE_LINUX_DEFAULT='a'\"b\"",
        "if true; then GRUB_CMDLINE_LINUX_DEFAULT=a; fi",
        'GRUB_TIMEOUT=1; GRUB_CMDLINE_LINUX_DEFAULT="a"',
    ],
)
def test_shell_that_is_more_than_an_assignment_is_refused(host: FakeHost, suse: str, line: str) -> None:
    host.tree.write(DEFAULT, f"{SUSE}{line}\n")
    before = host.read(suse)
    with pytest.raises(HostError) as caught:
        planned(host)
    assert "Line 10 of /etc/default/grub sets GRUB_CMDLINE_LINUX_DEFAULT" in caught.value.message
    assert line in caught.value.message
    assert (host.read(DEFAULT), host.read(suse)) == (f"{SUSE}{line}\n", before)


# As TuneD 2.27 appends it; the backslash keeps the variable for GRUB.
TUNED = 'GRUB_CMDLINE_LINUX_DEFAULT="${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }\\$tuned_params"\n'


def test_tuneds_line_stays_and_the_one_before_it_is_edited(host: FakeHost, suse: str) -> None:
    host.tree.write(DEFAULT, f"{SUSE}{TUNED}")
    done = steps(host, Want(("iommu=pt",), ("quiet",)))
    line = "splash=silent resume=/dev/disk/by-uuid/7b0e mitigations=auto iommu=pt"
    assert done.after["configured"] == line, "GRUB makes nothing of a variable that is not set"
    before = "splash=silent resume=/dev/disk/by-uuid/7b0e quiet mitigations=auto"
    assert host.read(DEFAULT) == SUSE.replace(before, line) + TUNED
    steps(host, Want(("quiet",), ("iommu",)))
    host.tree.write(DEFAULT, (host.read(DEFAULT) or "").replace(TUNED, ""))  # as TuneD leaves it when it goes
    assert planned(host, Want(("quiet",), ("iommu",))).after["configured"].endswith("mitigations=auto quiet")


def test_what_a_line_that_extends_holds_cannot_be_taken_away(host: FakeHost) -> None:
    host.tree.write(DEFAULT, f'{SUSE}GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT more"\n')
    with pytest.raises(HostError, match="more' and not '"):
        planned(host, Want((), ("more",)))


def test_a_generator_that_the_file_breaks_is_refused_before_anything_is_touched(host: FakeHost, suse: str) -> None:
    before = (host.read(DEFAULT), host.read(suse))
    host.programs["grub2-mkconfig"] = lambda words: (2, "", "/usr/sbin/grub2-mkconfig: 251: x: parameter not set")
    with pytest.raises(HostError) as caught:
        planned(host)
    assert (
        "grub2-mkconfig was run with a copy of /etc/default that holds the parameters; it ended with 2"
        in caught.value.message
    )
    assert "parameter not set Nothing was changed." in caught.value.message
    assert "Run 'grub2-mkconfig' by hand" in caught.value.remedy[0]
    assert (host.read(DEFAULT), host.read(suse)) == before


def test_a_file_that_the_shell_cannot_read_is_refused(host: FakeHost) -> None:
    host.tree.write(DEFAULT, f'{SUSE}X="\n')
    with pytest.raises(HostError, match="The shell cannot read /etc/default/grub"):
        have.read(host, Want())


def test_a_file_that_is_sourced_and_says_otherwise_is_found_out(host: FakeHost, suse: str) -> None:
    host.tree.write("/etc/default/extra", "GRUB_CMDLINE_LINUX_DEFAULT=mine\n")
    text = f"{SUSE}. {host.path('/etc/default/extra')}\n"
    host.tree.write(DEFAULT, text)
    before = host.read(suse)
    with pytest.raises(HostError, match="/etc/default/grub gives 'mine' and not 'mine iommu=pt'"):
        planned(host)
    assert (host.read(DEFAULT), host.read(suse)) == (text, before)


def test_a_link_is_left_alone_and_check_mode_says_so(host: FakeHost) -> None:
    host.tree.write("/etc/default/grub.mine", SUSE)
    host.tree.remove(DEFAULT)
    host.tree.link(DEFAULT, "/etc/default/grub.mine")
    with pytest.raises(HostError, match="/etc/default/grub is a symbolic link to "):
        planned(host)


def test_the_last_assignment_counts(host: FakeHost) -> None:
    host.tree.write(DEFAULT, f"{SUSE}export GRUB_CMDLINE_LINUX_DEFAULT='a b' # mine\n")
    steps(host, Want(("iommu=pt",)))
    assert host.read(DEFAULT) == f'{SUSE}export GRUB_CMDLINE_LINUX_DEFAULT="a b iommu=pt" # mine\n'


def test_a_menu_that_is_broken_never_takes_the_place_of_a_good_one(host: FakeHost, suse: str) -> None:
    before = host.read(suse)
    todo = planned(host)

    def broken(words: list[str]) -> tuple[int, str, str]:
        host.tree.write(words[1], "menuentry 'x' {\n linux /vmlinuz iommu=pt\n")
        return 0, "", ""

    host.programs["grub2-mkconfig"] = broken
    error = failing(host, todo)
    assert "Syntax error" in error.message
    assert f"{suse} was left as it was." in error.message
    assert (host.read(DEFAULT), host.read(suse)) == (SUSE, before)
