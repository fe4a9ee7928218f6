# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want, parse
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.tests.unit.fakes.boot import options
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


@pytest.mark.parametrize(("present", "absent"), [(["two words"], []), ([], ["a=$b"]), (["--"], [])])
def test_nonsense_is_refused(present: list[str], absent: list[str]) -> None:
    with pytest.raises(HostError) as caught:
        parse(options(present=present, absent=absent))
    assert caught.value.remedy


@pytest.mark.parametrize("option", ["present", "absent"])
def test_a_text_is_one_parameter_with_its_commas(option: str) -> None:
    assert getattr(parse(options(**{option: "isolcpus=2,3"})), option) == ("isolcpus=2,3",)
    assert getattr(parse(options(**{option: ["isolcpus=2,3", "quiet"]})), option) == ("isolcpus=2,3", "quiet")


@pytest.mark.parametrize("entry", [{"isolcpus": "2,3"}, True, None, 5, ["quiet"]])
def test_a_parameter_is_a_text(entry: Any) -> None:
    for given in (entry, [entry]):
        if given is None or given == ["quiet"]:
            continue
        with pytest.raises(HostError) as caught:
            parse(options(present=given))
        assert "is no boot parameter." in caught.value.message
        assert caught.value.remedy


def test_all_values_of_a_key_may_be_named_by_a_text() -> None:
    assert parse(options(present="console=tty0", replace="console")).replace == ("console",)


def test_a_parameter_cannot_be_both() -> None:
    with pytest.raises(HostError) as caught:
        parse(options(present=["intel-iommu=on"], absent=["intel_iommu=on"]))
    assert "intel_iommu=on: both in present and in absent." in told(caught.value)
    assert "Decide for one of them." in told(caught.value)


@pytest.mark.parametrize("replace", ["console", "console=tty0", "two words"])
def test_values_that_are_all_named_have_to_be_named(replace: str) -> None:
    with pytest.raises(HostError) as caught:
        parse(options(present=["iommu=pt"], replace=[replace]))
    assert caught.value.remedy
    assert replace in caught.value.message


def test_the_fingerprint_names_a_configuration() -> None:
    assert Want(("a",), ("x", "y")).fingerprint == Want(("a",), ("y", "x"), rebooting=True).fingerprint
    assert Want(("a",)).fingerprint != Want(("b",)).fingerprint
    assert Want(("a", "b")).fingerprint != Want(("b", "a")).fingerprint


def test_all_values_of_a_key_are_another_configuration_than_some() -> None:
    asked = options(present=["console=ttyS1", "console=tty0"])
    assert parse(asked).fingerprint != parse({**asked, "replace": ["console"]}).fingerprint


@pytest.mark.parametrize(
    "named", [{"present": ["iommu=pt"]}, {"absent": ["iommu"]}, {"rebooting": True}, {"trial": True}]
)
def test_taking_back_and_naming_parameters_is_a_contradiction(named: dict[str, Any]) -> None:
    assert parse(options(state="restored")) == Want(restored=True)
    with pytest.raises(HostError) as caught:
        parse(options(state="restored", **named))
    assert "brought back as a whole" in caught.value.message
    assert "Leave out" in caught.value.remedy[0]
