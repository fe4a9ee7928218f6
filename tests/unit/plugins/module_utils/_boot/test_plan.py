# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path
from typing import Any, Callable

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub, drop_in, have, plan
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.attempt import ATTEMPT
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.debian_grub import GRUB_CFG
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want, parse
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan, apply
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import options
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt, failing, four_steps
from hypothesis import example, given, settings
from hypothesis import strategies as st

WORDS = ["quiet", "iommu=pt", "iommu=off", "intel_iommu=on", "intel-iommu=off", "a", "a=*", "a=?", "x=%s", "y=[z]"]
WORDS += ["hugepages=4", "hugepagesz=1G", "hugepages=512", "default_hugepagesz=1G", "u=\N{SNOWMAN}", "k=~", "e=!"]
# Tokens of other people, which may hold whatever a shell file can.
FOREIGN = st.lists(st.sampled_from([*WORDS, "d=$1", "b=\\", "q='r'", "c=`x`"]), max_size=5)
OURS = st.lists(st.sampled_from(WORDS), max_size=3, unique_by=cmdline.plain)
KEYS = st.lists(st.sampled_from([*WORDS, "iommu", "intel_iommu", "hugepages"]), max_size=3)


def want(*present: str, absent: tuple[str, ...] = (), rebooting: bool = False) -> Want:
    return Want(present, absent, rebooting=rebooting)


def planned(host: FakeHost, wanted: Want) -> Plan:
    return plan.plan(have.read(host, wanted), wanted)


def steps(host: FakeHost, wanted: Want) -> Plan:
    return four_steps(
        host,
        lambda: have.read(host, wanted),
        lambda found: plan.plan(found, wanted),
        lambda found: plan.describe(found, wanted),
    )


def facts(host: FakeHost, wanted: Want) -> dict[str, Any]:
    return planned(host, wanted).facts


def others(tokens: tuple[str, ...]) -> list[str]:
    """Return the tokens that are no unit with others."""
    return [token for token in tokens if cmdline.key(token) not in cmdline.HUGEPAGES]


def files(host: FakeHost) -> dict[str, str | None]:
    return {path: host.read(path) for path in (drop_in.PATH, GRUB_CFG, "/etc/default/grub", ATTEMPT)}


def test_all_values_of_a_key_are_replaced_in_order(host: FakeHost) -> None:
    host.grub.install('"console=tty0 quiet console=ttyS0"')
    asked = Want(("console=ttyS1", "console=tty0"), replace=("console",))
    assert steps(host, asked).after["configured"] == "quiet console=ttyS1 console=tty0"


# changing


def test_a_parameter_is_added(host: FakeHost) -> None:
    main = host.read("/etc/default/grub")
    done = steps(host, want("intel_iommu=on", "iommu=pt"))
    assert [step.action for step in done.steps] == [f"Wrote {drop_in.PATH}", f"Regenerated {GRUB_CFG}"]
    assert done.after["configured"] == "quiet intel_iommu=on iommu=pt"
    assert host.read("/etc/default/grub") == main, "the administrator's file stays as it is"
    assert (host.read(GRUB_CFG) or "").count("iommu=pt") == 1, "the recovery entry stays free of it"


def test_a_parameter_is_taken_away_wherever_it_is(host: FakeHost) -> None:
    host.grub.install('"quiet iommu=off"', '"a=1 intel_iommu=off"')
    done = steps(host, want(absent=("iommu", "intel_iommu=off")))
    assert done.after["configured"] == "a=1 quiet"
    assert "iommu" not in (host.read(GRUB_CFG) or "")


def test_a_value_is_replaced(host: FakeHost) -> None:
    host.grub.install('"isolcpus=1-3 quiet"')
    assert steps(host, want("isolcpus=2-5", absent=("isolcpus",))).after["configured"] == "quiet isolcpus=2-5"


def test_hugepages_are_one_unit(host: FakeHost) -> None:
    host.grub.install('"hugepages=64 quiet"')
    pages = ("default_hugepagesz=1G", "hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512")
    assert steps(host, want(*pages)).after["configured"] == "quiet " + " ".join(pages)
    fewer = ("hugepagesz=2M", "hugepages=64")
    assert steps(host, want(*fewer)).after["configured"] == "quiet hugepagesz=2M hugepages=64"


def test_what_earlier_calls_asked_for_stays(host: FakeHost) -> None:
    host.grub.install('"quiet splash"')
    apply(host, planned(host, want("iommu=pt", absent=("splash",))))
    assert steps(host, want("hugepages=4")).after["configured"] == "quiet iommu=pt hugepages=4"
    assert steps(host, want(absent=("iommu",))).after["configured"] == "quiet hugepages=4"
    assert steps(host, want("splash")).after["configured"] == "quiet splash hugepages=4"


def test_the_file_goes_when_nothing_is_left_to_say(host: FakeHost) -> None:
    apply(host, planned(host, want("iommu=pt")))
    done = steps(host, want(absent=("iommu=pt",)))
    assert done.steps[0].action == f"Removed {drop_in.PATH}"
    assert host.read(drop_in.PATH) is None


def test_what_is_there_already_needs_no_file(host: FakeHost) -> None:
    assert planned(host, want("quiet", absent=("iommu",))).steps == ()


