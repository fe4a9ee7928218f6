# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import want
from ansible_collections.dataplane.dpdk.plugins.module_utils._token.want import Want

PARAMS: dict[str, Any] = {"path": "/t", "group": "root", "rotate": False, "return_token": False, "state": "present"}


@pytest.mark.parametrize(("state", "restored"), [("present", False), ("absent", True), ("restored", True)])
def test_taking_back_has_two_names(state: str, restored: bool) -> None:
    assert want.parse({**PARAMS, "state": state}) == Want("/t", restored=restored)


def test_what_a_task_asks_for() -> None:
    given = {"group": "dpdk", "rotate": True, "return_token": True}
    assert want.parse({**PARAMS, **given}) == Want("/t", "dpdk", rotate=True, returned=True)


def test_a_group_by_its_number() -> None:
    with pytest.raises(HostError) as caught:
        want.parse({**PARAMS, "group": "1000"})
    assert "Write the name of the group." in caught.value.remedy
