# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.want import Want
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import asked, want


def test_a_request_is_made_canonical() -> None:
    given = {"enable-sriov": True, "x": False, "n": 5, "t": "a,b"}
    expected = {"enable_sriov": "Y", "x": "N", "n": "5", "t": "a,b"}
    assert asked(name="vfio-pci", params=given) == Want("vfio_pci", expected, True)


@pytest.mark.parametrize("state", ["absent", "restored"])
def test_to_take_it_away_has_two_words(state: str) -> None:
    assert asked(name="igb_uio", state=state) == Want("igb_uio", absent=True)


@pytest.mark.parametrize("name", ["", "-", "a b", "../x", "a/b", "x;y", "--remove x"])
def test_a_module_has_a_name(name: str) -> None:
    with pytest.raises(HostError) as caught:
        want(name)
    assert f"{name!r} is no module name." in told(caught.value)
    assert "Use letters, digits, dashes and underscores." in told(caught.value)


@pytest.mark.parametrize("value", ["", "a b", "a\nb", "\t"])
def test_a_parameter_has_one_value(value: str) -> None:
    with pytest.raises(HostError) as caught:
        want(ids=value)
    assert f"ids={value!r} is no module parameter." in told(caught.value)
    assert "Give one value without white space for each." in told(caught.value)
