# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import numbers


@pytest.mark.parametrize(
    "written",
    [
        *("0000:02:00.0", "0000:04:00.1", "10000:01:00.0", "0000:59:19.7"),
        *("52:54:00:00:01:02", "10:11:12:13:14:15", "98:03:00:00:00:00"),
    ],
)
def test_what_yaml_made_a_number_of_is_said_as_it_was_written(written: str) -> None:
    read = yaml.safe_load(written)
    assert isinstance(read, (int, float))
    for given in (read, str(read)):  # an option that is a text has the number as text
        assert numbers.remedy(given) == [f'Put it in quotes, because YAML read it as a number: "{written}".']


def test_an_address_without_its_domain_comes_back_with_it() -> None:
    assert '"0000:02:00.0"' in numbers.remedy(yaml.safe_load("02:00.0"))[0]


@pytest.mark.parametrize("given", [5, -7, 5.25, 1e300, float("nan"), float("inf"), 10**30])
def test_any_other_number_is_said_without_a_guess(given: Any) -> None:
    assert numbers.remedy(given) == ["Put it in quotes, because YAML read it as a number."]


@pytest.mark.parametrize("given", ["enp1s0", "0000:02:00.0", "", "1e5", "5", "²", True, None, [5], {"device": 5}])
def test_what_is_no_number(given: Any) -> None:
    assert numbers.remedy(given) == []
