# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import drop_in, have, plan, trial
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.attempt import ATTEMPT
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.debian_grub import GRUB_CFG
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.trial import GRUBENV
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want, parse
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import options
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import failing, told

WANT = Want(("iommu=pt",), ("quiet",), rebooting=True, trial=True)
ENTRY = """\
menuentry 'Debian GNU/Linux' --class debian --unrestricted $menuentry_id_option 'gnulinux-simple-1' {
\tif [ x$grub_platform = xxen ]; then insmod xzio; fi
\tlinux\t/boot/vmlinuz root=UUID=0000-0001 ro iommu=pt
}
"""


def planned(host: FakeHost, want: Want = WANT) -> Plan:
    return plan.plan(have.read(host, want), want)


def environment(host: FakeHost, text: str) -> tuple[int, str, str]:
    host.tree.write(GRUBENV, text)
    return 0, "", ""


@pytest.fixture(autouse=True)
def forgetful(host: FakeHost) -> None:
    """GRUB's environment on a plain partition, and the header of a menu that reads it."""
    host.programs["grub-probe"] = lambda words: (0, "ext2\n" if words[0] == "--target=fs" else "\n", "")
    host.programs["grub-reboot"] = lambda words: environment(host, f"next_entry={words[0]}\n")
    host.programs["grub-editenv"] = lambda words: environment(host, "")
    header = 'if [ "${next_entry}" ] ; then\n  set default="${next_entry}"\nfi\n'
    host.tree.write(GRUB_CFG, header + (host.read(GRUB_CFG) or ""), 0o444)


def test_the_next_boot_alone_gets_the_parameters(host: FakeHost) -> None:
    old = host.read(GRUB_CFG) or ""
    todo = planned(host)
    assert [step.action for step in todo.steps] == ["Chose a trial entry for the next boot alone", f"Wrote {ATTEMPT}"]
    assert todo.after["configured"] == "quiet", "what is configured stays"
    apply(host, todo)
    text = host.read(GRUB_CFG) or ""
    assert text.startswith(old), "the entries that are there stay, the default among them"
    added = text[len(old) :]
    assert added.startswith("menuentry 'Trial of boot parameters for DPDK' --id dataplane-dpdk-trial {\n")
    assert "iommu=pt" in added
    assert "quiet" not in added
    assert host.read(GRUBENV) == "next_entry=dataplane-dpdk-trial\n"
    assert host.read(drop_in.PATH) is None
    assert plan.describe(have.read(host, Want()), Want()) == todo.after
    assert planned(host).steps == (), "a trial that is prepared is not prepared again"


def test_an_entry_of_the_administrator_is_not_the_one_that_is_tried(host: FakeHost) -> None:
    host.grub.custom = "menuentry 'Rescue' {\n\tlinux\t/rescue iommu=pt\n}\n"
    apply(host, planned(host))
    added = (host.read(GRUB_CFG) or "").partition("menuentry 'Trial of boot parameters for DPDK'")[2]
    assert "/boot/vmlinuz" in added
    assert "/rescue" not in added


def test_what_was_tried_is_kept_by_a_call_without_trial(host: FakeHost) -> None:
    apply(host, planned(host))
    host.tree.write("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz ro iommu=pt\n")
    host.tree.write("/proc/sys/kernel/random/boot_id", "other\n")
    assert planned(host).steps == (), "nothing is left to try"
    keep = Want(("iommu=pt",), ("quiet",))
    apply(host, planned(host, keep))
    assert planned(host, keep).steps == ()
    assert trial.ENTRY not in (host.read(GRUB_CFG) or "")
    assert host.read(ATTEMPT) is None
    assert have.read(host, Want()).configured.tokens == ("iommu=pt",)


def test_a_trial_that_failed_is_not_repeated(host: FakeHost) -> None:
    apply(host, planned(host))
    host.tree.write("/proc/sys/kernel/random/boot_id", "other\n")
    again = planned(host)
    assert again.steps == ()
    assert again.facts["reboot_tried"] is True


@pytest.mark.parametrize(("target", "answer"), [("abstraction", "lvm"), ("abstraction", "mdraid1x"), ("fs", "btrfs")])
def test_where_grub_cannot_forget_the_choice_there_is_no_trial(host: FakeHost, target: str, answer: str) -> None:
    plain = {"--target=fs": "ext2", "--target=abstraction": "", f"--target={target}": answer}
    host.programs["grub-probe"] = lambda words: (0, f"{plain[words[0]]}\n", "")
    before = (host.read(GRUB_CFG), host.read(GRUBENV), host.read(drop_in.PATH))
    with pytest.raises(HostError) as caught:
        planned(host)
    error = caught.value
    assert f"{GRUBENV} lies on {answer}, where GRUB cannot reset the choice of a trial boot" in error.message
    assert "Set the parameters without a trial boot" in told(error)
    assert (host.read(GRUB_CFG), host.read(GRUBENV), host.read(drop_in.PATH)) == before


def test_a_menu_that_ignores_the_choice(host: FakeHost) -> None:
    host.tree.write(GRUB_CFG, (host.read(GRUB_CFG) or "").replace("next_entry", "x"))
    with pytest.raises(HostError, match="does not read next_entry"):
        planned(host)


@pytest.mark.parametrize("command", ["grub-reboot", "grub-mkconfig", "grub-script-check"])
def test_what_fails_leaves_everything_as_it_was(host: FakeHost, command: str) -> None:
    before = (host.read(GRUB_CFG), host.read(drop_in.PATH), host.read(ATTEMPT))
    todo = planned(host)
    host.answers[command] = (1, "", "no")
    error = failing(host, todo)
    assert "No trial boot was prepared: " in error.message
    assert (host.read(GRUB_CFG), host.read(drop_in.PATH), host.read(ATTEMPT)) == before
    assert host.names("/boot/grub") == ["grub.cfg"]


def test_another_reason_takes_the_choice_back(host: FakeHost) -> None:
    host.full.append("/var")
    before = host.read(GRUB_CFG)
    failing(host, planned(host))
    assert (host.read(GRUBENV), host.read(GRUB_CFG)) == ("", before)


def test_the_entry_is_the_first_one_with_a_name_of_its_own() -> None:
    made = trial.entry(f"set x=1\n{ENTRY}menuentry 'other' {{\n linux /x y\n}}\n") or ""
    head = "menuentry 'Trial of boot parameters for DPDK' --class debian --unrestricted --id dataplane-dpdk-trial {"
    assert made.splitlines()[0] == head
    assert made.splitlines()[1:] == ENTRY.splitlines()[1:]
    assert trial.without(f"{ENTRY}{made}") == ENTRY
    assert trial.entry("set x=1\n") is None


def test_no_entry_to_try(host: FakeHost) -> None:
    todo = planned(host)
    host.grub.override = "set x=1\n"
    assert "wrote no entry with the parameters that should be tried" in failing(host, todo).message
    with pytest.raises(HostError, match="wrote a configuration without any Linux entry"):
        planned(host)


def test_a_trial_needs_no_note_of_its_own(host: FakeHost) -> None:
    done = Want(("quiet",), trial=True)
    assert planned(host, done).steps == ()
    with pytest.raises(HostError):
        parse(options(present=["two words"], trial=True))
