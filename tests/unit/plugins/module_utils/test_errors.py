# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError, raise_all


def test_an_error_tells_cause_and_remedies() -> None:
    error = HostError("It broke.", "Mend it.", "Buy a new one.")
    assert (str(error), error.message, error.remedy) == ("It broke.", "It broke.", ("Mend it.", "Buy a new one."))


def test_a_write_error_keeps_the_answer_of_the_kernel() -> None:
    assert WriteError("It broke.", 16).errno == 16
    assert WriteError("It broke.", None, "Wait.").remedy == ("Wait.",)


def test_all_problems_are_told_at_once_and_each_remedy_once() -> None:
    with pytest.raises(HostError) as caught:
        raise_all([HostError("First.", "Mend it."), None, HostError("Second.", "Mend it.", "Ask.")])
    assert caught.value.message == "First. Second. Nothing was changed."
    assert caught.value.remedy == ("Mend it.", "Ask.")


@pytest.mark.parametrize("problems", [[], [None, None]])
def test_no_problem_is_no_error(problems: list[HostError | None]) -> None:
    raise_all(problems)
