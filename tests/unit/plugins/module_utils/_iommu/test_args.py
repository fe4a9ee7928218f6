# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import args as iommu_args

INTEL_ON = {"present": ["intel_iommu=on"], "absent": ["intel_iommu=off", "iommu=off"]}


@pytest.mark.parametrize(
    ("platform", "tokens", "expected"),
    [
        ("intel", (), INTEL_ON),
        ("intel", ("iommu=off,soft",), {**INTEL_ON, "absent": [*INTEL_ON["absent"], "iommu=off,soft"]}),
        ("intel", ("intel_iommu=on,sm_on",), {**INTEL_ON, "present": ["intel_iommu=on,sm_on"]}),
        ("intel", ("intel_iommu=sm_on,on",), {**INTEL_ON, "present": ["intel_iommu=sm_on,on"]}),
        ("intel", ("intel_iommu=sm_on",), INTEL_ON),
        ("intel", ("intel_iommu=on,sm_on", "intel_iommu=igfx_off"), {**INTEL_ON, "present": ["intel_iommu=on,sm_on"]}),
        ("intel", ("--", "intel_iommu=on,sm_on"), INTEL_ON),
        (
            "intel",
            ("intel_iommu=on,sm_on", "intel_iommu=off"),
            INTEL_ON,
        ),
        ("amd", (), {"present": [], "absent": ["amd_iommu=off", "iommu=off"]}),
        ("arm", (), {"present": [], "absent": []}),
        ("virtio", (), {"present": [], "absent": []}),
        (None, (), {"present": [], "absent": []}),
    ],
)
def test_they_fit_the_platform(platform: str | None, tokens: tuple[str, ...], expected: dict[str, list[str]]) -> None:
    assert iommu_args.needed(tokens, platform, False) == expected


@pytest.mark.parametrize(
    ("platform", "token", "absent"),
    [
        ("intel", "iommu=pt", ["intel_iommu=off", "iommu=off", "iommu=nopt", "iommu.passthrough=0"]),
        ("amd", "iommu=pt", ["amd_iommu=off", "iommu=off", "iommu=nopt", "iommu.passthrough=0"]),
        ("arm", "iommu.passthrough=1", ["iommu.passthrough=0"]),
        ("virtio", "iommu.passthrough=1", ["iommu=nopt", "iommu.passthrough=0"]),
    ],
)
def test_passthrough(platform: str, token: str, absent: list[str]) -> None:
    args = iommu_args.needed((), platform, True)
    assert args["present"][-1] == token
    assert args["absent"] == absent


@pytest.mark.parametrize(
    ("tokens", "present"),
    [
        (("iommu=pt,soft",), "iommu=pt,soft"),
        (("iommu=pt,nopt",), "iommu=pt"),
        (("iommu=nopt", "iommu=soft,pt"), "iommu=soft,pt"),
    ],
)
def test_passthrough_in_a_list_of_items(tokens: tuple[str, ...], present: str) -> None:
    assert iommu_args.needed(tokens, "amd", True)["present"] == [present]


def test_a_host_without_iommu_needs_none() -> None:
    assert iommu_args.needed((), None, True) == {"present": [], "absent": []}


@pytest.mark.parametrize("platform", ["intel", "amd", "arm", "virtio", None])
@pytest.mark.parametrize("passthrough", [True, False])
def test_there_are_no_myths(platform: str | None, passthrough: bool) -> None:
    present = iommu_args.needed((), platform, passthrough)["present"]
    assert not {"iommu=on", "amd_iommu=on", "iommu=1"} & set(present)


@pytest.mark.parametrize(
    ("platform", "tokens", "expected"),
    [
        ("intel", ("quiet", "intel_iommu=off"), ["intel_iommu=off"]),
        ("intel", ("intel_iommu=sm_on,off",), ["intel_iommu=sm_on,off"]),
        ("intel", ("intel_iommu=off", "intel_iommu=on"), []),
        ("intel", ("intel_iommu=off,on",), []),
        ("intel", ("intel_iommu=on,off",), ["intel_iommu=on,off"]),
        ("intel", ("intel_iommu=on", "intel_iommu=off"), ["intel_iommu=off"]),
        ("intel", ("iommu=off", "intel_iommu=on"), ["iommu=off"]),
        ("intel", ("amd_iommu=off", "xiommu=off", "iommu=pt"), []),
        ("amd", ("intel_iommu=off", "amd_iommu=off"), ["amd_iommu=off"]),
        ("arm", ("iommu=off",), []),
        ("virtio", ("iommu=off", "intel_iommu=off"), []),
        ("intel", ("quiet", "--", "iommu=off"), []),
        (None, ("intel_iommu=off",), []),
    ],
)
def test_what_turned_it_off(platform: str | None, tokens: tuple[str, ...], expected: list[str]) -> None:
    assert iommu_args.off_tokens(tokens, platform) == expected


def test_what_turned_interrupt_remapping_off() -> None:
    assert iommu_args.no_remapping_tokens(("intremap=on", "intremap=off", "nointremap")) == [
        "intremap=off",
        "nointremap",
    ]


@pytest.mark.parametrize(
    ("tokens", "platform", "x86", "present"),
    [
        ((), "virtio", True, "iommu.passthrough=1"),
        (("iommu=pt",), "virtio", True, "iommu=pt"),
        (("iommu=soft,pt",), "virtio", True, "iommu=soft,pt"),
        (("iommu=pt", "iommu=nopt"), "virtio", True, "iommu.passthrough=1"),
        (("iommu=pt",), "virtio", False, "iommu.passthrough=1"),
        (("iommu=pt",), "arm", False, "iommu.passthrough=1"),
        (("iommu.passthrough=1",), "amd", True, "iommu.passthrough=1"),
        (("iommu.passthrough=1",), "intel", True, "iommu.passthrough=1"),
    ],
)
def test_what_means_the_same_is_not_asked_for_again(
    tokens: tuple[str, ...], platform: str, x86: bool, present: str
) -> None:
    """iommu=pt is read on x86 alone, for every IOMMU; iommu.passthrough everywhere (drivers/iommu/iommu.c)."""
    assert iommu_args.needed(tokens, platform, True, x86)["present"][-1] == present
