# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

UUID = "2ab74924-c335-45f4-9b16-8569e5b08258"


def test_what_is_made_is_read_back_and_never_twice_the_same() -> None:
    made = {token_file.new() for dummy in range(20)}
    assert len(made) == 20
    assert all(each.endswith("\n") and token_file.parse(each, "/t") == each.strip() for each in made)


def test_no_file_holds_no_token() -> None:
    assert token_file.parse(None, "/t") is None


def test_a_token_is_read_as_dpdk_reads_it() -> None:
    assert token_file.parse(f" {UUID.upper()}\n", "/t") == UUID


@pytest.mark.parametrize("text", ["", "\n", "hunter2", f"{UUID}0", f"{UUID} {UUID}"])
def test_something_else_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(HostError) as caught:
        token_file.parse(text, "/t")
    assert "/t holds no UUID" in caught.value.message
    assert not text.strip() or text.strip() not in told(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
