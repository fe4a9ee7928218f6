# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What grub-mkconfig would make is what check mode says, and what the real run does."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import drop_in, have, plan, preview
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.debian_grub import GRUB_CFG
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import four_steps, told

DIRECTORY = "/etc/default/grub.d"
APPENDS = 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT local=1"\n'
OVERRIDES = 'GRUB_CMDLINE_LINUX_DEFAULT="local=1"\n'
WANT = Want(("iommu=pt",), ("quiet",))


def planned(host: FakeHost, want: Want = WANT) -> Plan:
    return plan.plan(have.read(host, want), want)


def steps(host: FakeHost, want: Want = WANT) -> Plan:
    return four_steps(
        host,
        lambda: have.read(host, want),
        lambda found: plan.plan(found, want),
        lambda found: plan.describe(found, want),
    )


@pytest.mark.parametrize("name", ["zz-local.cfg", "~tilde.cfg", "\N{SNOWMAN}.cfg", "\udcff.cfg"])
def test_a_file_behind_ours_that_appends_is_accepted(host: FakeHost, name: str) -> None:
    host.tree.write(f"{DIRECTORY}/{name}", APPENDS)
    assert steps(host).after["configured"] == "iommu=pt local=1"


@pytest.mark.parametrize("name", ["zz-local.cfg", "~tilde.cfg", "\udcff.cfg"])
@pytest.mark.parametrize("text", [OVERRIDES, APPENDS.replace("local=1", "quiet")])
def test_a_file_behind_ours_that_undoes_it_is_named_before_anything_is_touched(
    host: FakeHost, name: str, text: str
) -> None:
    host.tree.write(f"{DIRECTORY}/{name}", text)
    with pytest.raises(HostError) as caught:
        planned(host)
    assert f"{DIRECTORY}/{name} is read behind {drop_in.PATH}" in caught.value.message
    assert f"Rename {DIRECTORY}/{name} so that it sorts before grub.d/zz-dataplane-dpdk.cfg" in caught.value.remedy[0]
    assert not host.exists(drop_in.PATH)


def test_a_directory_that_is_named_like_a_file_is_passed_over(host: FakeHost) -> None:
    host.tree.mkdir(f"{DIRECTORY}/x.cfg")
    assert steps(host).after["configured"] == "iommu=pt"


def test_an_entry_of_the_administrator_comes_first(host: FakeHost) -> None:
    host.grub.custom = "menuentry 'Rescue' {\n\tlinux\t/rescue quiet\n}\n"
    assert steps(host).after["configured"] == "iommu=pt"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (
            (1, "", "/usr/sbin/grub-mkconfig: 251: x: parameter not set"),
            "ended with 1 and said: /usr/sbin/grub-mkconfig",
        ),
        ((1, "", ""), "ended with 1 and said: nothing"),
    ],
)
def test_a_generator_that_fails_is_refused_before_anything_is_touched(
    host: FakeHost, answer: tuple[int, str, str], cause: str
) -> None:
    old = host.read(GRUB_CFG)
    host.answers["grub-mkconfig"] = answer
    with pytest.raises(HostError) as caught:
        planned(host)
    assert cause in caught.value.message
    assert "Nothing was changed." in caught.value.message
    assert "Run 'grub-mkconfig' by hand and correct what it complains of." in caught.value.remedy
    assert (host.read(GRUB_CFG), host.exists(drop_in.PATH)) == (old, False)


def test_a_generator_that_leaves_the_parameters_out(host: FakeHost) -> None:
    host.grub.override = "menuentry 'x' {\n  linux /vmlinuz ro\n}\n"
    with pytest.raises(HostError) as caught:
        planned(host)
    assert "The first entry that grub-mkconfig wrote lacks iommu=pt. Nothing was changed." in told(caught.value)
    assert f"Look for another file in {DIRECTORY}" in caught.value.remedy[-1]


def test_where_nothing_changes_the_generator_is_not_run(host: FakeHost) -> None:
    have.read(host, Want(("quiet",)))
    assert [words[0] for words in host.commands if words[0] != "sh"] == []


def test_taking_everything_back_is_tried_out_too(host: FakeHost) -> None:
    steps(host)
    host.tree.write("/etc/default/grub.d/50-x.cfg", "")
    assert (
        plan.plan(have.read(host, Want(restored=True)), Want(("quiet",), ("iommu=pt",))).after["configured"] == "quiet"
    )


def test_the_script_is_one_that_a_shell_reads() -> None:
    subprocess.run(["sh", "-n", "-c", preview._SCRIPT], check=True, timeout=30)


def test_a_plan_needs_a_picture_that_was_read_for_it(host: FakeHost) -> None:
    with pytest.raises(NotImplementedError):
        plan.plan(have.read(host, Want()), WANT)