def test_a_configuration_that_was_never_generated_is(host: FakeHost) -> None:
    host.tree.write("/etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=pt"\n')
    assert [step.action for step in steps(host, want("iommu=pt")).steps] == [f"Regenerated {GRUB_CFG}"]


def test_a_file_of_a_cloud_image_that_overrides_is_taken_into_account(host: FakeHost) -> None:
    host.grub.install('"quiet"', **{"50_cloudimg_settings": 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0"\n'})
    assert steps(host, want("iommu=pt")).after["configured"] == "console=ttyS0 iommu=pt"


@given(
    linux=FOREIGN,
    default=FOREIGN,
    first=st.tuples(OURS, KEYS),
    second=st.tuples(OURS, KEYS),
)
@example(linux=["a"], default=["a", "a=*"], first=(["a=?"], ["a"]), second=(["a"], ["a=?"]))
@example(linux=[], default=["hugepages=4"], first=(["hugepages=512"], []), second=(["hugepages=4"], []))
@settings(max_examples=40)
def test_whatever_is_there_and_wanted_is_predicted_exactly(
    linux: list[str], default: list[str], first: tuple[list[str], list[str]], second: tuple[list[str], list[str]]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        host = FakeHost(Path(root))
        host.grub.install(shlex.quote(" ".join(default)), shlex.quote(" ".join(linux)))
        for present, absent in (first, second):
            wanted = attempt(lambda present=present, absent=absent: parse(options(present=present, absent=absent)))  # type: ignore[misc]
            if isinstance(wanted, HostError):
                continue
            todo = planned(host, wanted)
            apply(host, todo)
            found = have.read(host, wanted)
            assert plan.describe(found, Want()) == todo.after
            assert plan.plan(found, wanted).steps == ()
            assert cmdline.lacking(found.configured.tokens, wanted.present) == []
            assert cmdline.unwanted(found.configured.tokens, wanted.present, wanted.absent) == []
            evaluated = [token for line in host.grub.evaluate() for token in default_grub.parse(line)]
            assert tuple(evaluated) == found.configured.tokens
            kept = [token for token in others(found.configured.foreign) if token in found.configured.tokens]
            assert others(found.configured.tokens)[: len(kept)] == kept, "nothing foreign is lost, and the order stays"


# three states: configured, booted, reboot needed


def test_a_reboot_is_needed_until_it_is_done(host: FakeHost) -> None:
    wanted = want("iommu=pt", absent=("quiet",))
    first = facts(host, wanted)
    assert (first["reboot_required"], first["reboot_tried"]) == (True, False)
    assert (first["missing"], first["conflicting"]) == (["iommu=pt"], ["quiet"])
    assert first["stack"] == "debian_grub"
    apply(host, planned(host, wanted))
    assert facts(host, wanted) == first
    host.grub.boot()
    after = facts(host, wanted)
    assert (after["reboot_required"], after["missing"], after["conflicting"]) == (False, [], [])
    assert after["boot_id"] != first["boot_id"]


def test_a_token_with_spaces_is_booted_whichever_way_grub_quotes_it(host: FakeHost) -> None:
    wanted = want('dyndbg="file a.c +p"')
    apply(host, planned(host, wanted))
    host.tree.write("/proc/cmdline", 'BOOT_IMAGE=/boot/vmlinuz ro quiet "dyndbg=file a.c +p"\n')
    assert facts(host, wanted)["reboot_required"] is False


# refusing and failing


FAULTS: dict[str, Callable[[FakeHost], object]] = {
    "grub-mkconfig fails": lambda host: host.answers.update({"grub-mkconfig": (1, "", "cannot find a device")}),
    "grub-mkconfig is missing": lambda host: host.missing_commands.add("grub-mkconfig"),
    "the new file is broken": lambda host: setattr(host.grub, "override", "menuentry 'x' {\n linux /vmlinuz\n"),
    "another file undoes it": lambda host: setattr(host.grub, "override", "menuentry 'x' {\n linux /vmlinuz ro\n}\n"),
    "/boot is full": lambda host: host.full.append("/boot"),
    "/etc is full": lambda host: host.full.append("/etc"),
    "/var is full": lambda host: host.full.append("/var"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_fails_leaves_everything_as_it_was(host: FakeHost, name: str) -> None:
    before = files(host)
    mode = os.stat(host.path(GRUB_CFG)).st_mode
    todo = planned(host, want("iommu=pt", rebooting=True))
    FAULTS[name](host)
    error = failing(host, todo)
    assert files(host) == before
    assert host.names("/boot/grub") in (["grub.cfg"], ["grub.cfg", "grub.cfg.before-dpdk"])
    assert "Bringing back" not in error.message
    assert error.remedy
    assert os.stat(host.path(GRUB_CFG)).st_mode == mode


@pytest.mark.parametrize("kept", ['dyndbg="file quiet +p"', "dyndbg='file quiet +p'", 'a="x"quiet'])
def test_a_word_within_the_quotes_of_another_token_is_never_cut_out(host: FakeHost, kept: str) -> None:
    host.grub.install(shlex.quote(f"quiet {kept}"))
    assert steps(host, want(absent=("quiet",))).after["configured"] == kept


@given(
    present=st.lists(st.text(), max_size=2),
    absent=st.lists(st.text(), max_size=2),
    main=st.text(max_size=20),
)
@settings(max_examples=40)
def test_any_request_and_any_file_end_in_a_plan_or_an_error(
    host: FakeHost, present: list[str], absent: list[str], main: str
) -> None:
    host.tree.write("/etc/default/grub", f"GRUB_CMDLINE_LINUX={shlex.quote(main)}\n".replace("\0", ""))
    ended = attempt(lambda: planned(host, parse(options(present=present, absent=absent))))
    assert ended.remedy if isinstance(ended, HostError) else "configured" in ended.after
